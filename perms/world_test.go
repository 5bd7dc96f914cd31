package perms_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// The world of the tests: three tenants of an office, and a clock that stands at noon.
var (
	acme = uuid.MustParse("00000000-0000-7000-8000-0000000000a1") // production
	beta = uuid.MustParse("00000000-0000-7000-8000-0000000000b2") // test
	old  = uuid.MustParse("00000000-0000-7000-8000-0000000000c3") // retired
	gone = uuid.MustParse("00000000-0000-7000-8000-0000000000d4") // deleted
	none = uuid.MustParse("00000000-0000-7000-8000-0000000000ee") // unknown

	ann = uuid.MustParse("00000000-0000-7000-8000-000000000001")
	bob = uuid.MustParse("00000000-0000-7000-8000-000000000002")

	noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

	tenantTypes = map[uuid.UUID]perms.TenantType{
		acme: perms.ProductionTenant, beta: perms.TestTenant, old: perms.RetiredTenant, gone: perms.DeletedTenant,
	}
)

// in is the place of a tenant of the world.
func in(tenant uuid.UUID) perms.Place { return perms.PlaceOf(tenant, tenantTypes[tenant]) }

// hour is that many hours after noon; window is [from, to) in such hours, where 0 is no bound.
func hour(h int) time.Time { return noon.Add(time.Duration(h) * time.Hour) }

func window(from, to int) perms.Window {
	var w perms.Window
	if from != 0 {
		w.StartsAt = hour(from)
	}
	if to != 0 {
		w.ExpiresAt = hour(to)
	}
	return w
}

// member is an active user of acme, with the given roles.
func member(roles ...perms.Held) perms.Subject {
	return perms.Subject{User: ann, Status: perms.Active, Tenants: []perms.Tenancy{perms.TenantOf(acme)}, Roles: roles}
}

// staff is an active user whose scope is every tenant, with the given roles.
func staff(roles ...perms.Held) perms.Subject {
	s := member(roles...)
	s.Tenants = []perms.Tenancy{perms.EveryTenant}
	return s
}

// role is a global role, held anywhere and without an end.
func role(key string, patterns ...perms.Pattern) perms.Held {
	id := uuid.NewSHA1(uuid.NameSpaceOID, []byte(key))
	return perms.Held{
		Rule:       perms.Rule{ID: id, Key: key, Name: key, Scope: perms.Anywhere, Patterns: patterns},
		Assignment: perms.Assignment{Role: id, Scope: perms.Anywhere},
	}
}

// during limits a held role to a window, heldIn to a tenant; ownedBy makes it a tenant's own.
func during(h perms.Held, w perms.Window) perms.Held {
	h.Window = w
	return h
}

func heldIn(h perms.Held, tenant uuid.UUID) perms.Held {
	h.Assignment.Scope = perms.In(tenant)
	return h
}

func ownedBy(h perms.Held, tenant uuid.UUID) perms.Held {
	h.Rule.Scope = perms.In(tenant)
	return h
}

// with returns the subject with more overrides, like with more tenants instead of its own, became in another status.
func with(s perms.Subject, overrides ...perms.Override) perms.Subject {
	s.Overrides = slices.Concat(s.Overrides, overrides)
	return s
}

func of(s perms.Subject, tenants ...perms.Tenancy) perms.Subject {
	s.Tenants = tenants
	return s
}

func became(s perms.Subject, status perms.Status) perms.Subject {
	s.Status = status
	return s
}

// office is the catalogue of the tests.
var office = perms.NewCatalog("assets.view", "assets.edit", "assets.delete", "dashboards.view")

// fakeStore answers what authorities and authorizers read. Its other methods are missing.
type fakeStore struct {
	perms.Store
	subjects map[uuid.UUID]perms.Subject
	head     perms.Head
	keys     []perms.Key
	journal  []perms.Entry
	fails    error

	mu        sync.Mutex // of transactions
	archived  perms.Head
	baselines map[uuid.UUID]perms.Members
}

func newStore(subjects ...perms.Subject) *fakeStore {
	st := &fakeStore{subjects: map[uuid.UUID]perms.Subject{}}
	for _, s := range subjects {
		st.subjects[s.User] = s
	}
	return st
}

func (st *fakeStore) Head(context.Context) (perms.Head, error) { return st.head, st.fails }

func (st *fakeStore) Subject(_ context.Context, user uuid.UUID) (perms.Subject, error) {
	s, ok := st.subjects[user]
	switch {
	case st.fails != nil:
		return perms.Subject{}, st.fails
	case !ok:
		return perms.Subject{}, perms.ErrNoSubject
	}
	return s, nil
}

func (st *fakeStore) StaffSubjects(_ context.Context, after int64, limit int) ([]perms.Subject, int64, error) {
	var page []perms.Subject
	last := after
	for _, user := range sortedIDs(st.subjects) {
		s, number := st.subjects[user], int64(user[15])
		if s.Staff() && s.Status == perms.Active && number > after && len(page) < limit {
			page, last = append(page, s), number
		}
	}
	return page, last, st.fails
}

func (st *fakeStore) TenantTypes(_ context.Context, ids []uuid.UUID) (map[uuid.UUID]perms.TenantType, error) {
	types := map[uuid.UUID]perms.TenantType{}
	for _, id := range ids {
		if typ, ok := tenantTypes[id]; ok {
			types[id] = typ
		}
	}
	return types, nil
}

func (st *fakeStore) TenantsOfType(_ context.Context, typ perms.TenantType) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	for _, id := range sortedIDs(tenantTypes) {
		if tenantTypes[id] == typ {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func (st *fakeStore) PutKeys(_ context.Context, keys []perms.Key) error {
	st.keys = append(st.keys, keys...)
	return st.fails
}

func (st *fakeStore) Append(_ context.Context, e perms.Entry) (perms.Head, error) {
	e.Revision = perms.Revision(len(st.journal) + 1)
	st.journal = append(st.journal, e)
	return perms.Head{Revision: e.Revision, At: e.At}, st.fails
}

func (st *fakeStore) Journal(_ context.Context, f perms.JournalFilter) ([]perms.Entry, error) {
	var out []perms.Entry
	for _, e := range st.journal {
		about := len(f.About) == 0 || slices.ContainsFunc(e.About(), func(id uuid.UUID) bool { return slices.Contains(f.About, id) })
		if e.Revision > f.After && (f.Until == 0 || e.Revision <= f.Until) && about && len(out) < f.Limit {
			out = append(out, e)
		}
	}
	return out, st.fails
}

func sortedIDs[V any](m map[uuid.UUID]V) []uuid.UUID {
	var ids []uuid.UUID
	for id := range m {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return ids
}

// authority is the actor as a transaction on a store with just his subject sees him at noon.
func authority(t testing.TB, actor perms.Actor, subjects ...perms.Subject) *perms.Authority {
	t.Helper()
	a, err := perms.Authorize(t.Context(), newStore(subjects...), office, actor, noon)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// as is the authority of a subject.
func as(t testing.TB, s perms.Subject) *perms.Authority {
	t.Helper()
	return authority(t, perms.As(s.User), s)
}
