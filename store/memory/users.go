package memory

import (
	"context"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// User implements [users.Store].
func (s *Store) User(ctx context.Context, id uuid.UUID) (users.User, error) {
	return read(ctx, s, func(t *tables) (users.User, error) { return t.user(id) })
}

// UserByNumber implements [users.Store].
func (s *Store) UserByNumber(ctx context.Context, number int64) (users.User, error) {
	return read(ctx, s, func(t *tables) (users.User, error) {
		id, _ := t.userNumbers.get(number)
		return t.user(id)
	})
}

// UserByAddress implements [users.Store].
func (s *Store) UserByAddress(ctx context.Context, canonical string) (users.User, error) {
	return read(ctx, s, func(t *tables) (users.User, error) {
		id, _ := t.addresses.get(canonical)
		return t.user(id)
	})
}

func (t *tables) user(id uuid.UUID) (users.User, error) {
	u, ok := t.users.get(id)
	if !ok {
		return users.User{}, users.ErrNotFound
	}
	return u.Clone(), nil
}

// AnyUser implements [users.Store].
func (s *Store) AnyUser(ctx context.Context) (bool, error) {
	return read(ctx, s, func(t *tables) (bool, error) { return t.users.size > 0, nil })
}

// InsertUser implements [users.Store].
func (s *Store) InsertUser(ctx context.Context, u users.User) error {
	return s.write(ctx, func(t *tables) error {
		u.CreatedAt = utc(u.CreatedAt)
		if err := t.putUser(u); err != nil {
			return err
		}
		return nil
	})
}

// UpdateUser implements [users.Store].
func (s *Store) UpdateUser(ctx context.Context, old, u users.User) error {
	return s.write(ctx, func(t *tables) error {
		stored, ok := t.users.get(u.ID)
		switch {
		case !ok:
			return users.ErrNotFound
		case stored.Version != old.Version:
			return users.ErrStale
		}
		t.unindexUser(stored)
		u.Number, u.CreatedAt, u.CreatedBy = stored.Number, stored.CreatedAt, stored.CreatedBy
		return t.putUser(u)
	})
}

// putUser adds a user who is not there.
func (t *tables) putUser(u users.User) error {
	if err := t.admissible(&u); err != nil {
		return err
	}
	if err := storable(u); err != nil {
		return err
	}
	record, err := t.userRecord(u)
	if err != nil {
		return err
	}
	t.indexUser(record)
	return nil
}

// admissible returns why a user cannot be added, if so.
func (t *tables) admissible(u *users.User) error {
	for _, address := range addressesOf(u) {
		if t.addresses.has(address) {
			return users.ErrAddressTaken
		}
	}
	switch {
	case u.Status != perms.Deleted && u.External != "" && t.externals.has(u.External):
		return users.ErrExternalTaken
	case t.users.has(u.ID):
		return errExists("user", u.ID)
	case t.userNumbers.has(u.Number):
		return errExists("user number", u.Number)
	}
	return nil
}

// addressesOf returns the canonical addresses that a user keeps from others.
func addressesOf(u *users.User) []string {
	if u.Status == perms.Deleted {
		return nil
	}
	var out []string
	for _, address := range []string{u.Email, u.Username} {
		if address != "" {
			out = append(out, users.Canonical(address))
		}
	}
	return out
}

// indexUser enters a record that is admissible into all tables.
func (t *tables) indexUser(u *users.User) {
	t.users = t.users.with(u.ID, u)
	t.userNumbers = t.userNumbers.with(u.Number, u.ID)
	for _, address := range addressesOf(u) {
		t.addresses = t.addresses.with(address, u.ID)
	}
	if u.Status != perms.Deleted && u.External != "" {
		t.externals = t.externals.with(u.External, u.ID)
	}
	if u.Status == perms.Active && u.Staff() {
		t.staff = t.staff.with(u.Number, u.ID)
	}
	for _, a := range u.Roles {
		t.holders = t.holders.with(numbered{a.Role, u.Number}, u.ID)
	}
	for _, o := range u.Overrides {
		t.exceptions = t.exceptions.with(ruled{o.Permission, u.Number}, u.ID)
	}
	for _, group := range u.Groups {
		t.members = t.members.with(numbered{group, u.Number}, u.ID)
	}
	for _, place := range u.Tenants {
		if tenant, ok := place.Tenant(); ok {
			t.residents = t.residents.with(numbered{tenant, u.Number}, u.ID)
		}
	}
}

// unindexUser is the inverse of indexUser.
func (t *tables) unindexUser(u *users.User) {
	t.users = t.users.without(u.ID)
	t.userNumbers = t.userNumbers.without(u.Number)
	for _, address := range addressesOf(u) {
		t.addresses = t.addresses.without(address)
	}
	if u.Status != perms.Deleted {
		t.externals = t.externals.without(u.External)
	}
	t.staff = t.staff.without(u.Number)
	for _, a := range u.Roles {
		t.holders = t.holders.without(numbered{a.Role, u.Number})
	}
	for _, o := range u.Overrides {
		t.exceptions = t.exceptions.without(ruled{o.Permission, u.Number})
	}
	for _, group := range u.Groups {
		t.members = t.members.without(numbered{group, u.Number})
	}
	for _, place := range u.Tenants {
		if tenant, ok := place.Tenant(); ok {
			t.residents = t.residents.without(numbered{tenant, u.Number})
		}
	}
}
