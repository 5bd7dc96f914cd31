package perms_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// crowd is a store of a hundred thousand users in fifty tenants: two of fifty roles each, a fifth with an override, of three hundred permissions.
type crowd struct {
	perms.Store
	roles   []perms.Held
	keys    []perms.Permission
	head    perms.Head
	journal []perms.Entry
}

const crowdSize = 100_000

func newCrowd() *crowd {
	c := &crowd{}
	for i := range 300 {
		c.keys = append(c.keys, perms.Permission(fmt.Sprintf("object%02d.verb%02d", i/10, i%10)))
	}
	d := rand.New(rand.NewPCG(1, 1))
	for i := range 50 {
		var patterns []perms.Pattern
		for range 40 {
			patterns = append(patterns, perms.Pattern(c.keys[d.IntN(len(c.keys))]))
		}
		c.roles = append(c.roles, role(fmt.Sprint("role", i), patterns...))
	}
	return c
}

func crowdID(i int) (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[:8], 0x0197_0000_0000_7000)
	binary.BigEndian.PutUint64(id[8:], uint64(i)*0x9e3779b97f4a7c15|1<<63)
	return id
}

func crowdTenant(i int) uuid.UUID { return uuid.UUID{0: 1, 15: byte(i % 50)} }

func (c *crowd) authorizer(o perms.CacheOptions) *perms.Authorizer {
	catalog := perms.NewCatalog(c.keys...)
	view := func(_ context.Context, fn func(perms.Store) error) error { return fn(c) }
	return perms.NewCachedAuthorizer(c, view, perms.Env{Catalog: func() *perms.Catalog { return catalog }, Clock: func() time.Time { return noon }}, o)
}

func (c *crowd) Head(context.Context) (perms.Head, error) { return c.head, nil }

func (c *crowd) Journal(_ context.Context, f perms.JournalFilter) ([]perms.Entry, error) {
	return c.journal[f.After:], nil
}

func (c *crowd) Subject(_ context.Context, user uuid.UUID) (perms.Subject, error) {
	i := int((binary.BigEndian.Uint64(user[8:]) &^ (1 << 63)) * 0xf1de83e19937733d & (1<<63 - 1))
	s := perms.Subject{User: user, Status: perms.Active, Tenants: []perms.Tenancy{perms.TenantOf(crowdTenant(i))},
		Roles: []perms.Held{c.roles[i%50], c.roles[(i/50)%49]}, Revision: c.head.Revision}
	if i%5 == 0 {
		s.Overrides = []perms.Override{perms.Revoke(c.keys[i%300])}
	}
	return s, nil
}

func (c *crowd) Subjects(ctx context.Context, users []uuid.UUID) ([]perms.Subject, error) {
	out := make([]perms.Subject, len(users))
	for i, id := range users {
		out[i], _ = c.Subject(ctx, id)
	}
	return out, nil
}

func (c *crowd) TenantTypes(_ context.Context, ids []uuid.UUID) (map[uuid.UUID]perms.TenantType, error) {
	types := map[uuid.UUID]perms.TenantType{}
	for _, id := range ids {
		types[id] = perms.ProductionTenant
	}
	return types, nil
}

// BenchmarkAuthorizer measures warm checks beside the physical limit: a map and a test of one bit.
func BenchmarkAuthorizer(b *testing.B) {
	c := newCrowd()
	a, shared := c.authorizer(perms.CacheOptions{}), c.authorizer(perms.CacheOptions{Shared: true, MaxStaleness: time.Hour})
	ctx := b.Context()
	type ask struct {
		number uint64
		user   uuid.UUID
		p      perms.Permission
		bit    int
		h, hs  perms.Handle
		scope  perms.Scope
	}
	asks := make([]ask, 1<<16)
	limit := make(map[uint64][]uint64, crowdSize)
	for i := range crowdSize {
		limit[uint64(i)*0x9e3779b97f4a7c15] = make([]uint64, 6)
		a.Can(ctx, crowdID(i), c.keys[0], perms.Home)
		shared.Can(ctx, crowdID(i), c.keys[0], perms.Home)
	}
	for i := range asks {
		u, p := rand.IntN(crowdSize), rand.IntN(len(c.keys))
		asks[i] = ask{uint64(u) * 0x9e3779b97f4a7c15, crowdID(u), c.keys[p], p, a.Handle(c.keys[p]), shared.Handle(c.keys[p]), perms.In(crowdTenant(u))}
	}
	allowed := 0
	count := func(yes bool) {
		if yes {
			allowed++
		}
	}
	for name, ask := range map[string]func(q *ask){
		"limit":         func(q *ask) { m := limit[q.number]; count(m != nil && m[q.bit>>6]&(1<<(q.bit&63)) != 0) },
		"string":        func(q *ask) { d, _ := a.Check(ctx, q.user, q.p, perms.Home); count(d.Allowed) },
		"string-tenant": func(q *ask) { d, _ := a.Check(ctx, q.user, q.p, q.scope); count(d.Allowed) },
		"handle":        func(q *ask) { d, _ := a.CheckHandle(ctx, q.user, q.h, perms.Home); count(d.Allowed) },
		"string-shared": func(q *ask) { d, _ := shared.Check(ctx, q.user, q.p, perms.Home); count(d.Allowed) },
		"handle-shared": func(q *ask) { d, _ := shared.CheckHandle(ctx, q.user, q.hs, perms.Home); count(d.Allowed) },
		"clock":         func(*ask) { count(time.Now().IsZero()) },
	} {
		b.Run("hot/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ask(&asks[7])
			}
		})
		b.Run("random/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				ask(&asks[i&(len(asks)-1)])
			}
		})
	}
	held, err := a.Resolve(ctx, crowdID(7), perms.Home)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("resolved", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			count(held.Can(asks[i&1023].h))
		}
	})
	b.Run("effective", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			s, _ := a.Effective(ctx, asks[i&1023].user, perms.Home)
			count(s.Len() > 0)
		}
	})
}

// BenchmarkFill measures what it costs to get to know a user, in time and in memory: one by one, and many at once.
func BenchmarkFill(b *testing.B) {
	c := newCrowd()
	ids := make([]uuid.UUID, crowdSize)
	for i := range ids {
		ids[i] = crowdID(i)
	}
	for name, fill := range map[string]func(a *perms.Authorizer){
		"checks": func(a *perms.Authorizer) {
			for _, id := range ids {
				a.Can(b.Context(), id, c.keys[0], perms.Home)
			}
		},
		"warm": func(a *perms.Authorizer) { _ = a.Warm(b.Context(), ids) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				a := c.authorizer(perms.CacheOptions{})
				before, began := heap(), time.Now()
				fill(a)
				b.ReportMetric(float64(time.Since(began).Nanoseconds())/crowdSize, "ns/user")
				b.ReportMetric(float64(heap()-before)/crowdSize, "B/user")
				runtime.KeepAlive(a)
			}
		})
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkRoleEdit measures a role's edit and the next check of somebody who holds it, with a hundred thousand users known.
func BenchmarkRoleEdit(b *testing.B) {
	c := newCrowd()
	a := c.authorizer(perms.CacheOptions{})
	for i := range crowdSize {
		a.Can(b.Context(), crowdID(i), c.keys[0], perms.Home)
	}
	var list []any
	for _, t := range c.roles[0].Rule.Patterns {
		list = append(list, string(t))
	}
	b.ReportAllocs()
	for b.Loop() {
		c.head.Revision++
		c.journal = append(c.journal, perms.Entry{Revision: c.head.Revision, Action: perms.RoleUpdate,
			Target: perms.Target{Kind: perms.KindRole, ID: c.roles[0].Rule.ID}, After: perms.Members{"permissions": list}})
		a.Committed(c.head)
		if d, err := a.Check(b.Context(), crowdID(0), c.keys[0], perms.Home); err != nil || d.Revision != c.head.Revision {
			b.Fatal(d, err)
		}
	}
}
