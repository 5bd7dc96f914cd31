package perms_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// dice makes random subjects of a small world: tenants of three kinds, roles and overrides on three permissions, windows within six hours of noon.
type dice struct{ *rand.Rand }

func pick[T any](d dice, from ...T) T { return from[d.IntN(len(from))] }

func (d dice) window() perms.Window {
	w := window(pick(d, 0, 0, 0, -1, 1, 2, 3, 4), pick(d, 0, 0, 0, -1, 1, 2, 3, 4, 5, 6))
	if !w.Endless() && !w.StartsAt.Before(w.ExpiresAt) {
		w.StartsAt = perms.Window{}.StartsAt
	}
	return w
}

func (d dice) scope() perms.Scope {
	return pick(d, perms.Anywhere, perms.Anywhere, perms.Anywhere, perms.In(acme), perms.In(beta), perms.In(old))
}

func (d dice) tenants() []perms.Tenancy {
	return pick(d,
		[]perms.Tenancy{perms.TenantOf(acme)}, []perms.Tenancy{perms.TenantOf(acme)}, []perms.Tenancy{perms.TenantOf(acme), perms.TenantOf(beta)},
		[]perms.Tenancy{perms.EveryTenant}, []perms.Tenancy{perms.TenantOf(old), perms.TenantOf(beta)}, nil,
		[]perms.Tenancy{perms.TenantsOfType(perms.RetiredTenant), perms.TenantOf(old)}, []perms.Tenancy{perms.TenantsOfType(perms.ProductionTenant)})
}

func (d dice) subject(user uuid.UUID) perms.Subject {
	s := perms.Subject{User: user, Status: pick(d, perms.Active, perms.Active, perms.Active, perms.Pending), Tenants: d.tenants()}
	for range d.IntN(4) {
		s.Roles = append(s.Roles, d.held())
	}
	for range d.IntN(4) {
		s.Overrides = append(s.Overrides, d.override())
	}
	return s
}

func (d dice) held() perms.Held {
	h := during(role("some", pick(d, []perms.Pattern{"*.*"}, []perms.Pattern{"assets.*"}, []perms.Pattern{"assets.edit", "assets.view"}, []perms.Pattern{"assets.view"})...), d.window())
	h.Assignment.Scope, h.Rule.Scope = d.scope(), pick(d, perms.Anywhere, perms.Anywhere, d.scope())
	return h
}

func (d dice) override() perms.Override {
	return perms.Override{Permission: pick[perms.Permission](d, "assets.edit", "assets.view", "features.ai"), Granted: d.IntN(2) == 0, Scope: d.scope(), Window: d.window()}
}

// edited is the subject after a change or two.
func (d dice) edited(s perms.Subject) perms.Subject {
	s.Roles, s.Overrides = slices.Clone(s.Roles), slices.Clone(s.Overrides)
	for range 1 + d.IntN(2) {
		switch d.IntN(8) {
		case 0:
			s.Roles = append(s.Roles, d.held())
		case 1:
			s.Overrides = append(s.Overrides, d.override())
		case 2:
			if len(s.Overrides) > 0 {
				s.Overrides = s.Overrides[1:]
			}
		case 3:
			if len(s.Roles) > 0 {
				s.Roles = s.Roles[1:]
			}
		case 4:
			s.Tenants = d.tenants()
		case 5:
			s.Status = pick(d, perms.Active, perms.Suspended)
		case 6:
			if len(s.Roles) > 0 {
				s.Roles[0].Window = d.window()
			}
		case 7:
			if len(s.Overrides) > 0 {
				s.Overrides[0].Window = d.window()
			}
		}
	}
	return s
}

// actor is a random user who can give something away: most often staff, with a role that gives every key in some window.
func (d dice) actor() perms.Subject {
	s := d.subject(ann)
	s.Status = perms.Active
	if d.IntN(3) > 0 {
		s.Tenants = []perms.Tenancy{perms.EveryTenant}
	}
	s.Roles = append(s.Roles, during(role("root", perms.AllPattern), d.window()))
	return s
}

// TestNothingIsGivenThatIsNotHeld is the grant rule's whole meaning: in random worlds, whatever a subject holds because of a change that an actor may
// make, at noon or at any later hour, the actor holds at that hour as well.
func TestNothingIsGivenThatIsNotHeld(t *testing.T) {
	d := dice{rand.New(rand.NewPCG(4, 4))}
	catalog := perms.NewCatalog("assets.edit", "assets.view")
	passed, refused, gave := 0, 0, 0
	for range 20_000 {
		actor, before := d.actor(), d.subject(bob)
		after := d.edited(before)
		a, err := perms.Authorize(t.Context(), newStore(actor), catalog, perms.As(ann), noon)
		if err != nil {
			t.Fatal(err)
		}
		judged, err := a.Places(t.Context(), newStore(), &before, &after)
		if err != nil {
			t.Fatal(err)
		}
		if a.MayHandOut(&before, &after, judged) != nil {
			refused++
			continue
		}
		passed++
		for h := range 8 {
			for _, q := range questions {
				holds := func(s *perms.Subject) bool { return perms.Decide(catalog, s, q, hour(h)).Allowed }
				if holds(&before) || !holds(&after) {
					continue
				}
				gave++
				if !holds(&actor) {
					t.Fatalf("%d hours after noon an actor who lacks %+v gives it\nactor  %+v\nbefore %+v\nafter  %+v", h, q, actor, before, after)
				}
			}
		}
	}
	if passed < 10_000 || refused < 3000 || gave < 5000 {
		t.Errorf("%d changes passed, %d were refused, %d times something was given: the worlds are too poor to show anything", passed, refused, gave)
	}
}

// questions ask for each permission of the small world at each of its places: the platform, its tenants, and one that nothing names of each type.
var questions = func() []perms.Question {
	places := []perms.Place{perms.Platform, in(acme), in(beta), in(old)}
	for _, typ := range perms.TenantTypes() {
		places = append(places, perms.PlaceOf(none, typ))
	}
	var out []perms.Question
	for _, at := range places {
		for _, key := range []perms.Permission{"assets.edit", "assets.view", "users.read"} {
			out = append(out, perms.Question{Permission: key, At: at})
		}
	}
	return out
}()

// TestWhoHoldsEverythingMayEverything keeps the rules from refusing too much: staff with every key, for ever, is never refused.
func TestWhoHoldsEverythingMayEverything(t *testing.T) {
	d := dice{rand.New(rand.NewPCG(5, 5))}
	root := as(t, staff(role("root", "*.*")))
	for range 3000 {
		before := d.subject(bob)
		after := d.edited(before)
		places, err := root.Places(t.Context(), newStore(), &before, &after)
		if err != nil {
			t.Fatal(err)
		}
		if err := root.MayHandOut(&before, &after, places); err != nil {
			t.Fatalf("%v\nbefore %+v\nafter  %+v", err, before, after)
		}
		if err := root.MayChange(&before, places); err != nil {
			t.Fatalf("%v\ntarget %+v", err, before)
		}
	}
}

// TestWhatStaysIsNotHandedOut: a change that changes nothing is never refused, whoever makes it.
func TestWhatStaysIsNotHandedOut(t *testing.T) {
	d := dice{rand.New(rand.NewPCG(6, 6))}
	nobody := as(t, member())
	for range 3000 {
		s := d.subject(bob)
		places, err := nobody.Places(t.Context(), newStore(), &s)
		if err != nil {
			t.Fatal(err)
		}
		if err := nobody.MayHandOut(&s, &s, places); err != nil {
			t.Fatalf("%v\nsubject %+v", err, s)
		}
	}
}
