package invites_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

func TestWhoMayMakeWhichLinks(t *testing.T) {
	type in = func(w *world) invites.NewLink
	to := func(role string) in {
		return func(w *world) invites.NewLink { return invites.NewLink{Tenant: w.acme, Role: role} }
	}
	with := func(change func(*invites.NewLink)) in {
		return func(w *world) invites.NewLink {
			n := to("viewer")(w)
			change(&n)
			return n
		}
	}
	now := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		actor, what string
		in          in
		want        error
		field       string
	}{
		{"ann", "viewer", to("viewer"), nil, ""},
		{"ann", "no role", to(""), nil, ""},
		{"cai", "no role", to(""), nil, ""},
		{"root", "viewer", to("viewer"), nil, ""},
		{"system", "viewer", to("viewer"), nil, ""},
		{"ann", "stronger", to("root"), perms.ErrEscalation, ""},
		{"cai", "what he lacks", to("viewer"), perms.ErrEscalation, ""},
		{"bea", "another tenant", to("viewer"), perms.ErrEscalation, ""},
		{"vic", "without invites.create", to(""), perms.ErrForbidden, ""},
		{"root", "an unknown tenant", with(func(n *invites.NewLink) { n.Tenant = uuid.New() }), perms.ErrInvalid, "tenant"},
		{"ann", "an unknown role", to("other"), perms.ErrInvalid, "role"},
		{"ann", "one use", with(func(n *invites.NewLink) { n.MaxUses = new(int64(1)) }), nil, ""},
		{"ann", "10,000 uses", with(func(n *invites.NewLink) { n.MaxUses = new(int64(10_000)) }), nil, ""},
		{"ann", "a label", with(func(n *invites.NewLink) { n.Label = strings.Repeat("é", invites.MaxLabel) }), nil, ""},
		{"ann", "a long label", with(func(n *invites.NewLink) { n.Label = strings.Repeat("é", invites.MaxLabel+1) }), perms.ErrInvalid, "label"},
		{"ann", "a label of two lines", with(func(n *invites.NewLink) { n.Label = "a\nb" }), perms.ErrInvalid, "label"},
		{"ann", "no uses", with(func(n *invites.NewLink) { n.MaxUses = new(int64(0)) }), perms.ErrInvalid, "max_uses"},
		{"ann", "too many uses", with(func(n *invites.NewLink) { n.MaxUses = new(int64(10_001)) }), perms.ErrInvalid, "max_uses"},
		{"ann", "the next moment", with(func(n *invites.NewLink) { n.ExpiresAt = now.Add(time.Microsecond) }), nil, ""},
		{"ann", "now", with(func(n *invites.NewLink) { n.ExpiresAt = now }), perms.ErrInvalid, "expires_at"},
		{"ann", "less than a moment", with(func(n *invites.NewLink) { n.ExpiresAt = now.Add(time.Nanosecond) }), perms.ErrInvalid, "expires_at"},
		{"ann", "year 10000", with(func(n *invites.NewLink) { n.ExpiresAt = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC) }), perms.ErrInvalid, "expires_at"},
	} {
		t.Run(c.actor+" "+c.what, func(t *testing.T) {
			w := newWorld(t)
			before := w.head()
			made, err := w.Invites.CreateLink(w.ctx, w.as(c.actor), c.in(w))
			w.fails(err, c.want)
			if field(err) != c.field {
				t.Errorf("got %v, want field %q", err, c.field)
			}
			if c.want != nil {
				if w.head() != before {
					t.Error("a refused link is in the journal")
				}
				return
			}
			o, err := w.Invites.CheckLink(w.ctx, made.Token.Reveal())
			w.must(err)
			if o.Link != made.Link || made.Label != c.in(w).Label || o.Tenant.ID != w.acme || o.Role.ID != made.Role {
				t.Errorf("offer %+v of %+v", o, made.Link)
			}
			var limit any // none
			if made.MaxUses > 0 {
				limit = float64(made.MaxUses)
			}
			if e := w.entry(before); e.Action != perms.LinkCreate || e.Tenant != perms.In(w.acme) || e.After["max_uses"] != limit {
				t.Errorf("entry %+v", e)
			}
		})
	}
}

func TestTenantOfLinkIfNoneIsNamed(t *testing.T) {
	w := newWorld(t)
	first, err := w.Tenants.Default(w.ctx)
	w.must(err)
	for _, c := range []struct {
		actor perms.Actor
		want  uuid.UUID
	}{{w.as("ann"), w.acme}, {w.as("root"), first.ID}, {w.as("root").In(w.beta), w.beta}} {
		l, err := w.Invites.CreateLink(w.ctx, c.actor, invites.NewLink{})
		w.must(err)
		list, err := w.Invites.Links(w.ctx, c.actor, uuid.Nil)
		w.must(err)
		if l.Tenant != c.want || len(list) != 1 || list[0].ID != l.ID {
			t.Errorf("link of %v, want %v; listed %+v", l.Tenant, c.want, list)
		}
	}
}

func TestJoin(t *testing.T) {
	for _, c := range []struct {
		role     string
		approval bool
		status   perms.Status
	}{{"viewer", false, perms.Active}, {"", false, perms.Active}, {"viewer", true, perms.Pending}} {
		w := newWorld(t)
		l := w.link("ann", c.role, new(int64(2)))
		_, err := w.Tenants.Update(w.ctx, system, w.acme, users.TenantUpdate{RequireApproval: &c.approval})
		w.must(err)
		before := w.head()
		in := invites.Joining{Token: l.Token.Reveal(), Email: " Jo@example.com", Name: " Jo Joiner", Password: chosen}
		u, o, err := w.Invites.Join(w.ctx, perms.Guest(), in)
		w.must(err)
		want := users.User{ID: u.ID, Number: 7, Email: "Jo@example.com", Username: "Jo@example.com", Name: users.Name{Full: "Jo Joiner", Given: "Jo", Family: "Joiner"},
			Status: c.status, Tenants: []perms.Tenancy{perms.TenantOf(w.acme)}, CreatedAt: w.now, UpdatedAt: w.now, Version: 1}
		if c.role != "" {
			want.Roles = []perms.Assignment{{Role: w.role(c.role), Scope: perms.Anywhere}}
		}
		if !reflect.DeepEqual(u, want) || o.Role.Key != c.role || o.Uses != 1 || o.Tenant.ID != w.acme {
			t.Errorf("got %+v, %+v\nwant %+v", u, o, want)
		}
		e := w.entry(before)
		if e.Action != perms.LinkJoin || e.Actor.Kind != perms.GuestActor || e.Target.ID != l.ID || e.Before["uses"] != 0.0 || e.After["uses"] != 1.0 ||
			e.After["user"].(map[string]any)["status"] != c.status.String() || e.Person != u.ID || e.PersonAfter["email"] != "Jo@example.com" {
			t.Errorf("entry %+v", e)
		}
		if _, _, err := w.Sessions.SignIn(w.ctx, "jo@example.com", chosen, "192.0.2.1"); (err == nil) != (c.status == perms.Active) {
			t.Errorf("sign in: %v", err)
		}
	}
}

// None of these counts as a use: the link has one, and it is there at the end.
func TestJoinRefuses(t *testing.T) {
	w := newWorld(t)
	l := w.link("ann", "viewer", new(int64(1)))
	before, people := w.head(), len(w.everybody())
	for _, c := range []struct {
		email, name, password string
		want                  error
		field                 string
	}{
		{"", "Jo", chosen, perms.ErrInvalid, "email"},
		{"jo", "Jo", chosen, perms.ErrInvalid, "email"},
		{"jo@example.com", "", chosen, perms.ErrInvalid, "name"},
		{"jo@example.com", strings.Repeat("x", 256), chosen, perms.ErrInvalid, "name"},
		{"jo@example.com", "Jo", "", perms.ErrInvalid, "password"},
		{"jo@example.com", "Jo", "jo@example.com", perms.ErrInvalid, "password"},
		{"VIC@example.com", "Jo", "short", perms.ErrInvalid, "password"},
		{"VIC@example.com", "Jo", chosen, users.ErrAddressTaken, ""},
	} {
		_, _, err := w.Invites.Join(w.ctx, perms.Guest(), invites.Joining{Token: l.Token.Reveal(), Email: c.email, Name: c.name, Password: c.password})
		w.fails(err, c.want)
		if field(err) != c.field {
			t.Errorf("%+v: %v", c, err)
		}
	}
	_, _, err := w.Invites.Join(w.ctx, perms.Actor{}, invites.Joining{Token: l.Token.Reveal(), Email: "jo@example.com", Name: "Jo", Password: chosen})
	w.fails(err, perms.ErrNoActor)
	if w.head() != before || len(w.everybody()) != people {
		t.Error("a refusal left a trace")
	}
	_, err = w.join(l, "jo@example.com")
	w.must(err)
	_, err = w.join(l, "not an address") // used up is told before bad values
	w.fails(err, invites.ErrUsed)
}

func TestManyJoinAtOnce(t *testing.T) {
	for _, limit := range []*int64{new(int64(5)), nil} {
		w := newWorld(t)
		l := w.link("ann", "viewer", limit)
		people := len(w.everybody())
		var (
			wg     sync.WaitGroup
			mu     sync.Mutex
			joined int64
		)
		for n := range 64 {
			wg.Go(func() {
				_, err := w.join(l, fmt.Sprintf("jo%d@example.com", n))
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					joined++
				} else if !errors.Is(err, invites.ErrUsed) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		want := int64(64)
		if limit != nil {
			want = *limit
		}
		list, err := w.Invites.Links(w.ctx, w.as("ann"), w.acme)
		w.must(err)
		if joined != want || list[0].Uses != want || list[0].Live == (limit != nil) || int64(len(w.everybody())-people) != want {
			t.Errorf("%d joined, want %d; %+v", joined, want, list)
		}
	}
}

func TestWhoSeesLinks(t *testing.T) {
	w := newWorld(t)
	acme := w.link("ann", "viewer", nil)
	_, err := w.Invites.CreateLink(w.ctx, w.as("bea"), invites.NewLink{})
	w.must(err)
	end := w.now.Add(time.Hour)
	short, err := w.Invites.CreateLink(w.ctx, w.as("ann"), invites.NewLink{ExpiresAt: end})
	w.must(err)
	w.now = end
	for _, c := range []struct {
		actor string
		want  []int64
		err   error
	}{
		{"ann", []int64{acme.Number, short.Number}, nil},
		{"root", []int64{acme.Number, short.Number}, nil},
		{"bea", nil, users.ErrTenantNotFound},
		{"vic", nil, perms.ErrForbidden},
	} {
		list, err := w.Invites.Links(w.ctx, w.as(c.actor), w.acme)
		w.fails(err, c.err)
		var got []int64
		for _, l := range list {
			got = append(got, l.Number)
			if l.Live != (l.ID == acme.ID) {
				t.Errorf("%+v", l)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s sees %v, want %v", c.actor, got, c.want)
		}
	}
	_, err = w.Invites.Links(w.ctx, w.as("root"), uuid.New())
	w.fails(err, users.ErrTenantNotFound)
}

// A role can be deleted when no link gives it any more; the links that have are still listed.
func TestUsedUpLinksOutliveTheirRoles(t *testing.T) {
	w := newWorld(t)
	r := w.custom("Fleeting", perms.In(w.acme), "assets.view")
	l := w.link("ann", r.Key, new(int64(1)))
	u, err := w.join(l, "jo@example.com")
	w.must(err)
	_, err = w.Users.SetRoles(w.ctx, system, u.ID, nil)
	w.must(err)
	w.must(w.Roles.Delete(w.ctx, system, r.ID, 0))
	list, err := w.Invites.Links(w.ctx, w.as("ann"), w.acme)
	w.must(err)
	if len(list) != 1 || list[0].Live || list[0].Link.Role != r.ID || list[0].Role.Key != "" {
		t.Errorf("listed %+v", list)
	}
	_, err = w.join(l, "ja@example.com")
	w.fails(err, invites.ErrUsed)
	w.must(w.Invites.DeleteLink(w.ctx, w.as("ann"), l.Number))
}

func TestDeleteLink(t *testing.T) {
	w := newWorld(t)
	l := w.link("ann", "viewer", nil)
	_, err := w.join(l, "jo@example.com")
	w.must(err)
	before := w.head()
	for actor, want := range map[string]error{"bea": invites.ErrLinkNotFound, "vic": perms.ErrForbidden} {
		w.fails(w.Invites.DeleteLink(w.ctx, w.as(actor), l.Number), want)
	}
	w.fails(w.Invites.DeleteLink(w.ctx, w.as("ann"), 99), invites.ErrLinkNotFound)
	if w.head() != before {
		t.Error("a refusal is in the journal")
	}
	w.must(w.Invites.DeleteLink(w.ctx, w.as("ada"), l.Number))
	want := perms.Members{"number": 1.0, "tenant": w.acme.String(), "role": "viewer", "label": "", "max_uses": nil, "uses": 1.0, "expires_at": nil}
	if e := w.entry(before); e.Action != perms.LinkDelete || e.Target.ID != l.ID || !reflect.DeepEqual(e.Before, want) {
		t.Errorf("entry %+v", e)
	}
	_, err = w.join(l, "ja@example.com")
	w.fails(err, invites.ErrLinkNotFound)
	w.fails(w.Invites.DeleteLink(w.ctx, w.as("ada"), l.Number), invites.ErrLinkNotFound)
}
