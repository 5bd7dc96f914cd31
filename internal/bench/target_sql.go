package main

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
)

// hand edits a role in SQLite by the statements that a careful author would write: the role at the version that was read, its entry in the journal, the head.
// It works in the same file as the Book whose edits it is compared with; what it writes are rows of tables of its own.
type hand struct {
	db  *sql.DB
	err error
}

func newHand(c *rolebook) (*hand, error) {
	h := &hand{db: c.store.(*sqlite.Store).DB()}
	_, err := h.db.Exec(`
		create table hand_roles (id text not null primary key, patterns text not null, version integer not null) strict;
		create table hand_head (id integer not null primary key, revision integer not null, at integer) strict;
		create table hand_journal (revision integer not null primary key, at integer not null, actor text not null, action text not null,
			target text not null, before text not null, after text not null) strict;
		insert into hand_head values (1, 0, 0);
		insert into hand_roles select id, patterns, version from rolebook_roles`)
	return h, err
}

func (h *hand) close() {
	_, h.err = h.db.Exec(`drop table hand_roles; drop table hand_head; drop table hand_journal`)
}

func (h *hand) lane() lane {
	var id string
	if err := h.db.QueryRow(`select min(id) from hand_roles`).Scan(&id); err != nil {
		panic(err)
	}
	return lane{"by hand", func(n int) {
		for range n {
			if err := h.edit(id); err != nil {
				panic(err)
			}
		}
	}}
}

func (h *hand) edit(id string) error {
	tx, err := h.db.Begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var (
		revision, at, version int64
		patterns              string
	)
	if err := tx.QueryRow(`select revision, at from hand_head where id = 1`).Scan(&revision, &at); err != nil {
		return err
	}
	if err := tx.QueryRow(`select patterns, version from hand_roles where id = ?`, id).Scan(&patterns, &version); err != nil {
		return err
	}
	now := max(at, time.Now().UnixMicro())
	for _, s := range []struct {
		text string
		args []any
	}{
		{`update hand_roles set patterns = ?, version = version + 1 where id = ? and version = ?`, []any{patterns, id, version}},
		{`insert into hand_journal (revision, at, actor, action, target, before, after) values (?, ?, 'system', 'role.update', ?, ?, ?)`,
			[]any{revision + 1, now, id, patterns, patterns}},
		{`update hand_head set revision = ?, at = ? where id = 1`, []any{revision + 1, now}},
	} {
		if _, err := tx.Exec(s.text, s.args...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// holderFindings measures who holds a permission, a first page and the count, beside statements for this question alone.
func holderFindings(c *rolebook) ([]finding, error) {
	const holders = `
		from rolebook_users u
		where u.status = 'active'
			and not exists (select 1 from rolebook_overrides o where o.user_number = u.number and o.permission = ?1 and not o.granted)
			and (exists (select 1 from rolebook_assignments a where a.user_number = u.number and a.role_id in (select value from json_each(?2)))
				or exists (select 1 from rolebook_overrides o where o.user_number = u.number and o.permission = ?1 and o.granted))`
	const joined = `
		from (
			select user_number from rolebook_assignments where role_id in (select value from json_each(?2))
			union select user_number from rolebook_overrides where permission = ?1 and granted) h
		join rolebook_users u on u.number = h.user_number
		where u.status = 'active'
			and not exists (select 1 from rolebook_overrides o where o.user_number = u.number and o.permission = ?1 and not o.granted)`
	db, p := c.store.(*sqlite.Store).DB(), c.data.perms[7]
	roles := c.rolesWith(7)
	var err error
	byHand := func(query string) lane {
		return lane{"by hand", func(n int) {
			for range n {
				seen.count, err = scanAll(db, query, p, roles)
			}
		}}
	}
	a := c.book.Perms
	page := lane{"Holders", func(n int) {
		for range n {
			found, failed := a.Holders(background, perms.HolderQuery{Permission: perms.Permission(p), Limit: 50})
			seen.count, err = len(found.Holders), failed
		}
	}}
	total := lane{"CountHolders", func(n int) {
		for range n {
			seen.count = c.holders(p)
		}
	}}
	r := race(7, closeSlice, byHand("select u.number, u.id"+holders+" order by u.number limit 50"), page)
	out := []finding{{target: "11", unlike: fewer(len(c.data.users)), what: fmt.Sprintf("first 50 holders of %d users / by hand", len(c.data.users)), reach: 2, got: r.ratio(1, 0), note: pair(r, 1, 0)}}
	r = race(3, closeSlice, byHand("select count(*), ''"+holders), byHand("select count(*), ''"+joined), total)
	return append(out, finding{target: "11", unlike: fewer(len(c.data.users)), what: fmt.Sprintf("count of the holders among %d users / the better by hand", len(c.data.users)), reach: 2,
		got: max(r.ratio(2, 0), r.ratio(2, 1)), note: pair(r, 2, 0) + " or " + nanoseconds(r.of(1))}), err
}

// rolesWith returns the ids of the roles that give a permission, as a JSON array.
func (c *rolebook) rolesWith(p int) string {
	var ids []uuid.UUID
	for _, r := range c.data.roles {
		for _, given := range r.perms {
			if given == p {
				ids = append(ids, c.roles[r.name])
			}
		}
	}
	text := "["
	for i, id := range ids {
		if i > 0 {
			text += ","
		}
		text += `"` + id.String() + `"`
	}
	return text + "]"
}

func scanAll(db *sql.DB, query string, args ...any) (n int, err error) {
	rows, err := db.Query(query, args...)
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var (
			number int64
			id     string
		)
		if err := rows.Scan(&number, &id); err != nil {
			return 0, err
		}
		n++
	}
	return n, rows.Err()
}

// rawScan reads the rows of all users' permissions.
func rawScan(db *sql.DB) (n int, err error) {
	for _, query := range []string{
		`select u.number, u.id, u.status, t.tenancy from rolebook_users u join rolebook_tenancies t on t.user_number = u.number order by u.number`,
		`select user_number, role_id, scope, '' from rolebook_assignments order by user_number, position`,
		`select user_number, permission, scope, granted from rolebook_overrides order by user_number`,
	} {
		rows, err := db.Query(query)
		if err != nil {
			return 0, err
		}
		var (
			number  int64
			a, b, c sql.RawBytes
		)
		for rows.Next() {
			if err := rows.Scan(&number, &a, &b, &c); err != nil {
				return 0, err
			}
			n++
		}
		if err := rows.Err(); err != nil {
			return 0, err
		}
	}
	return n, nil
}
