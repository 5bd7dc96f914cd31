package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// hand is how somebody would write three routes who needed those alone. He knows that his staff may do everything.
type hand struct {
	db      *sql.DB
	catalog *perms.Catalog
}

// person is a user, as the routes show him.
type person struct {
	number      int64
	Locator     string   `json:"locator"`
	FirstName   string   `json:"firstName"`
	LastName    string   `json:"lastName"`
	UserName    string   `json:"userName"`
	Tenants     []string `json:"tenants"`
	Email       string   `json:"email,omitempty"`
	Permissions []string `json:"permissions"`
	Roles       []string `json:"roles"`
}

var errDenied = errors.New("denied")

func (h *hand) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /auth/users/list", h.route(perms.UsersRead, h.list))
	mux.Handle("GET /auth/users/{id}", h.route(perms.UsersRead, h.get))
	mux.Handle("PATCH /auth/users/{id}", h.route(perms.UsersUpdate, h.change))
	return mux
}

// route identifies the caller, asks whether he holds a permission, and answers.
func (h *hand) route(needs perms.Permission, answer func(ctx context.Context, r *http.Request, caller string) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller, err := h.caller(r, needs)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		out, err := answer(r.Context(), r, caller)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(out)
	})
}

func (h *hand) caller(r *http.Request, needs perms.Permission) (string, error) {
	const who = `
		select u.id, u.number
		from rolebook_sessions s
		join rolebook_users u on u.number = s.user_number
		join rolebook_tenancies t on t.user_number = u.number
		where s.digest = $1 and s.expires_at > $2 and u.status = 'active' and t.tenancy = 'any'`
	token, err := session.Parse(session.KindSession, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	if err != nil {
		return "", err
	}
	var (
		id     string
		number int64
		d      = token.Digest()
	)
	if err := h.db.QueryRowContext(r.Context(), who, d[:], time.Now().UnixMicro()).Scan(&id, &number); err != nil {
		return "", err
	}
	own := &person{number: number}
	if err := h.rights(r.Context(), h.db, []*person{own}); err != nil {
		return "", err
	}
	if !slices.Contains(own.Permissions, string(needs)) {
		return "", errDenied
	}
	return id, nil
}

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

const people = `
	select u.number, u.id, u.given_name, u.family_name, u.username, u.email,
		(select string_agg(t.tenancy, ' ' order by t.position) from rolebook_tenancies t where t.user_number = u.number)
	from rolebook_users u`

// people returns users with what they hold, by two statements.
func (h *hand) people(ctx context.Context, db querier, query string, args ...any) ([]*person, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []*person{}
	for rows.Next() {
		p := &person{}
		var tenants string
		if err := rows.Scan(&p.number, &p.Locator, &p.FirstName, &p.LastName, &p.UserName, &p.Email, &tenants); err != nil {
			return nil, err
		}
		p.Tenants = strings.Fields(tenants)
		list = append(list, p)
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	return list, h.rights(ctx, db, list)
}

// rights reads what people hold.
func (h *hand) rights(ctx context.Context, db querier, list []*person) error {
	const query = `
		select a.user_number, a.position, case when a.scope = 'any' then r.key else '' end, r.patterns, true
		from rolebook_assignments a
		join rolebook_roles r on r.id = a.role_id
		join rolebook_users u on u.number = a.user_number
		where a.user_number = any ($1) and (a.starts_at is null or a.starts_at <= $2) and (a.expires_at is null or a.expires_at > $2)
			and a.scope in ('any', u.home_tenant)
		union all
		select o.user_number, 1000, '', o.permission, o.granted
		from rolebook_overrides o
		join rolebook_users u on u.number = o.user_number
		where o.user_number = any ($1) and (o.starts_at is null or o.starts_at <= $2) and (o.expires_at is null or o.expires_at > $2)
			and o.scope in ('any', u.home_tenant)
		order by 1, 2`
	numbers, at := make([]int64, len(list)), map[int64]*rights{}
	for i, p := range list {
		numbers[i], at[p.number] = p.number, &rights{}
	}
	rows, err := db.QueryContext(ctx, query, numbers, time.Now().UnixMicro())
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			number, position int64
			key, text        string
			granted          bool
		)
		if err := rows.Scan(&number, &position, &key, &text, &granted); err != nil {
			return err
		}
		at[number].add(key, text, granted)
	}
	for _, p := range list {
		at[p.number].show(h.catalog, p)
	}
	return rows.Err()
}

// rights are roles and overrides in force.
type rights struct {
	keys    []string
	granted []perms.Pattern
	revoked []string
}

func (r *rights) add(key, text string, granted bool) {
	if !granted {
		r.revoked = append(r.revoked, text)
		return
	}
	if key != "" {
		r.keys = append(r.keys, key)
	}
	for p := range strings.FieldsSeq(text) {
		r.granted = append(r.granted, perms.Pattern(p))
	}
}

func (r *rights) show(c *perms.Catalog, p *person) {
	p.Roles, p.Permissions = append([]string{}, r.keys...), []string{}
	for _, name := range c.Expand(r.granted).Strings() {
		if !slices.Contains(r.revoked, name) {
			p.Permissions = append(p.Permissions, name)
		}
	}
}

func (h *hand) get(ctx context.Context, r *http.Request, _ string) (any, error) {
	const query = people + `
		where u.id = $1 and u.status <> 'deleted'`
	list, err := h.people(ctx, h.db, query, path.Base(r.URL.Path))
	if err != nil || len(list) == 0 {
		return nil, errDenied
	}
	return list[0], nil
}

func (h *hand) list(ctx context.Context, r *http.Request, _ string) (any, error) {
	const query = people + `
		where u.status <> 'deleted'
		order by u.number
		limit 51 offset $1`
	list, err := h.people(ctx, h.db, query, r.URL.Query().Get("offset"))
	if err != nil {
		return nil, err
	}
	return map[string]any{"listCompleted": len(list) <= 50, "items": list[:min(50, len(list))]}, nil
}

// change renames a user, with what the journal tells of it.
func (h *hand) change(ctx context.Context, r *http.Request, caller string) (any, error) {
	const (
		lock = `
			select revision
			from rolebook_head
			for update`
		query = people + `
			where u.id = $1 and u.status <> 'deleted'`
		update = `
			update rolebook_users
			set full_name = $1, given_name = $2, family_name = $3, search = $4, updated_at = $5, version = version + 1
			where number = $6`
		advance = `
			update rolebook_head
			set revision = revision + 1, at = greatest(coalesce(at, 0), $1)
			returning revision, at`
		entry = `
			insert into rolebook_journal (
				revision, at, actor_kind, actor_user, actor_label, action, target_kind, target_id, scope, person, old_personal, new_personal, reason, request_id)
			values ($1, $2, 'user', $3, '', 'user.update', 'user', $4, 'any', $4, $5, $5, '', '')`
		personal = `
			insert into rolebook_personal (revision, person, old_members, new_members)
			values ($1, $2, $3, $4)`
	)
	var in struct{ FirstName, LastName string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return nil, err
	}
	tx, err := h.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	var revision, at int64
	if err := tx.QueryRowContext(ctx, lock).Scan(&revision); err != nil {
		return nil, err
	}
	list, err := h.people(ctx, tx, query, path.Base(r.URL.Path))
	if err != nil || len(list) == 0 {
		return nil, errDenied
	}
	p := list[0]
	was := perms.Members{"first_name": p.FirstName, "last_name": p.LastName}
	p.FirstName, p.LastName = in.FirstName, in.LastName
	full, now := in.FirstName+" "+in.LastName, time.Now().UnixMicro()
	search := users.Canonical(full + "\n" + p.UserName + "\n" + p.Email)
	if _, err := tx.ExecContext(ctx, update, full, p.FirstName, p.LastName, search, now, p.number); err != nil {
		return nil, err
	}
	if err := tx.QueryRowContext(ctx, advance, now).Scan(&revision, &at); err != nil {
		return nil, err
	}
	names := `{"first_name":null,"last_name":null}`
	if _, err := tx.ExecContext(ctx, entry, revision, at, caller, p.Locator, names); err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, personal, revision, p.Locator, text(was), text(perms.Members{"first_name": in.FirstName, "last_name": in.LastName})); err != nil {
		return nil, err
	}
	return p, tx.Commit()
}
