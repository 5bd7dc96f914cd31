package perms_test

import (
	"testing"

	"github.com/seed-06a6a295/rolebook/perms"
)

// never, always and until name terms as the tables print them.
var (
	never  = perms.Term{}
	always = perms.Endless
)

func until(h int) perms.Term { return perms.Until(hour(h)) }

func TestTermsAreOrdered(t *testing.T) {
	ascending := []perms.Term{never, until(1), until(2), always}
	for i, short := range ascending {
		for j, long := range ascending {
			if long.Outlasts(short) != (j >= i) {
				t.Errorf("%v outlasts %v: %v", long, short, long.Outlasts(short))
			}
		}
		if short.Holds() != (i > 0) {
			t.Errorf("%v holds: %v", short, short.Holds())
		}
	}
}

// TestPotentialAndLasting has for each subject what he could come to hold of assets.edit in acme, and for how long he holds it from noon on.
func TestPotentialAndLasting(t *testing.T) {
	const key = "assets.edit"
	editor := role("editor", "assets.*")
	for _, c := range []struct {
		name      string
		s         perms.Subject
		potential perms.Term
		lasting   perms.Term
	}{
		{"nobody", perms.Subject{}, never, never},
		{"no role", member(), never, never},
		{"another role", member(role("viewer", "assets.view")), never, never},
		{"a role", member(editor), always, always},
		{"a role with an end", member(during(editor, window(-1, 2))), until(2), until(2)},
		{"a role from later on", member(during(editor, window(1, 0))), always, never},
		{"a role for later hours", member(during(editor, window(1, 2))), until(2), never},
		{"a role that is over", member(during(editor, window(-2, -1))), never, never},
		{"a role that ends now", member(during(editor, perms.Window{ExpiresAt: noon})), never, never},
		{"a role that begins now", member(during(editor, perms.Window{StartsAt: noon})), always, always},
		{"two roles", member(during(editor, window(0, 1)), during(editor, window(0, 3))), until(3), until(3)},
		{"now and later", member(during(editor, window(0, 1)), during(editor, window(2, 3))), until(3), until(1)},
		{"a grant", with(member(), perms.Grant(key)), always, always},
		{"a grant with an end", with(member(), perms.Grant(key).During(window(0, 2))), until(2), until(2)},
		{"a grant from later on", with(member(), perms.Grant(key).During(window(2, 0))), always, never},
		{"a longer grant", with(member(during(editor, window(0, 1))), perms.Grant(key).During(window(0, 2))), until(2), until(2)},

		{"an endless revoke", with(member(editor), perms.Revoke(key)), never, never},
		{"an endless revoke and a grant", with(member(), perms.Revoke(key), perms.Grant(key)), never, never},
		{"a revoke with an end", with(member(editor), perms.Revoke(key).During(window(0, 1))), always, never},
		{"a revoke from later on", with(member(editor), perms.Revoke(key).During(window(2, 0))), always, until(2)},
		{"a revoke for later hours", with(member(editor), perms.Revoke(key).During(window(1, 2))), always, until(1)},
		{"two later revokes", with(member(editor), perms.Revoke(key).During(window(3, 0)), perms.Revoke(key).During(window(1, 2))), always, until(1)},
		{"a revoke after the end", with(member(during(editor, window(0, 1))), perms.Revoke(key).During(window(2, 0))), until(1), until(1)},
		{"a revoke that is over", with(member(editor), perms.Revoke(key).During(window(-2, -1))), always, always},
		{"a revoke elsewhere", with(member(editor), perms.Revoke(key).In(beta)), always, always},
		{"a revoke of something else", with(member(editor), perms.Revoke("assets.view")), always, always},

		{"pending", became(member(editor), perms.Pending), always, never},
		{"suspended", became(member(editor), perms.Suspended), always, never},
		{"another tenant", of(member(editor), perms.TenantOf(beta)), never, never},
		{"a role of another tenant", member(ownedBy(editor, beta)), never, never},
		{"a role held in another tenant", member(heldIn(editor, beta)), never, never},
		{"staff", staff(editor), always, always},
		{"production tenants", of(member(editor), perms.TenantsOfType(perms.ProductionTenant)), always, always},
		{"test tenants", of(member(editor), perms.TenantsOfType(perms.TestTenant)), never, never},
	} {
		if got := perms.Potential(&c.s, key, in(acme), noon); got != c.potential {
			t.Errorf("%s: potential is %v, want %v", c.name, got, c.potential)
		}
		if got := perms.Lasting(&c.s, key, in(acme), noon); got != c.lasting {
			t.Errorf("%s: lasting is %v, want %v", c.name, got, c.lasting)
		}
		if now := perms.Decide(office, &c.s, perms.Question{Permission: key, At: in(acme)}, noon).Allowed; now != c.lasting.Holds() {
			t.Errorf("%s: Decide says %v, lasting is %v", c.name, now, c.lasting)
		}
	}
}

func TestPotentialLooksPastALapse(t *testing.T) {
	s := of(member(role("editor", "assets.*")), perms.TenantOf(old))
	if got := perms.Potential(&s, "assets.edit", in(old), noon); got != always {
		t.Errorf("potential in a retired tenant is %v: it may be opened again", got)
	}
	if got := perms.Lasting(&s, "assets.edit", in(old), noon); got != never {
		t.Errorf("lasting in a retired tenant is %v", got)
	}
}

func TestAdministrator(t *testing.T) {
	admin := role("admin", "users.assign", "roles.update", "overrides.write")
	for _, c := range []struct {
		name string
		s    perms.Subject
		want bool
	}{
		{"staff with all three", staff(admin), true},
		{"by wildcard", staff(role("root", "*.*")), true},
		{"by grants", with(staff(), perms.Grant("users.assign"), perms.Grant("roles.update"), perms.Grant("overrides.write")), true},
		{"two of three", staff(role("half", "users.assign", "roles.update")), false},
		{"suspended", became(staff(admin), perms.Suspended), false},
		{"of one tenant", member(admin), false},
		{"of a type", of(member(admin), perms.TenantsOfType(perms.ProductionTenant)), false},
		{"held in one tenant", staff(heldIn(admin, acme)), false},
		{"for an hour", staff(during(admin, window(0, 1))), false},
		{"from later on", staff(during(admin, window(1, 0))), false},
		{"revoked", with(staff(admin), perms.Revoke("users.assign")), false},
		{"revoked later", with(staff(admin), perms.Revoke("users.assign").During(window(1, 2))), false},
		{"revoked in one tenant", with(staff(admin), perms.Revoke("users.assign").In(acme)), true},
	} {
		if got := perms.Administrator(office, &c.s, noon); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestAnyAdministrator(t *testing.T) {
	var crowd []perms.Subject
	for number := range 250 {
		s := staff(role("viewer", "assets.view"))
		s.User[14], s.User[15] = 1, byte(number+1)
		crowd = append(crowd, s)
	}
	check := func(want bool, subjects ...perms.Subject) {
		t.Helper()
		got, err := perms.AnyAdministrator(t.Context(), newStore(subjects...), office, noon)
		if err != nil || got != want {
			t.Errorf("any administrator: %v, %v, want %v", got, err, want)
		}
	}
	check(false)
	check(false, crowd...)
	crowd[249].Roles = []perms.Held{role("root", "*.*")}
	check(true, crowd...)

	st := newStore(crowd...)
	st.fails = errStore
	if got, err := perms.AnyAdministrator(t.Context(), st, office, noon); got || err == nil {
		t.Errorf("a store that fails: %v, %v", got, err)
	}
}
