package rate_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

func array[T any](list []T) string {
	text, _ := json.Marshal(list) // of numbers, which do not fail
	return string(text)
}

// draft is a user to be created.
type draft struct {
	id, given, family, full, email string
	tenant                         string // the id of his home
	role                           int64
	password                       string
	number                         int64
	at                             int64
}

// chosen is the role that he gets.
type chosen struct{ id, key, name, patterns string }

// create writes a user with his role, his password and what the journal tells of it.
func (h *hand) create(ctx context.Context, c *caller, u *draft) (role chosen, err error) {
	const (
		read = `
			select id, key, name, patterns
			from rolebook_roles
			where number = ? and scope in ('any', ?)`
		count = `
			insert into rolebook_counters (kind, last)
			values ('user', 1)
			on conflict (kind) do update
			set last = last + 1
			returning last`
		insert = `
			insert into rolebook_users (
				id, number, email, username, full_name, given_name, family_name, phone, search, status, home_tenant, mfa, must_reset_mfa, must_change_password,
				avatar_tag, created_at, created_by, updated_at, version)
			values (?, ?, ?, ?, ?, ?, ?, '', ?, 'active', ?, 0, 0, 0, '', ?, ?, ?, 1)`
		address = `
			insert into rolebook_addresses (canonical, user_number)
			values (?, ?)`
		tenancy = `
			insert into rolebook_tenancies (user_number, position, tenancy)
			values (?, 0, ?)`
		assignment = `
			insert into rolebook_assignments (user_number, position, role_id, scope)
			values (?, 0, ?, 'any')`
		credential = `
			insert into rolebook_credentials (user_number, hash)
			values (?, ?)`
	)
	hash, err := h.hasher.Hash(ctx, u.password)
	if err != nil {
		return role, err
	}
	u.id, u.at = uuid.Must(uuid.NewV7()).String(), time.Now().UnixMicro()
	return role, h.inTx(ctx, func(tx *sql.Conn) error {
		if err := tx.QueryRowContext(ctx, read, u.role, u.tenant).Scan(&role.id, &role.key, &role.name, &role.patterns); err != nil {
			return err
		}
		for _, p := range h.catalog.Expand(patterns(role.patterns)).Strings() {
			if !c.holds(perms.Permission(p)) {
				return errDenied
			}
		}
		if err := tx.QueryRowContext(ctx, count).Scan(&u.number); err != nil {
			return err
		}
		canonical := strings.ToLower(u.email)
		for _, s := range []struct {
			text string
			args []any
		}{
			{insert, []any{u.id, u.number, u.email, u.email, u.full, u.given, u.family, canonical + "\n" + strings.ToLower(u.full), u.tenant, u.at, c.id, u.at}},
			{address, []any{canonical, u.number}}, // which fails for one that is taken
			{tenancy, []any{u.number, u.tenant}},
			{assignment, []any{u.number, role.id}},
			{credential, []any{u.number, hash.Reveal()}},
		} {
			if _, err := tx.ExecContext(ctx, s.text, s.args...); err != nil {
				return err
			}
		}
		return journal(ctx, tx, c, "user.create", u.id,
			map[string]any{"number": u.number, "status": "active", "tenants": []string{u.tenant}, "roles": []string{role.key}},
			map[string]any{"email": u.email, "name": u.full, "first_name": u.given, "last_name": u.family})
	})
}

func (h *hand) mspCreate() http.Handler {
	const query = `
		select id
		from rolebook_tenants
		where number = ?`
	return h.route(http.StatusCreated, perms.UsersCreate, func(ctx context.Context, r *http.Request, c *caller) (any, error) {
		var in struct {
			Name, Email, Password string
			Role                  int64 `json:"role_id"`
			Tenant                int64 `json:"tenant_id"`
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			return nil, err
		}
		u := draft{full: in.Name, email: in.Email, role: in.Role, password: in.Password}
		u.given, u.family, _ = strings.Cut(in.Name, " ")
		if err := h.read.QueryRowContext(ctx, query, in.Tenant).Scan(&u.tenant); err != nil {
			return nil, err
		}
		if !c.staff && c.tenant != u.tenant {
			return nil, errDenied
		}
		role, err := h.create(ctx, c, &u)
		return &mspUser{ID: u.number, Name: in.Name, Email: in.Email, RoleID: &in.Role, Role: &mspRole{in.Role, role.key, role.name}, TenantID: &in.Tenant,
			Active: true, CreatedAt: stamp(u.at)}, err
	})
}

func (h *hand) companyCreate() http.Handler {
	return h.route(http.StatusCreated, perms.UsersCreate, func(ctx context.Context, r *http.Request, c *caller) (any, error) {
		var in struct {
			Email, Password string
			First           string `json:"first_name"`
			Last            string `json:"last_name"`
			Groups          []int64
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			return nil, err
		}
		if len(in.Groups) != 1 || !c.holds(perms.UsersAssign) {
			return nil, errDenied
		}
		u := draft{full: in.First + " " + in.Last, given: in.First, family: in.Last, email: in.Email, role: in.Groups[0], password: in.Password, tenant: c.tenant}
		role, err := h.create(ctx, c, &u)
		held := h.expanded(role.patterns)
		return &companyUser{ID: u.id, FirstName: in.First, LastName: in.Last, Username: in.Email, Email: in.Email, Company: u.tenant,
			Groups: []companyGroup{{u.role, role.name, held}}, IsActive: true, Permissions: held}, err
	})
}

var errStale = errors.New("changed meanwhile")

// rename writes another name of a user, if the caller holds all that the user does, and what the journal tells of it. It is the same for any record.
func (h *hand) rename(ctx context.Context, tx *sql.Conn, c *caller, number, version int64, id, full, given, family, email string) (*held, error) {
	const update = `
		update rolebook_users
		set full_name = ?, given_name = ?, family_name = ?, search = ?, updated_at = ?, version = version + 1
		where number = ? and version = ?`
	rights, err := h.rights(ctx, tx, oneUser, number)
	if err != nil {
		return nil, err
	}
	u := rights[number]
	for _, p := range h.permissions(u) {
		if !c.holds(perms.Permission(p)) {
			return nil, errDenied
		}
	}
	search := strings.ToLower(full + "\n" + email + "\n" + email)
	changed, err := tx.ExecContext(ctx, update, full, given, family, search, time.Now().UnixMicro(), number, version)
	if err != nil {
		return nil, err
	}
	if n, err := changed.RowsAffected(); err != nil || n != 1 {
		return nil, errStale
	}
	return u, journal(ctx, tx, c, "user.update", id, map[string]any{}, map[string]any{"name": full, "first_name": given, "last_name": family})
}

func (h *hand) locatorUpdate() http.Handler {
	const query = `
		select u.number, u.version, u.username, u.email, (select group_concat(t.tenancy, ' ') from rolebook_tenancies t where t.user_number = u.number)
		from rolebook_users u
		where u.id = ? and u.status <> 'deleted'`
	return h.route(http.StatusOK, perms.UsersUpdate, func(ctx context.Context, r *http.Request, c *caller) (any, error) {
		var in struct{ FirstName, LastName string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || !c.staff {
			return nil, errDenied
		}
		out := locatorUser{Locator: last(r), FirstName: in.FirstName, LastName: in.LastName}
		return &out, h.inTx(ctx, func(tx *sql.Conn) error {
			var (
				number, version int64
				tenants         string
			)
			if err := tx.QueryRowContext(ctx, query, out.Locator).Scan(&number, &version, &out.UserName, &out.Email, &tenants); err != nil {
				return err
			}
			u, err := h.rename(ctx, tx, c, number, version, out.Locator, in.FirstName+" "+in.LastName, in.FirstName, in.LastName, out.Email)
			if err != nil {
				return err
			}
			out.Tenants, out.Roles, out.Permissions = strings.Fields(tenants), u.keys, h.permissions(u)
			return nil
		})
	})
}

func (h *hand) mspUpdate() http.Handler {
	const query = `
		select u.id, u.version, u.email, u.status, u.created_at, t.number, r.number, r.key, r.name
		from rolebook_users u
		join rolebook_tenants t on t.id = u.home_tenant
		left join rolebook_assignments a on a.user_number = u.number and a.position = 0
		left join rolebook_roles r on r.id = a.role_id
		where u.number = ? and u.status <> 'deleted'`
	return h.route(http.StatusOK, perms.UsersUpdate, func(ctx context.Context, r *http.Request, c *caller) (any, error) {
		var in struct {
			Name, Email string
			Role        int64 `json:"role_id"`
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || !c.staff {
			return nil, errDenied
		}
		out := mspUser{Name: in.Name, Role: &mspRole{}}
		return &out, h.inTx(ctx, func(tx *sql.Conn) error {
			var (
				id, status       string
				version, created int64
			)
			number := last(r)
			if err := tx.QueryRowContext(ctx, query, number).Scan(&id, &version, &out.Email, &status, &created, &out.TenantID,
				&out.Role.ID, &out.Role.Name, &out.Role.DisplayName); err != nil {
				return err
			}
			if in.Role != out.Role.ID || in.Email != out.Email {
				return errStale // which this measurement does not ask for
			}
			out.RoleID, out.Active, out.CreatedAt = &out.Role.ID, status == "active", stamp(created)
			if err := json.Unmarshal([]byte(number), &out.ID); err != nil {
				return err
			}
			given, family, _ := strings.Cut(in.Name, " ")
			_, err := h.rename(ctx, tx, c, out.ID, version, id, in.Name, given, family, out.Email)
			return err
		})
	})
}
