package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// written is what a transaction has written, as far as permissions follow from it: the journal says what to look at. Whoever holds a role, or is in a
// tenant, is not in it: his permissions follow from his own record before the transaction and the role or the tenant after it.
type written struct {
	began   perms.Head // from where it went out
	at      time.Time
	made    []uuid.UUID
	users   map[uuid.UUID]users.User // who is left of those that were changed
	gone    []uuid.UUID              // who is not
	roles   map[uuid.UUID]roles.Role // those that were changed, and those of the users
	changed []uuid.UUID              // the roles that were changed
	types   map[uuid.UUID]perms.TenantType
	known   *perms.Catalog // before it
	catalog *perms.Catalog
}

// readWritten reads, inside the transaction, what it has written since it began.
func readWritten(ctx context.Context, tx Store, c *perms.Catalog, began perms.Head) (*written, error) {
	w := &written{began: began, users: map[uuid.UUID]users.User{}, roles: map[uuid.UUID]roles.Role{}, types: map[uuid.UUID]perms.TenantType{}, known: c, catalog: c}
	targets, err := w.readJournal(ctx, tx, began.Revision)
	if err != nil {
		return nil, err
	}
	w.changed = targets[perms.KindRole]
	for _, read := range []func() error{
		func() error { return w.readUsers(ctx, tx, targets[perms.KindUser]) },
		func() error { return w.readRoles(ctx, tx) },
		func() error { return w.readTypes(ctx, tx, targets[perms.KindTenant]) },
		func() error { return w.readCatalog(ctx, tx, len(targets[perms.KindCatalogue]) > 0) },
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// readJournal returns what the entries after a revision are about, by kind.
func (w *written) readJournal(ctx context.Context, tx Store, since perms.Revision) (map[perms.Kind][]uuid.UUID, error) {
	const page = 500
	targets, seen := map[perms.Kind][]uuid.UUID{}, map[perms.Target]bool{}
	add := func(t perms.Target) {
		if !seen[t] {
			seen[t] = true
			targets[t.Kind] = append(targets[t.Kind], t.ID)
		}
	}
	for {
		entries, err := tx.Journal(ctx, perms.JournalFilter{After: since, Limit: page})
		if err != nil {
			return nil, fmt.Errorf("read journal: %w", err)
		}
		for _, e := range entries {
			since, w.at = e.Revision, e.At
			add(e.Target)
			if e.Action == perms.InviteAccept || e.Action == perms.LinkJoin {
				add(perms.Target{Kind: perms.KindUser, ID: e.Person})
			}
			if made := madeBy(e); made != uuid.Nil {
				w.made = append(w.made, made)
			}
		}
		if len(entries) < page {
			return targets, nil
		}
	}
}

// madeBy returns the id of what an entry's change has made.
func madeBy(e perms.Entry) uuid.UUID {
	switch e.Action {
	case perms.UserCreate, perms.RoleCreate, perms.TenantCreate, perms.GroupCreate, perms.InviteCreate, perms.LinkCreate:
		return e.Target.ID
	case perms.InviteAccept, perms.LinkJoin:
		return e.Person
	}
	return uuid.Nil
}

func (w *written) readUsers(ctx context.Context, tx Store, ids []uuid.UUID) error {
	for _, id := range ids {
		u, err := tx.User(ctx, id)
		switch {
		case errors.Is(err, users.ErrNotFound):
			w.gone = append(w.gone, id)
		case err != nil:
			return fmt.Errorf("read user: %w", err)
		default:
			w.users[id] = u
		}
	}
	return nil
}

func (w *written) readRoles(ctx context.Context, tx Store) error {
	ids := slices.Clone(w.changed)
	for _, u := range w.users {
		for _, a := range u.Roles {
			ids = append(ids, a.Role)
		}
	}
	list, err := tx.RolesByID(ctx, ids)
	if err != nil {
		return fmt.Errorf("read roles: %w", err)
	}
	for _, r := range list {
		w.roles[r.ID] = r
	}
	return nil
}

func (w *written) readTypes(ctx context.Context, tx Store, ids []uuid.UUID) (err error) {
	if len(ids) == 0 {
		return nil
	}
	if w.types, err = tx.TenantTypes(ctx, ids); err != nil {
		return fmt.Errorf("read tenants: %w", err)
	}
	return nil
}

// readCatalog reads the catalogue if it has grown, and takes the roles whose wildcards match what is new in it for changed.
func (w *written) readCatalog(ctx context.Context, tx Store, grown bool) error {
	if !grown {
		return nil
	}
	keys, err := tx.Keys(ctx)
	if err != nil {
		return fmt.Errorf("read catalogue: %w", err)
	}
	before := w.catalog
	if w.catalog, err = before.With(keys...); err != nil {
		return fmt.Errorf("stored catalogue: %w", err)
	}
	list, err := tx.Roles(ctx, roles.Filter{All: true})
	if err != nil {
		return fmt.Errorf("read roles: %w", err)
	}
	for _, r := range list {
		if !slices.Contains(w.changed, r.ID) && w.catalog.Expand(r.Patterns).Minus(before.Expand(r.Patterns)).Len() > 0 {
			w.changed, w.roles[r.ID] = append(w.changed, r.ID), r
		}
	}
	return nil
}

// holds reports whether on a snapshot the transaction would have written the same. Others may have written since it went out: not what it has changed or read
// to change it, and not more than is looked through.
func (w *written) holds(ctx context.Context, snapshot Store) (bool, error) {
	head, err := snapshot.Head(ctx)
	if err != nil {
		return false, fmt.Errorf("read head: %w", err)
	}
	if head.Revision == w.began.Revision {
		return true, nil
	}
	entries, err := snapshot.Journal(ctx, perms.JournalFilter{After: w.began.Revision, Limit: 500})
	if err != nil {
		return false, fmt.Errorf("read journal: %w", err)
	}
	if int64(len(entries)) != int64(head.Revision-w.began.Revision) {
		return false, nil
	}
	return !slices.ContainsFunc(entries, w.touchedBy), nil
}

// touchedBy reports whether the transaction would perhaps have written something else after an entry: what a user leaves with a tenant depends on its type, and
// which roles give a new key on what these match.
func (w *written) touchedBy(e perms.Entry) bool {
	switch _, retyped := e.After["type"]; {
	case e.Target.Kind == perms.KindCatalogue, e.Action == perms.TenantUpdate && retyped, w.catalog != w.known && e.Target.Kind == perms.KindRole:
		return true
	}
	return slices.ContainsFunc(e.About(), w.has)
}

// has reports whether the transaction has changed what has the id, or read it to know what the changed ones hold.
func (w *written) has(id uuid.UUID) bool {
	_, user := w.users[id]
	_, role := w.roles[id]
	_, tenant := w.types[id]
	return user || role || tenant || slices.Contains(w.gone, id)
}
