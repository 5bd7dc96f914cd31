package storetest

import (
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users/session"
)

func inviteCases() []testCase {
	return []testCase{
		{name: "ReadsBack", run: inviteReadsBack},
		{name: "Missing", run: inviteMissing},
		{name: "InsertTwice", run: inviteTwice},
		{name: "Replaced", run: inviteReplaced},
		{name: "ReplacedUnusedOnly", run: inviteReplacedUnusedOnly},
		{name: "ReplacedRolledBack", run: inviteReplacedRolledBack},
		{name: "Pending", run: pendingInvites},
		{name: "Use", run: inviteUse},
		{name: "UseRefused", run: inviteUseRefused},
		{name: "Delete", run: inviteDelete},
	}
}

func (f *fixture) invite(number int64) invites.Invite {
	f.Helper()
	return value[invites.Invite](f)(f.store.Invite(f.ctx, number))
}

func to(t perms.Tenancy) func(*invites.Invite) {
	return func(i *invites.Invite) { i.Tenant = t }
}

func inviteReadsBack(f *fixture) {
	role := f.addRole("viewer")
	var want []invites.Invite
	for _, tenancy := range []perms.Tenancy{perms.TenantOf(f.home), perms.EveryTenant, perms.TenantsOfType(perms.TestTenant)} {
		full := f.addInvite("Änn.O'Brien%_", role.ID, to(tenancy), func(i *invites.Invite) {
			i.CreatedBy, i.CreatedAt, i.ExpiresAt = newID(), eastern(noon), eastern(noon.Add(hour))
		})
		full.CreatedAt, full.ExpiresAt = noon, noon.Add(hour)
		bare := f.addInvite("bare", role.ID, to(tenancy), func(i *invites.Invite) { i.Name = "" })
		want = append(want, full, bare)
	}
	for _, i := range want {
		equal(f, f.invite(i.Number), i)
		equal(f, value[invites.Invite](f)(f.store.InviteByDigest(f.ctx, i.Digest)), i)
	}
	equal(f, value[[]invites.Invite](f)(f.store.Invites(f.ctx)), want)
	equal(f, value[[]invites.Invite](f)(f.store.PendingInvites(f.ctx, invites.Filter{All: true}, noon)), want)
}

func inviteMissing(f *fixture) {
	f.addInvite("eve", f.addRole("viewer").ID)
	for _, number := range []int64{0, 2, -1, math.MaxInt64} {
		_, err := f.store.Invite(f.ctx, number)
		f.fails(err, invites.ErrNotFound)
	}
	for _, d := range []session.Digest{{}, f.digest()} {
		_, err := f.store.InviteByDigest(f.ctx, d)
		f.fails(err, invites.ErrNotFound)
	}
}

func inviteTwice(f *fixture) {
	i := f.addInvite("eve", f.addRole("viewer").ID)
	for what, edit := range map[string]func(*invites.Invite){
		"an invite's id twice":           func(o *invites.Invite) { o.ID = i.ID },
		"an invite's number twice":       func(o *invites.Invite) { o.Number = i.Number },
		"an invite's token twice":        func(o *invites.Invite) { o.Digest = i.Digest },
		"an invite to an unknown role":   func(o *invites.Invite) { o.Role = newID() },
		"an invite to an unknown tenant": func(o *invites.Invite) { o.Tenant = perms.TenantOf(newID()) },
	} {
		f.broken(what, func(tx store.Store) error {
			o := i
			o.ID, o.Number, o.Digest, o.Email = newID(), 9, f.digest(), "else@example.com"
			edit(&o)
			_, err := tx.InsertInvite(f.ctx, o)
			return err
		})
	}
}

// replaces checks which invites an insertion takes away.
func (f *fixture) replaces(i invites.Invite, want ...invites.Invite) invites.Invite {
	f.Helper()
	f.write(func(tx store.Store) error {
		f.Helper()
		i.ID, i.Number, i.Digest = newID(), f.number(tx, perms.KindInvite), f.digest()
		replaced := value[[]invites.Invite](f)(tx.InsertInvite(f.ctx, i))
		equal(f, append([]invites.Invite{}, replaced...), append([]invites.Invite{}, want...))
		return nil
	})
	for _, gone := range want {
		_, err := f.store.Invite(f.ctx, gone.Number)
		f.fails(err, invites.ErrNotFound)
		_, err = f.store.InviteByDigest(f.ctx, gone.Digest)
		f.fails(err, invites.ErrNotFound)
	}
	equal(f, f.invite(i.Number), i)
	return i
}

// The same is the same canonical address and the same tenancy; the role does not matter.
func inviteReplaced(f *fixture) {
	role, other := f.addRole("viewer"), f.addRole("editor")
	branch := f.addTenant("branch")
	first := f.addInvite("Eve", role.ID)
	elsewhere := []invites.Invite{f.addInvite("eve", role.ID, to(perms.TenantOf(branch.ID))), f.addInvite("eve", role.ID, to(perms.EveryTenant)),
		f.addInvite("eve", role.ID, to(perms.TenantsOfType(perms.TestTenant))), f.addInvite("eve", role.ID, to(perms.TenantsOfType(perms.ProductionTenant))),
		f.addInvite("éve", role.ID), f.addInvite("Éve", role.ID), f.addInvite("_ve", role.ID), f.addInvite("eve.", role.ID)}
	second := first
	second.Email, second.Role = "eVE@example.COM", other.ID
	second = f.replaces(second, first)
	for _, i := range elsewhere {
		equal(f, f.invite(i.Number), i)
		f.replaces(i, i)
	}
	equal(f, f.invite(second.Number), second)
}

func inviteReplacedUnusedOnly(f *fixture) {
	role := f.addRole("viewer")
	used := f.accept(f.addInvite("eve", role.ID), newID())
	expired := f.addInvite("eve", role.ID, inviteEnds(noon.Add(-hour)))
	equal(f, f.invite(used.Number), used)
	fresh := expired
	fresh.ExpiresAt = noon.Add(hour)
	f.replaces(fresh, expired)
	equal(f, f.invite(used.Number), used)
}

func inviteReplacedRolledBack(f *fixture) {
	old := f.addInvite("eve", f.addRole("viewer").ID)
	before := f.dump()
	err := f.store.InTx(f.ctx, func(tx store.Store) error {
		i := old
		i.ID, i.Number, i.Digest = newID(), 9, f.digest()
		f.must1(tx.InsertInvite(f.ctx, i))
		f.must(tx.UseInvite(f.ctx, i.ID, newID(), noon))
		return errOops
	})
	f.fails(err, errOops)
	f.unchanged(before)
	f.replaces(old, old)
}

func pendingInvites(f *fixture) {
	role := f.addRole("viewer")
	branch := f.addTenant("branch")
	z := f.addInvite("z", role.ID, inviteEnds(noon.Add(time.Microsecond)))
	f.addInvite("expired", role.ID, inviteEnds(noon))
	there := f.addInvite("there", role.ID, to(perms.TenantOf(branch.ID)))
	f.accept(f.addInvite("used", role.ID), newID())
	typed := f.addInvite("typed", role.ID, to(perms.TenantsOfType(perms.ProductionTenant)))
	staff := f.addInvite("staff", role.ID, to(perms.EveryTenant))
	a := f.addInvite("a", role.ID)
	for _, row := range []struct {
		filter invites.Filter
		now    time.Time
		want   []invites.Invite
	}{
		{invites.Filter{All: true}, noon, []invites.Invite{z, there, typed, staff, a}},
		{invites.Filter{All: true, Tenants: []uuid.UUID{branch.ID}}, noon, []invites.Invite{z, there, typed, staff, a}},
		{invites.Filter{All: true}, noon.Add(time.Microsecond), []invites.Invite{there, typed, staff, a}},
		{invites.Filter{All: true}, noon.Add(hour), []invites.Invite{}},
		{invites.Filter{All: true, Except: manyIDs(branch.ID)}, noon, []invites.Invite{z, typed, staff, a}},
		{invites.Filter{Tenants: manyIDs(f.home)}, noon, []invites.Invite{z, a}},
		{invites.Filter{Tenants: []uuid.UUID{branch.ID, f.home}}, noon, []invites.Invite{z, there, a}},
		{invites.Filter{Tenants: []uuid.UUID{uuid.Nil}}, noon, []invites.Invite{}},
		{invites.Filter{}, noon, []invites.Invite{}},
	} {
		equal(f, value[[]invites.Invite](f)(f.store.PendingInvites(f.ctx, row.filter, row.now)), row.want)
	}
}

func inviteUse(f *fixture) {
	role := f.addRole("viewer")
	i, other := f.addInvite("eve", role.ID), f.addInvite("ann", role.ID)
	eve := f.addUser("eve")
	f.write(func(tx store.Store) error { return tx.UseInvite(f.ctx, i.ID, eve.ID, eastern(noon)) })
	i.AcceptedAt, i.AcceptedBy = noon, eve.ID
	equal(f, f.invite(i.Number), i)
	equal(f, value[invites.Invite](f)(f.store.InviteByDigest(f.ctx, i.Digest)), i)
	equal(f, f.invite(other.Number), other)
	late := f.addInvite("joe", role.ID, inviteEnds(noon.Add(time.Microsecond)))
	f.accept(late, newID())
}

func inviteUseRefused(f *fixture) {
	role := f.addRole("viewer")
	use := func(id uuid.UUID, now time.Time) func(store.Store) error {
		return func(tx store.Store) error { return tx.UseInvite(f.ctx, id, newID(), now) }
	}
	f.refused(invites.ErrNotFound, use(newID(), noon))
	i := f.addInvite("eve", role.ID)
	f.refused(invites.ErrExpired, use(i.ID, noon.Add(hour)))
	f.refused(invites.ErrExpired, use(i.ID, noon.Add(2*hour)))
	f.accept(i, newID())
	f.refused(invites.ErrUsed, use(i.ID, noon))
	f.refused(invites.ErrUsed, use(i.ID, noon.Add(2*hour)))
}

func inviteDelete(f *fixture) {
	role := f.addRole("viewer")
	remove := func(id uuid.UUID) func(store.Store) error {
		return func(tx store.Store) error { return tx.DeleteInvite(f.ctx, id) }
	}
	open, expired := f.addInvite("eve", role.ID), f.addInvite("ann", role.ID, inviteEnds(noon.Add(-hour)))
	used := f.accept(f.addInvite("joe", role.ID), newID())
	for _, i := range []invites.Invite{open, expired} {
		f.write(remove(i.ID))
		_, err := f.store.Invite(f.ctx, i.Number)
		f.fails(err, invites.ErrNotFound)
		_, err = f.store.InviteByDigest(f.ctx, i.Digest)
		f.fails(err, invites.ErrNotFound)
		f.refused(invites.ErrNotFound, remove(i.ID))
		f.write(func(tx store.Store) error { // nothing of it is in the way
			replaced, err := tx.InsertInvite(f.ctx, i)
			equal(f, len(replaced), 0)
			return err
		})
		equal(f, value[invites.Invite](f)(f.store.InviteByDigest(f.ctx, i.Digest)), i)
	}
	f.refused(invites.ErrNotFound, remove(used.ID))
	f.refused(invites.ErrNotFound, remove(newID()))
}
