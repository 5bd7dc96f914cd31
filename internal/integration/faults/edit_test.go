package faults

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

// edit is a change of a role that worked: the version that the editor had seen, the one that he has made, and what he gave or took away.
type edit struct {
	Seen, Made int64
	Key        string
	Adds       bool
}

// edit looks at a role and changes what it gives, each of many writers again and again, where nobody was faster. Who is blind does not say what he has seen.
// The first time all have looked before any of them changes it: so all but one are too late, however fast they are.
func (p *party) edit(ctx context.Context, o order) answer {
	made := make([][]edit, o.Many)
	var looking sync.WaitGroup
	looking.Add(o.Many)
	a := storm(o.Many, func(i int) error {
		for n := range o.Times {
			e, err := p.editOnce(ctx, o, func() {
				if n == 0 {
					looking.Done()
					looking.Wait()
				}
			})
			switch {
			case err == nil:
				made[i] = append(made[i], e)
			case !errors.Is(err, roles.ErrStale):
				return err
			}
		}
		return nil
	})
	a.Edits = slices.Concat(made...)
	return a
}

// editOnce gives a role what it does not give, or takes it away: one permission of some. It calls looked in between.
func (p *party) editOnce(ctx context.Context, o order, looked func()) (edit, error) {
	some := []perms.Permission{view, perms.InvitesList, perms.InvitesCreate, perms.InvitesRevoke, perms.GroupsRead}
	r, err := p.book.Roles.Get(ctx, system, o.User)
	looked()
	if err != nil {
		return edit{}, err
	}
	e := edit{Seen: r.Version, Key: string(some[rand.IntN(len(some))])}
	e.Adds = !slices.Contains(r.Patterns, perms.Pattern(e.Key))
	up := roles.Update{Version: r.Version, Remove: []string{e.Key}}
	if e.Adds {
		up.Add, up.Remove = up.Remove, nil
	}
	if o.Name == "blind" {
		up.Version = 0
	}
	after, err := p.book.Roles.Update(ctx, system, r.ID, up)
	e.Made = after.Version
	return e, err
}

// Sixteen writers edit one role, each as he has seen it. Those who were not too late have made a version each, and all of their edits are in the role. The
// control, which edits blindly, changes what it has not seen.
func TestEdits(t *testing.T) {
	onSites(t, everySite, func(t *testing.T, s *site) {
		lost := s.edits("", full(10, 1000))
		storetest.CheckFold(t, s.store)
		if lost != nil {
			t.Error(lost)
		}
		if s.edits("blind", 20) == nil {
			t.Error("nobody is found out who has edited what he had not seen")
		}
	})
}

// edits lets sixteen writers edit a new role, and returns how the role is not what they made of it.
func (s *site) edits(name string, each int) error {
	s.t.Helper()
	r, err := s.book.Roles.Create(s.t.Context(), system, roles.New{Name: "Edited " + name, Permissions: []string{string(perms.GroupsRead)}})
	must(s.t, err)
	const writers = 16
	edits := s.all(func(int) order {
		return order{Do: "edit", User: r.ID, Name: name, Many: writers / len(s.ask), Times: each}
	}).Edits
	last, err := s.book.Roles.Get(s.t.Context(), system, r.ID)
	must(s.t, err)
	s.t.Logf("%d of %d edits were in time; the role is at version %d", len(edits), writers*each, last.Version)
	if name == "" && len(edits) == writers*each {
		s.t.Error("nobody was too late")
	}
	return replay(r, edits, last)
}

// replay makes edits one after the other, in the order of their versions, and returns why the role that they end with is not the last one.
func replay(r roles.Role, edits []edit, last roles.Role) error {
	if int64(len(edits)) != last.Version-r.Version {
		return fmt.Errorf("%d edits have made version %d", len(edits), last.Version)
	}
	slices.SortFunc(edits, func(a, b edit) int { return int(a.Made - b.Made) })
	gives := map[string]bool{}
	for _, p := range r.Patterns {
		gives[string(p)] = true
	}
	for i, e := range edits {
		if e.Made != r.Version+int64(i)+1 || e.Seen != e.Made-1 || gives[e.Key] == e.Adds {
			return fmt.Errorf("edit %d is %+v of a role that gives %v", i, e, gives)
		}
		gives[e.Key] = e.Adds
	}
	for _, p := range last.Patterns {
		if !gives[string(p)] {
			return fmt.Errorf("the role gives %s", p)
		}
		delete(gives, string(p))
	}
	for key, is := range gives {
		if is {
			return fmt.Errorf("the role does not give %s", key)
		}
	}
	return nil
}
