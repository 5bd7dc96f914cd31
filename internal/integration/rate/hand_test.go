package rate_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users/password"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// hand is what the handlers by hand share. They are written with care, and for one route each: they know that this host has no role of a single tenant, no
// window, no tenancy by type, and they compare the roles that they hand out with the caller's by permission.
type hand struct {
	write, read *sql.DB
	catalog     *perms.Catalog
	hasher      *password.Hasher
}

func newHand(b *testing.B, driver, path string) *hand {
	write, read := databases(b, driver, path)
	catalog, err := perms.NewCatalog().With(msp.Preset().Keys...)
	if err != nil {
		b.Fatal(err)
	}
	return &hand{write, read, catalog, cheap(b)}
}

// caller is who asks, with what he holds.
type caller struct {
	number  int64
	id      string
	staff   bool
	tenant  string // his home
	granted []perms.Pattern
	revoked []string
}

func (c *caller) holds(p perms.Permission) bool {
	return !slices.Contains(c.revoked, string(p)) && slices.ContainsFunc(c.granted, func(t perms.Pattern) bool { return t.Matches(p) })
}

var errDenied = errors.New("denied")

// route returns a handler behind a permission.
func (h *hand) route(status int, needs perms.Permission, answer func(ctx context.Context, r *http.Request, c *caller) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithoutCancel(r.Context()) // to watch a context costs more than a statement
		c, err := h.caller(ctx, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		if err == nil && !c.holds(needs) {
			err = errDenied
		}
		if err != nil {
			fail(w, err)
			return
		}
		out, err := answer(ctx, r, c)
		if err != nil {
			fail(w, err)
			return
		}
		reply(w, status, out)
	})
}

// caller looks the session up with its user, and what he holds with that.
func (h *hand) caller(ctx context.Context, bearer string) (*caller, error) {
	const (
		who = `
			select u.number, u.id, u.home_tenant, exists (select 1 from rolebook_tenancies t where t.user_number = u.number and t.tenancy = 'any')
			from rolebook_sessions s
			join rolebook_users u on u.number = s.user_number
			where s.digest = ? and s.expires_at > ? and u.status = 'active'`
		holds = `
			select r.patterns, 1
			from rolebook_assignments a
			join rolebook_roles r on r.id = a.role_id
			where a.user_number = ? and a.scope = 'any'
			union all
			select permission, granted
			from rolebook_overrides
			where user_number = ? and scope = 'any'`
	)
	token, err := session.Parse(session.KindSession, bearer)
	if err != nil {
		return nil, err
	}
	d := token.Digest()
	var home sql.NullString
	c := &caller{}
	if err := h.read.QueryRowContext(ctx, who, d[:], time.Now().UnixMicro()).Scan(&c.number, &c.id, &home, &c.staff); err != nil {
		return nil, err
	}
	c.tenant = home.String
	return c, each(ctx, h.read, func(rows *sql.Rows) error {
		var (
			text    string
			granted bool
		)
		err := rows.Scan(&text, &granted)
		if !granted {
			c.revoked = append(c.revoked, text)
			return err
		}
		c.granted = append(c.granted, patterns(text)...)
		return err
	}, holds, c.number, c.number)
}

func patterns(text string) []perms.Pattern {
	var list []perms.Pattern
	for p := range strings.SplitSeq(text, " ") {
		list = append(list, perms.Pattern(p))
	}
	return list
}

// querier is a database, or a connection with a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// each calls scan for each row.
func each(ctx context.Context, db querier, scan func(rows *sql.Rows) error, query string, args ...any) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// inTx runs fn in a writing transaction.
func (h *hand) inTx(ctx context.Context, fn func(tx *sql.Conn) error) error {
	conn, err := h.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "begin immediate"); err != nil {
		return err
	}
	if err := fn(conn); err != nil {
		_, failed := conn.ExecContext(ctx, "rollback")
		return errors.Join(err, failed)
	}
	_, err = conn.ExecContext(ctx, "commit")
	return err
}

// journal writes down a change.
func journal(ctx context.Context, tx *sql.Conn, c *caller, action, target string, plain, person any) error {
	const (
		advance = `
			update rolebook_head
			set revision = revision + 1, at = max(coalesce(at, 0), ?)
			returning revision, at`
		entry = `
			insert into rolebook_journal (
				revision, at, actor_kind, actor_user, actor_label, action, target_kind, target_id, scope, new_members, person, reason, request_id)
			values (?, ?, 'user', ?, '', ?, 'user', ?, 'any', ?, ?, '', '')`
		personal = `
			insert into rolebook_personal (revision, person, new_members)
			values (?, ?, ?)`
	)
	var revision, at int64
	if err := tx.QueryRowContext(ctx, advance, time.Now().UnixMicro()).Scan(&revision, &at); err != nil {
		return err
	}
	text, err := json.Marshal(plain)
	if err != nil {
		return err
	}
	values, err := json.Marshal(person)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, entry, revision, at, c.id, action, target, string(text), target); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, personal, revision, target, string(values))
	return err
}

// expanded returns the permissions of patterns.
func (h *hand) expanded(text string) []string {
	return h.catalog.Expand(patterns(text)).Strings()
}

// stamp writes a time as the wire has it.
func stamp(micros int64) string {
	return time.UnixMicro(micros).UTC().Format("2006-01-02T15:04:05.999999Z")
}

// last returns the last segment of the path.
func last(r *http.Request) string { return path.Base(r.URL.Path) }
