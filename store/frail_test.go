package store_test

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

var errFrail = errors.New("the store is frail")

// frail is a store of whose reads one can fail, and which counts them.
type frail struct {
	store.Store
	*strain
}

// strain is what a frail store and its transactions have in common.
type strain struct {
	left  int            // reads that still succeed; negative for all
	calls map[string]int // reads by method; and of how many roles
}

func newFrail(s store.Store) *frail { return &frail{s, &strain{-1, map[string]int{}}} }

// read reads, if it is not the turn of this read to fail.
func read[T any](f *frail, method string, do func() (T, error)) (T, error) {
	f.calls[method]++
	if f.left--; f.left == -1 {
		var none T
		return none, errFrail
	}
	return do()
}

func (f *frail) InTx(ctx context.Context, fn func(store.Store) error) error {
	return f.Store.InTx(ctx, func(tx store.Store) error { return fn(&frail{tx, f.strain}) })
}

func (f *frail) View(ctx context.Context, fn func(store.Store) error) error {
	return f.Store.View(ctx, func(tx store.Store) error { return fn(&frail{tx, f.strain}) })
}

func (f *frail) Head(ctx context.Context) (perms.Head, error) {
	return read(f, "Head", func() (perms.Head, error) { return f.Store.Head(ctx) })
}

func (f *frail) HeadAt(ctx context.Context, t time.Time) (perms.Head, error) {
	return read(f, "HeadAt", func() (perms.Head, error) { return f.Store.HeadAt(ctx, t) })
}

func (f *frail) Archived(ctx context.Context) (perms.Head, error) {
	return read(f, "Archived", func() (perms.Head, error) { return f.Store.Archived(ctx) })
}

func (f *frail) Journal(ctx context.Context, filter perms.JournalFilter) ([]perms.Entry, error) {
	return read(f, "Journal", func() ([]perms.Entry, error) { return f.Store.Journal(ctx, filter) })
}

func (f *frail) Baselines(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]perms.Members, error) {
	return read(f, "Baselines", func() (map[uuid.UUID]perms.Members, error) { return f.Store.Baselines(ctx, ids) })
}

func (f *frail) ArchiveJournal(ctx context.Context, until perms.Revision, baselines map[uuid.UUID]perms.Members) error {
	_, err := read(f, "ArchiveJournal", func() (any, error) { return nil, f.Store.ArchiveJournal(ctx, until, baselines) })
	return err
}

func (f *frail) Keys(ctx context.Context) ([]perms.Key, error) {
	return read(f, "Keys", func() ([]perms.Key, error) { return f.Store.Keys(ctx) })
}

func (f *frail) RoleIDs(ctx context.Context, keys []string) (map[string]uuid.UUID, error) {
	return read(f, "RoleIDs", func() (map[string]uuid.UUID, error) { return f.Store.RoleIDs(ctx, keys) })
}

func (f *frail) Rules(ctx context.Context, scopes ...perms.Scope) ([]perms.Rule, error) {
	return read(f, "Rules", func() ([]perms.Rule, error) { return f.Store.Rules(ctx, scopes...) })
}

func (f *frail) Subject(ctx context.Context, user uuid.UUID) (perms.Subject, error) {
	return read(f, "Subject", func() (perms.Subject, error) { return f.Store.Subject(ctx, user) })
}

func (f *frail) TenantTypes(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]perms.TenantType, error) {
	return read(f, "TenantTypes", func() (map[uuid.UUID]perms.TenantType, error) { return f.Store.TenantTypes(ctx, ids) })
}

func (f *frail) TenantsOfType(ctx context.Context, typ perms.TenantType) ([]uuid.UUID, error) {
	return read(f, "TenantsOfType", func() ([]uuid.UUID, error) { return f.Store.TenantsOfType(ctx, typ) })
}

func (f *frail) Candidates(ctx context.Context, c perms.Candidates) (found []perms.Candidate, next int64, err error) {
	found, err = read(f, "Candidates", func() (list []perms.Candidate, err error) {
		list, next, err = f.Store.Candidates(ctx, c)
		return list, err
	})
	return found, next, err
}

func (f *frail) CountPlain(ctx context.Context, c perms.Candidates) (int64, error) {
	return read(f, "CountPlain", func() (int64, error) { return f.Store.CountPlain(ctx, c) })
}

func (f *frail) StaffSubjects(ctx context.Context, after int64, limit int) (page []perms.Subject, last int64, err error) {
	page, err = read(f, "StaffSubjects", func() (list []perms.Subject, err error) {
		list, last, err = f.Store.StaffSubjects(ctx, after, limit)
		return list, err
	})
	return page, last, err
}

func (f *frail) EachActive(ctx context.Context, after int64, limit int, yield func(*perms.Subject)) (int64, error) {
	return read(f, "EachActive", func() (int64, error) { return f.Store.EachActive(ctx, after, limit, yield) })
}

func (f *frail) User(ctx context.Context, id uuid.UUID) (users.User, error) {
	return read(f, "User", func() (users.User, error) { return f.Store.User(ctx, id) })
}

func (f *frail) Users(ctx context.Context, filter users.Filter) ([]users.User, error) {
	return read(f, "Users", func() ([]users.User, error) { return f.Store.Users(ctx, filter) })
}

func (f *frail) Roles(ctx context.Context, filter roles.Filter) ([]roles.Role, error) {
	return read(f, "Roles", func() ([]roles.Role, error) { return f.Store.Roles(ctx, filter) })
}

func (f *frail) RolesByID(ctx context.Context, ids []uuid.UUID) ([]roles.Role, error) {
	if len(ids) > 0 {
		f.calls["RolesByID ids"] += len(ids)
	}
	return read(f, "RolesByID", func() ([]roles.Role, error) { return f.Store.RolesByID(ctx, ids) })
}
