package invites_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

func TestWhoMayInviteWhom(t *testing.T) {
	type in = func(w *world) invites.New
	to := func(role string, tenant func(w *world) perms.Tenancy) in {
		return func(w *world) invites.New {
			return invites.New{Email: "new@example.com", Role: role, Tenant: tenant(w)}
		}
	}
	acme := func(w *world) perms.Tenancy { return perms.TenantOf(w.acme) }
	beta := func(w *world) perms.Tenancy { return perms.TenantOf(w.beta) }
	none := func(*world) perms.Tenancy { return perms.Tenancy{} }
	every := func(*world) perms.Tenancy { return perms.EveryTenant }
	ofType := func(*world) perms.Tenancy { return perms.TenantsOfType(perms.TestTenant) }
	unknown := func(*world) perms.Tenancy { return perms.TenantOf(uuid.New()) }
	with := func(change func(*invites.New)) in {
		return func(w *world) invites.New {
			n := to("viewer", acme)(w)
			change(&n)
			return n
		}
	}
	for _, c := range []struct {
		actor, what string
		in          in
		want        error
		field       string
	}{
		{"ann", "viewer", to("viewer", acme), nil, ""},
		{"ann", "viewer, no tenant named", to("viewer", none), nil, ""},
		{"ann", "equal", to("admin", acme), nil, ""},
		{"root", "viewer", to("viewer", acme), nil, ""},
		{"root", "staff", to("root", every), nil, ""},
		{"system", "staff", to("root", every), nil, ""},
		{"ann", "stronger", to("root", acme), perms.ErrEscalation, ""},
		{"cai", "what he lacks", to("viewer", acme), perms.ErrEscalation, ""},
		{"cai", "equal", to("clerk", acme), nil, ""},
		{"ann", "staff", to("viewer", every), perms.ErrEscalation, ""},
		{"ann", "another tenant", to("viewer", beta), perms.ErrEscalation, ""},
		{"ann", "an unknown tenant", to("viewer", unknown), perms.ErrEscalation, ""},
		{"ann", "another tenant, and a bad address", func(w *world) invites.New {
			return invites.New{Email: "x", Role: "viewer", Tenant: beta(w)}
		}, perms.ErrEscalation, ""},
		{"root", "an unknown tenant", to("viewer", unknown), perms.ErrInvalid, "tenant"},
		{"root", "no tenant", to("viewer", none), perms.ErrInvalid, "tenant"},
		{"system", "no tenant", to("viewer", none), perms.ErrInvalid, "tenant"},
		{"root", "a type of tenants", to("viewer", ofType), perms.ErrInvalid, "tenant"},
		{"vic", "without invites.create", to("viewer", acme), perms.ErrForbidden, ""},
		{"two", "where he may not invite", to("viewer", beta), perms.ErrForbidden, ""},
		{"two", "where he may not invite, as an unknown role", to("other", beta), perms.ErrForbidden, ""},
		{"two", "where he may", to("viewer", acme), nil, ""},
		{"ann", "no address", with(func(n *invites.New) { n.Email = " " }), perms.ErrInvalid, "email"},
		{"ann", "a bad address", with(func(n *invites.New) { n.Email = "a@b@c" }), perms.ErrInvalid, "email"},
		{"ann", "a long name", with(func(n *invites.New) { n.Name = strings.Repeat("x", 256) }), perms.ErrInvalid, "name"},
		{"ann", "a bad name", with(func(n *invites.New) { n.Name = "a\nb" }), perms.ErrInvalid, "name"},
		{"ann", "no role", with(func(n *invites.New) { n.Role = "" }), perms.ErrInvalid, "role"},
		{"ann", "an unknown role", with(func(n *invites.New) { n.Role = "other" }), perms.ErrInvalid, "role"},
		{"ann", "under an hour", with(func(n *invites.New) { n.Lifetime = time.Hour - 1 }), perms.ErrInvalid, "lifetime"},
		{"ann", "negative", with(func(n *invites.New) { n.Lifetime = -time.Hour }), perms.ErrInvalid, "lifetime"},
		{"ann", "over thirty days", with(func(n *invites.New) { n.Lifetime = 720*time.Hour + 1 }), perms.ErrInvalid, "lifetime"},
		{"ann", "an hour", with(func(n *invites.New) { n.Lifetime = time.Hour }), nil, ""},
		{"ann", "thirty days", with(func(n *invites.New) { n.Lifetime = 720 * time.Hour }), nil, ""},
		{"ann", "somebody there is", with(func(n *invites.New) { n.Email = "VIC@example.com" }), users.ErrAddressTaken, ""},
		{"ann", "somebody of another tenant", with(func(n *invites.New) { n.Email = "bea@example.com" }), users.ErrAddressTaken, ""},
		{"cai", "somebody there is, as what he lacks", with(func(n *invites.New) { n.Email = "vic@example.com" }), perms.ErrEscalation, ""},
	} {
		t.Run(c.actor+" "+c.what, func(t *testing.T) {
			w := newWorld(t)
			u, err := w.Users.Create(w.ctx, system, users.New{Email: "two@example.com", Name: "two",
				Tenants:  []perms.Tenancy{perms.TenantOf(w.acme), perms.TenantOf(w.beta)},
				Assigned: []perms.Assignment{{Role: w.role("admin"), Scope: perms.In(w.acme)}, {Role: w.role("viewer"), Scope: perms.In(w.beta)}}})
			w.must(err)
			w.who["two"] = u
			before := w.head()
			made, err := w.Invites.Create(w.ctx, w.as(c.actor), c.in(w))
			w.fails(err, c.want)
			if field(err) != c.field {
				t.Errorf("got %v, want field %q", err, c.field)
			}
			if c.want != nil {
				if w.head() != before || !reflect.DeepEqual(made, invites.Issued{}) {
					t.Error("a refused invite leaves a trace")
				}
				return
			}
			w.must(w.check(made))
			if e := w.entry(before); e.Action != perms.InviteCreate || e.Tenant != made.Scope() || e.Target.ID != made.ID {
				t.Errorf("entry %+v", e)
			}
		})
	}
}

func (w *world) role(key string) uuid.UUID {
	w.t.Helper()
	r, err := w.db.RoleByKey(w.ctx, key)
	w.must(err)
	return r.ID
}

func TestInviteIsWhatWasAskedFor(t *testing.T) {
	w := newWorld(t)
	before := w.head()
	made, err := w.Invites.Create(w.ctx, w.as("ann"), invites.New{Email: " New@Example.com ", Name: " Nia New ", Role: "viewer"})
	w.must(err)
	want := invites.Invite{ID: made.ID, Number: 1, Digest: made.Token.Digest(), Email: "New@Example.com", Name: "Nia New", Role: w.role("viewer"),
		Tenant: perms.TenantOf(w.acme), CreatedAt: w.now, CreatedBy: w.id("ann"), ExpiresAt: w.now.Add(72 * time.Hour)}
	if made.Invite != want {
		t.Errorf("got %+v, want %+v", made.Invite, want)
	}
	e := w.entry(before)
	after := perms.Members{"number": 1.0, "role": "viewer", "tenant": w.acme.String(), "expires_at": "2026-05-04T10:00:00Z", "replaced": []any{}}
	if !reflect.DeepEqual(e.After, after) || e.Person != made.ID || !reflect.DeepEqual(e.PersonAfter, perms.Members{"email": "New@Example.com", "name": "Nia New"}) {
		t.Errorf("entry %+v", e)
	}
	text, err := json.Marshal(w.entries(0))
	w.must(err)
	if strings.Contains(string(text), made.Token.Reveal()[4:]) {
		t.Error("the journal holds the token")
	}
}

func TestInvitingByANarrowedActor(t *testing.T) {
	w := newWorld(t)
	root := w.as("root").In(w.beta)
	made, err := w.Invites.Create(w.ctx, root, invites.New{Email: "new@example.com", Role: "viewer"})
	w.must(err)
	if made.Tenant != perms.TenantOf(w.beta) {
		t.Errorf("invited into %v", made.Tenant)
	}
	for _, tenancy := range []perms.Tenancy{perms.TenantOf(w.acme), perms.EveryTenant} {
		_, err := w.Invites.Create(w.ctx, root, invites.New{Email: "new@example.com", Role: "viewer", Tenant: tenancy})
		w.fails(err, perms.ErrForbidden)
	}
	_, err = w.Invites.Create(w.ctx, perms.Actor{}, invites.New{Email: "new@example.com", Role: "viewer"})
	w.fails(err, perms.ErrNoActor)
}

func TestRolesOfTenants(t *testing.T) {
	w := newWorld(t)
	mine, theirs := w.custom("Mine", perms.In(w.acme), "assets.view"), w.custom("Theirs", perms.In(w.beta), "assets.view")
	for _, c := range []struct {
		actor   string
		role    string
		tenancy perms.Tenancy
		code    perms.FieldCode
	}{
		{"ann", mine.Key, perms.TenantOf(w.acme), ""},
		{"ann", theirs.Key, perms.TenantOf(w.acme), perms.Unknown},
		{"root", theirs.Key, perms.TenantOf(w.acme), perms.Range},
		{"root", theirs.Key, perms.TenantOf(w.beta), ""},
		{"root", theirs.Key, perms.EveryTenant, ""},
	} {
		_, err := w.Invites.Create(w.ctx, w.as(c.actor), invites.New{Email: "new@example.com", Role: c.role, Tenant: c.tenancy})
		var invalid *perms.InvalidError
		if errors.As(err, &invalid) != (c.code != "") || c.code != "" && (invalid.Fields[0].Field != "role" || invalid.Fields[0].Code != c.code) {
			t.Errorf("%s invites into %v: %v, want %q", c.actor, c.tenancy, err, c.code)
		}
	}
}

func TestLapsedTenantsTakeNobody(t *testing.T) {
	w := newWorld(t)
	w.retire(w.acme, perms.RetiredTenant)
	_, err := w.Invites.Create(w.ctx, w.as("root"), invites.New{Email: "new@example.com", Role: "viewer", Tenant: perms.TenantOf(w.acme)})
	if field(err) != "tenant" {
		t.Errorf("invite: %v", err)
	}
	_, err = w.Invites.CreateLink(w.ctx, w.as("root"), invites.NewLink{Tenant: w.acme})
	if field(err) != "tenant" {
		t.Errorf("link: %v", err)
	}
}

func (w *world) retire(tenant uuid.UUID, typ perms.TenantType) {
	w.t.Helper()
	_, err := w.Tenants.Update(w.ctx, system, tenant, users.TenantUpdate{Type: &typ})
	w.must(err)
}

// Inviting again is how one sends an invite again.
func TestSecondInviteReplacesTheFirst(t *testing.T) {
	w := newWorld(t)
	first := w.invite("ann", "viewer")
	w.now = w.now.Add(100 * time.Hour) // a dead one does not stand in the way either
	before := w.head()
	second, err := w.Invites.Create(w.ctx, w.as("ada"), invites.New{Email: "NEW@example.com", Name: "Nia", Role: "admin"})
	w.must(err)
	if e := w.entry(before); !reflect.DeepEqual(e.After["replaced"], []any{first.ID.String()}) {
		t.Errorf("entry %+v", e)
	}
	w.fails(w.check(first), invites.ErrNotFound)
	elsewhere, err := w.Invites.Create(w.ctx, w.as("bea"), invites.New{Email: "new@example.com", Name: "Nia", Role: "viewer"})
	w.must(err)
	w.must(w.check(second))
	w.must(w.check(elsewhere))
	if _, err := w.accept(second); err != nil {
		t.Fatal(err)
	}
	_, err = w.accept(elsewhere)
	w.fails(err, users.ErrAddressTaken)
}

func TestWhoSeesPendingInvites(t *testing.T) {
	w := newWorld(t)
	acme := w.invite("ann", "viewer")
	beta, err := w.Invites.Create(w.ctx, w.as("bea"), invites.New{Email: "b@example.com", Role: "viewer"})
	w.must(err)
	staff, err := w.Invites.Create(w.ctx, w.as("root"), invites.New{Email: "s@example.com", Role: "root", Tenant: perms.EveryTenant})
	w.must(err)
	used, err := w.Invites.Create(w.ctx, w.as("ann"), invites.New{Email: "u@example.com", Name: "U", Role: "viewer"})
	w.must(err)
	_, err = w.accept(used)
	w.must(err)
	gone, err := w.Invites.Create(w.ctx, w.as("ann"), invites.New{Email: "g@example.com", Role: "viewer"})
	w.must(err)
	w.must(w.Invites.Revoke(w.ctx, w.as("ann"), gone.Number))
	short, err := w.Invites.Create(w.ctx, w.as("ann"), invites.New{Email: "e@example.com", Role: "viewer", Lifetime: time.Hour})
	w.must(err)
	for _, c := range []struct {
		actor perms.Actor
		want  []int64
		err   error
	}{
		{w.as("ann"), []int64{acme.Number, short.Number}, nil},
		{w.as("bea"), []int64{beta.Number}, nil},
		{w.as("root"), []int64{acme.Number, beta.Number, staff.Number, short.Number}, nil},
		{w.as("root").In(w.acme), []int64{acme.Number, short.Number}, nil},
		{w.as("vic"), nil, perms.ErrForbidden},
	} {
		list, err := w.Invites.Pending(w.ctx, c.actor)
		w.fails(err, c.err)
		if !slices.Equal(numbers(list), c.want) {
			t.Errorf("got %v, want %v", numbers(list), c.want)
		}
	}
	w.now = w.now.Add(time.Hour)
	list, err := w.Invites.Pending(w.ctx, w.as("ann"))
	w.must(err)
	if !slices.Equal(numbers(list), []int64{acme.Number}) {
		t.Errorf("after an hour %v", numbers(list))
	}
}

func numbers(list []invites.Invite) []int64 {
	var out []int64
	for _, i := range list {
		out = append(out, i.Number)
	}
	return out
}

func TestWhoMayRevokeWhat(t *testing.T) {
	for _, c := range []struct {
		actor, what string
		want        error
	}{
		{"ann", "acme", nil},
		{"ada", "acme", nil},
		{"root", "acme", nil},
		{"root", "staff", nil},
		{"bea", "acme", invites.ErrNotFound},
		{"ann", "staff", invites.ErrNotFound},
		{"ann", "used", invites.ErrNotFound},
		{"ann", "unknown", invites.ErrNotFound},
		{"ann", "expired", nil},
		{"vic", "acme", perms.ErrForbidden},
	} {
		t.Run(c.actor+" "+c.what, func(t *testing.T) {
			w := newWorld(t)
			var i invites.Issued
			switch c.what {
			case "staff":
				var err error
				i, err = w.Invites.Create(w.ctx, w.as("root"), invites.New{Email: "s@example.com", Role: "root", Tenant: perms.EveryTenant})
				w.must(err)
			default:
				i = w.invite("ann", "viewer")
			}
			switch c.what {
			case "used":
				_, err := w.accept(i)
				w.must(err)
			case "unknown":
				i.Number = 99
			case "expired":
				w.now = i.ExpiresAt
			}
			before := w.head()
			err := w.Invites.Revoke(w.ctx, w.as(c.actor), i.Number)
			w.fails(err, c.want)
			if c.want != nil {
				if w.head() != before {
					t.Error("a refusal is in the journal")
				}
				return
			}
			e := w.entry(before)
			if e.Action != perms.InviteRevoke || e.Target.ID != i.ID || e.After != nil || e.Before["number"] != float64(i.Number) || e.PersonBefore["email"] != i.Email {
				t.Errorf("entry %+v", e)
			}
			w.fails(w.check(i), invites.ErrNotFound)
			w.fails(w.Invites.Revoke(w.ctx, w.as(c.actor), i.Number), invites.ErrNotFound)
		})
	}
}
