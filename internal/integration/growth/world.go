package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// world is what is there while it grows. It writes the journal as it goes, and the rest when it has come to an end.
type world struct {
	spec     Spec
	draw     *rand.Rand
	step     time.Duration // between entries
	now      time.Time
	revision int64
	left     int // changes that are still to happen
	out      *tables

	keys    []perms.Permission
	tenants []users.Tenant
	roles   []roles.Role // those of the system first
	own     map[int]int  // a role of a tenant's own, by the index of the tenant
	byID    map[uuid.UUID]roles.Role
	groups  []users.Group
	local   map[int][]int       // groups, by the index of their tenant
	ordinal map[uuid.UUID]int64 // the groups' numbers
	links   []invites.Link
	users   []users.User
	homes   []int // the index of each user's tenant
	invites []invites.Invite
	sent    int64 // invites, those that were revoked too
}

func newWorld(s Spec) (*world, error) {
	left, err := s.changes()
	if err != nil {
		return nil, err
	}
	return &world{spec: s, draw: rand.New(rand.NewPCG(s.Seed, 1)), step: (year / time.Duration(s.Entries)).Truncate(time.Microsecond), now: born,
		left: left, out: newTables(), byID: map[uuid.UUID]roles.Role{}, local: map[int][]int{}, own: map[int]int{}, ordinal: map[uuid.UUID]int64{}, users: make([]users.User, 0, s.Users)}, nil
}

// fill lets everything happen, and writes it.
func (w *world) fill(ctx context.Context, to sink) error {
	w.makeKeys()
	w.makeTenants()
	w.makeRoles()
	w.makeGroups()
	w.makeLinks()
	rest := w.left
	for i := range w.spec.Users {
		w.arrive(i)
		for n := rest*(i+1)/w.spec.Users - rest*i/w.spec.Users; n > 0; n-- {
			w.change()
		}
		if err := w.out.flush(ctx, to, false); err != nil {
			return err
		}
	}
	w.purge()
	if err := w.rows(ctx, to); err != nil {
		return err
	}
	for _, text := range []string{
		fmt.Sprintf("update rolebook_head set revision = %d, at = %d", w.revision, w.now.UnixMicro()),
		fmt.Sprintf("update rolebook_tenants set id = '%s', created_at = %d where number = 1", w.tenants[0].ID, born.UnixMicro()),
		"delete from rolebook_counters",
	} {
		if err := to.exec(ctx, text); err != nil {
			return err
		}
	}
	return w.out.flush(ctx, to, true)
}

// actor returns who looks after a tenant: one of staff, root until he has come, and the system before there is anybody.
func (w *world) actor(home int) perms.ActorRef {
	if len(w.users) == 0 {
		return perms.System("growth").Ref()
	}
	i := home % (1 + (w.spec.Users+2499)/5000)
	if i > 0 {
		i = 5000*i - 2500
	}
	if i >= len(w.users) {
		i = root
	}
	return perms.As(w.users[i].ID).Ref()
}

// tick makes it later, by an entry.
func (w *world) tick() {
	if w.revision++; w.revision > 1 {
		w.now = w.now.Add(w.step)
	}
}

// append writes an entry of now; the personal values in it only if the person will still be there in the end.
func (w *world) append(e perms.Entry, personal bool) {
	out := w.out
	out.journal.add(w.revision, w.now.UnixMicro(), string(e.Actor.Kind), ref(e.Actor.User), e.Actor.Label, string(e.Action), string(e.Target.Kind),
		ref(e.Target.ID), e.Tenant.String(), text(e.Before), text(e.After), ref(e.Person), text(nameless(e.PersonBefore)), text(nameless(e.PersonAfter)),
		e.Reason, "")
	if before, after := text(e.PersonBefore), text(e.PersonAfter); (before != nil || after != nil) && personal {
		out.personal.add(w.revision, ref(e.Person), before, after)
	}
	if e.Action == perms.GroupMembers {
		for _, id := range e.About() {
			out.journalMembers.add(id.String(), w.revision)
		}
	}
}

func nameless(m perms.Members) perms.Members {
	out := make(perms.Members, len(m))
	for name := range m {
		out[name] = nil
	}
	return out
}

// text returns members as they are stored: NULL for none.
func text(m perms.Members) any {
	if len(m) == 0 {
		return nil
	}
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // members are JSON values
	}
	return string(b)
}

func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// micros returns a time as it is stored: NULL for the zero one.
func micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}
