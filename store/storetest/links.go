package storetest

import (
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users/session"
)

func linkCases() []testCase {
	return []testCase{
		{name: "ReadsBack", run: linkReadsBack},
		{name: "Missing", run: linkMissing},
		{name: "InsertTwice", run: linkTwice},
		{name: "List", run: linkList},
		{name: "Use", run: linkUse},
		{name: "UseRefused", run: linkUseRefused},
		{name: "Delete", run: linkDelete},
	}
}

func (f *fixture) link(number int64) invites.Link {
	f.Helper()
	return value[invites.Link](f)(f.store.Link(f.ctx, number))
}

func linkReadsBack(f *fixture) {
	role := f.addRole("viewer")
	bare := f.addLink()
	full := f.addLink(func(l *invites.Link) {
		l.Role, l.Label, l.MaxUses, l.Uses, l.CreatedBy = role.ID, "Été", math.MaxInt64, 3, newID()
		l.CreatedAt, l.ExpiresAt = eastern(noon), eastern(noon.Add(hour))
	})
	full.CreatedAt, full.ExpiresAt = noon, noon.Add(hour)
	for _, l := range []invites.Link{bare, full} {
		equal(f, f.link(l.Number), l)
		equal(f, value[invites.Link](f)(f.store.LinkByDigest(f.ctx, l.Digest)), l)
	}
	equal(f, value[[]invites.Link](f)(f.store.Links(f.ctx, invites.Filter{All: true})), []invites.Link{bare, full})
}

func linkMissing(f *fixture) {
	f.addLink()
	for _, number := range []int64{0, 2, -1, math.MaxInt64} {
		_, err := f.store.Link(f.ctx, number)
		f.fails(err, invites.ErrLinkNotFound)
	}
	for _, d := range []session.Digest{{}, f.digest()} {
		_, err := f.store.LinkByDigest(f.ctx, d)
		f.fails(err, invites.ErrLinkNotFound)
	}
}

func linkTwice(f *fixture) {
	l := f.addLink()
	for what, edit := range map[string]func(*invites.Link){
		"a link's id twice":           func(o *invites.Link) { o.ID = l.ID },
		"a link's number twice":       func(o *invites.Link) { o.Number = l.Number },
		"a link's token twice":        func(o *invites.Link) { o.Digest = l.Digest },
		"a link to an unknown role":   func(o *invites.Link) { o.Role = newID() },
		"a link to an unknown tenant": func(o *invites.Link) { o.Tenant = newID() },
	} {
		f.broken(what, func(tx store.Store) error {
			o := l
			o.ID, o.Number, o.Digest = newID(), 9, f.digest()
			edit(&o)
			return tx.InsertLink(f.ctx, o)
		})
	}
}

func linkList(f *fixture) {
	branch := f.addTenant("branch")
	there := f.addLink(func(l *invites.Link) { l.Tenant = branch.ID })
	expired := f.addLink(func(l *invites.Link) { l.ExpiresAt = noon.Add(-hour) })
	usedUp := f.addLink(func(l *invites.Link) { l.MaxUses, l.Uses = 1, 1 })
	for _, row := range []struct {
		filter invites.Filter
		want   []invites.Link
	}{
		{invites.Filter{All: true}, []invites.Link{there, expired, usedUp}},
		{invites.Filter{All: true, Tenants: []uuid.UUID{branch.ID}}, []invites.Link{there, expired, usedUp}},
		{invites.Filter{All: true, Except: manyIDs(f.home)}, []invites.Link{there}},
		{invites.Filter{Tenants: manyIDs(f.home)}, []invites.Link{expired, usedUp}},
		{invites.Filter{Tenants: []uuid.UUID{f.home, branch.ID}}, []invites.Link{there, expired, usedUp}},
		{invites.Filter{Tenants: []uuid.UUID{newID()}}, []invites.Link{}},
		{invites.Filter{}, []invites.Link{}},
	} {
		equal(f, value[[]invites.Link](f)(f.store.Links(f.ctx, row.filter)), row.want)
	}
}

func linkUse(f *fixture) {
	endless, two, other := f.addLink(), f.addLink(func(l *invites.Link) { l.MaxUses, l.ExpiresAt = 2, noon.Add(hour) }), f.addLink()
	use := func(l *invites.Link, now time.Time) {
		f.Helper()
		f.write(func(tx store.Store) error { return tx.UseLink(f.ctx, l.ID, now) })
		l.Uses++
		equal(f, f.link(l.Number), *l)
	}
	for range 5 {
		use(&endless, noon.AddDate(100, 0, 0))
	}
	use(&two, noon)
	use(&two, noon.Add(hour-time.Microsecond))
	f.refused(invites.ErrUsed, func(tx store.Store) error { return tx.UseLink(f.ctx, two.ID, noon) })
	equal(f, f.link(other.Number), other)
}

func linkUseRefused(f *fixture) {
	use := func(l invites.Link, now time.Time) func(store.Store) error {
		return func(tx store.Store) error { return tx.UseLink(f.ctx, l.ID, now) }
	}
	f.refused(invites.ErrLinkNotFound, use(invites.Link{ID: newID()}, noon))
	ends := f.addLink(func(l *invites.Link) { l.ExpiresAt = noon })
	f.refused(invites.ErrExpired, use(ends, noon))
	f.refused(invites.ErrExpired, use(ends, noon.Add(hour)))
	both := f.addLink(func(l *invites.Link) { l.ExpiresAt, l.MaxUses, l.Uses = noon, 1, 1 })
	f.refused(invites.ErrUsed, use(both, noon))
}

func linkDelete(f *fixture) {
	l, kept := f.addLink(), f.addLink()
	remove := func(tx store.Store) error { return tx.DeleteLink(f.ctx, l.ID) }
	f.write(remove)
	_, err := f.store.Link(f.ctx, l.Number)
	f.fails(err, invites.ErrLinkNotFound)
	_, err = f.store.LinkByDigest(f.ctx, l.Digest)
	f.fails(err, invites.ErrLinkNotFound)
	equal(f, value[[]invites.Link](f)(f.store.Links(f.ctx, invites.Filter{All: true})), []invites.Link{kept})
	f.refused(invites.ErrLinkNotFound, remove)
	f.write(func(tx store.Store) error { return tx.InsertLink(f.ctx, l) }) // nothing of it is in the way
	equal(f, value[invites.Link](f)(f.store.LinkByDigest(f.ctx, l.Digest)), l)
}
