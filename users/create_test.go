package users_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

func TestCreateDefaults(t *testing.T) {
	w := newWorld(t)
	first, err := w.Tenants.Default(w.ctx)
	w.must(err)
	for actor, home := range map[string]perms.Tenancy{"system": perms.TenantOf(first.ID), "root": perms.TenantOf(first.ID), "ann": perms.TenantOf(w.acme)} {
		u, err := w.Users.Create(w.ctx, w.as(actor), users.New{Email: " Mary." + actor + "@Example.com ", Name: "Mary Ann Smith"})
		w.must(err)
		if !slices.Equal(u.Tenants, []perms.Tenancy{home}) {
			t.Errorf("by %s: tenants %v, want %v", actor, u.Tenants, home)
		}
		if u.Email != "Mary."+actor+"@Example.com" || u.Username != u.Email || u.Status != perms.Active || u.Version != 1 || u.CreatedBy != w.as(actor).User() {
			t.Errorf("by %s: %+v", actor, u)
		}
		if want := (users.Name{Full: "Mary Ann Smith", Given: "Mary", Family: "Ann Smith"}); u.Name != want {
			t.Errorf("by %s: name %+v", actor, u.Name)
		}
	}
}

func TestFullName(t *testing.T) {
	for full, want := range map[string]users.Name{
		"Mary Ann Smith": {Full: "Mary Ann Smith", Given: "Mary", Family: "Ann Smith"},
		" Ann  Smith ":   {Full: "Ann  Smith", Given: "Ann", Family: "Smith"},
		"Ann":            {Full: "Ann", Given: "Ann"},
		"":               {},
	} {
		if got := users.FullName(full); got != want {
			t.Errorf("%q: got %+v, want %+v", full, got, want)
		}
	}
}

func TestCreateRefuses(t *testing.T) {
	long := strings.Repeat("x", 256)
	for _, c := range []struct {
		name  string
		actor string
		in    users.New
		want  error
		field string
	}{
		{"no address", "root", users.New{Name: "A"}, perms.ErrInvalid, "email"},
		{"no e-mail address", "root", users.New{Email: "a@b@c", Name: "A"}, perms.ErrInvalid, "email"},
		{"look-alike", "root", users.New{Email: "alıce@example.com", Name: "A"}, perms.ErrInvalid, "email"},
		{"long address", "root", users.New{Email: long + "@example.com", Name: "A"}, perms.ErrInvalid, "email"},
		{"no name", "root", users.New{Email: "a@example.com"}, perms.ErrInvalid, "name"},
		{"blank name", "root", users.New{Email: "a@example.com", Name: " \t "}, perms.ErrInvalid, "name"},
		{"long name", "root", users.New{Email: "a@example.com", Name: long}, perms.ErrInvalid, "name"},
		{"name with a line break", "root", users.New{Email: "a@example.com", Name: "A\nB"}, perms.ErrInvalid, "name"},
		{"name turned around", "root", users.New{Email: "a@example.com", Name: "A\u202eB"}, perms.ErrInvalid, "name"},
		{"long phone", "root", users.New{Email: "a@example.com", Name: "A", Phone: strings.Repeat("1", 51)}, perms.ErrInvalid, "phone"},
		{"bad text", "root", users.New{Email: "a@example.com", Name: "A", External: "\xff"}, perms.ErrInvalid, "external"},
		{"short password", "root", users.New{Email: "a@example.com", Name: "A", Password: "1234567"}, perms.ErrInvalid, "password"},
		{"unknown role", "root", users.New{Email: "a@example.com", Name: "A", Roles: []string{"nothing"}}, perms.ErrInvalid, "roles[0]"},
		{"no tenancy", "root", users.New{Email: "a@example.com", Name: "A", Tenants: []perms.Tenancy{{}}}, perms.ErrInvalid, "tenants[0]"},
		{"deleted", "root", users.New{Email: "a@example.com", Name: "A", Status: perms.Deleted}, perms.ErrInvalid, "status"},
		{"without users.create", "hal", users.New{Email: "a@example.com", Name: "A"}, perms.ErrForbidden, ""},
		{"stronger role", "ann", users.New{Email: "a@example.com", Name: "A", Roles: []string{"root"}}, perms.ErrEscalation, ""},
		{"staff", "ann", users.New{Email: "a@example.com", Name: "A", Tenants: []perms.Tenancy{perms.EveryTenant}}, perms.ErrForbidden, ""},
		{"taken", "root", users.New{Email: "VIC@example.com", Name: "A"}, users.ErrAddressTaken, ""},
		{"taken as user name", "root", users.New{Email: "a@example.com", Username: "vic@example.com", Name: "A"}, users.ErrAddressTaken, ""},
		{"taken in another tenant", "ann", users.New{Email: "bea@example.com", Name: "A"}, users.ErrAddressTaken, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			head := w.head()
			_, err := w.Users.Create(w.ctx, w.as(c.actor), c.in)
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			var invalid *perms.InvalidError
			if c.field != "" && (!errors.As(err, &invalid) || invalid.Fields[0].Field != c.field) {
				t.Errorf("got %v, want field %s", err, c.field)
			}
			if w.head() != head {
				t.Error("a refused change is in the journal")
			}
		})
	}
}

func TestAddressesAreFreeAgain(t *testing.T) {
	w := newWorld(t)
	w.must(verb(users.Delete)(w, system, "vic"))
	again, err := w.Users.Create(w.ctx, system, users.New{Email: "vic@example.com", Name: "Vic"})
	w.must(err)
	if again.Number <= w.who["vic"].Number || again.ID == w.id("vic") {
		t.Errorf("an identity was used again: %d", again.Number)
	}
}

// TestOneEntryForAChangeNoneForNone also pins what the journal calls each change.
func TestOneEntryForAChangeNoneForNone(t *testing.T) {
	for _, c := range []struct {
		name   string
		do     func(w *world, actor perms.Actor, target string) error
		action perms.Action // "" for no entry
	}{
		{"rename", rename, perms.UserUpdate},
		{"same name", edit(func(w *world) users.Update { return users.Update{Name: new(w.read("vic").Name)} }), ""},
		{"roles", assign("helpdesk"), perms.UserRoles},
		{"same roles", assign("viewer"), ""},
		{"override", override(perms.Revoke("assets.view")), perms.OverrideSet},
		{"clear nothing", func(w *world, actor perms.Actor, target string) error {
			return w.Users.ClearOverride(w.ctx, actor, w.id(target), "assets.view", perms.Anywhere)
		}, ""},
		{"tenants", tenants(func(w *world) []perms.Tenancy { return []perms.Tenancy{perms.TenantOf(w.beta)} }), perms.UserTenants},
		{"suspend", verb(users.Suspend), perms.UserSuspend},
		{"flag", edit(func(*world) users.Update { return users.Update{Active: new(false)} }), perms.UserSuspend},
		{"same flag", edit(func(*world) users.Update { return users.Update{Active: new(true)} }), ""},
		{"password", newPassword, perms.UserPassword},
		{"same password", func(w *world, actor perms.Actor, target string) error {
			return w.Users.SetPassword(w.ctx, actor, w.id(target), "vic-river-2041", false)
		}, ""},
		{"several", edit(func(*world) users.Update {
			return users.Update{Name: new(users.FullName("New Name")), Active: new(false)}
		}), perms.UserUpdate},
		{"purge", purge, perms.UserPurge},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			head, version := w.head(), w.read("vic").Version
			w.must(c.do(w, w.as("root").Because("stock-taking"), "vic"))
			got := w.entries(head)
			if c.action == "" {
				if len(got) != 0 || w.read("vic").Version != version {
					t.Errorf("a change of nothing left %d entries, version %d", len(got), w.read("vic").Version)
				}
				return
			}
			if len(got) != 1 || got[0].Action != c.action || got[0].Reason != "stock-taking" || got[0].Actor.User != w.id("root") || got[0].Target.ID != w.id("vic") {
				t.Fatalf("got %+v, want one %s", got, c.action)
			}
			if u, err := w.Users.Get(w.ctx, system, w.id("vic")); err == nil && u.Version != version+1 {
				t.Errorf("version %d after one change of %d", u.Version, version)
			}
		})
	}
}

func TestLeavingATenantDropsWhatWasBoundToIt(t *testing.T) {
	w := newWorld(t)
	u := w.who["zoe"]
	own, err := w.Roles.Create(w.ctx, system, newRole("Acme's own", w.acme))
	w.must(err)
	list := append(u.Roles, perms.Assignment{Role: w.role("admin"), Scope: perms.In(w.acme)}, perms.Assignment{Role: own.ID, Scope: perms.Anywhere})
	_, err = w.Users.SetRoles(w.ctx, system, u.ID, list)
	w.must(err)
	w.must(w.Users.SetOverride(w.ctx, system, u.ID, perms.Grant("assets.delete").In(w.acme)))
	w.must(w.Users.SetOverride(w.ctx, system, u.ID, perms.Grant("assets.edit").In(w.beta)))
	got, err := w.Users.Update(w.ctx, system, users.ByID(u.ID), users.Update{Tenants: &[]perms.Tenancy{perms.TenantOf(w.beta)}})
	w.must(err)
	if len(got.Roles) != 1 || got.Roles[0].Role != w.role("viewer") {
		t.Errorf("roles %v", got.Roles)
	}
	if len(got.Overrides) != 1 || got.Overrides[0].Permission != "assets.edit" {
		t.Errorf("overrides %v", got.Overrides)
	}
}

func TestWhoSeesWhom(t *testing.T) {
	w := newWorld(t)
	for actor, want := range map[string]string{
		"root": "root ann ada hal vic bea zoe", "ann": "ann ada hal vic zoe", "bea": "bea zoe", "hal": "ann ada hal vic zoe",
	} {
		list, err := w.Users.List(w.ctx, w.as(actor), users.Filter{})
		w.must(err)
		var names []string
		for _, u := range list {
			names = append(names, u.Name.Full)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s sees %s, want %s", actor, got, want)
		}
		for name, u := range w.who {
			_, err := w.Users.Get(w.ctx, w.as(actor), u.ID)
			if seen := slices.Contains(names, name); (err == nil) != seen || err != nil && !errors.Is(err, users.ErrNotFound) {
				t.Errorf("%s gets %s: %v, but listed is %t", actor, name, err, seen)
			}
		}
	}
	if _, err := w.Users.List(w.ctx, w.as("vic"), users.Filter{}); !errors.Is(err, perms.ErrForbidden) {
		t.Errorf("vic lists: %v", err)
	}
	if _, err := w.Users.Get(w.ctx, w.as("vic"), w.id("vic")); err != nil {
		t.Errorf("vic reads himself: %v", err)
	}
	narrow, err := w.Users.List(w.ctx, w.as("bea").In(w.beta), users.Filter{})
	w.must(err)
	if len(narrow) != 1 {
		t.Errorf("narrowed to beta bea sees %d users, want herself alone: zoe's home is acme", len(narrow))
	}
}

// TestForeignTenantsAreHidden: what a user has in tenants that the actor does not reach is in no answer.
func TestForeignTenantsAreHidden(t *testing.T) {
	w := newWorld(t)
	w.must(w.Users.SetOverride(w.ctx, system, w.id("zoe"), perms.Grant("assets.edit").In(w.beta)))
	u, err := w.Users.Get(w.ctx, w.as("ann"), w.id("zoe"))
	w.must(err)
	if len(u.Tenants) != 1 || len(u.Overrides) != 0 {
		t.Errorf("ann sees tenants %v, overrides %v", u.Tenants, u.Overrides)
	}
}

func TestHistoryName(t *testing.T) {
	w := newWorld(t)
	number := w.who["vic"].Number
	w.must(purge(w, system, "vic"))
	name, err := w.Users.HistoryName(w.ctx, number)
	if err != nil || name != "vic" {
		t.Errorf("got %q, %v", name, err)
	}
	if _, err := w.Users.HistoryName(w.ctx, 999); !errors.Is(err, users.ErrNotFound) {
		t.Errorf("unknown number: %v", err)
	}
	for _, e := range w.entries(0) {
		if e.Person == w.id("vic") && (e.PersonAfter["email"] != nil || e.PersonAfter["name"] != nil) {
			t.Errorf("%s still tells personal values of a purged person", e.Action)
		}
	}
}

// TestForeignMakersAreHidden: who made a user or an override is not told to whom shares no tenant with the maker; staff, who is nobody's, is.
func TestForeignMakersAreHidden(t *testing.T) {
	w := newWorld(t)
	u, err := w.Users.Create(w.ctx, w.as("bea"), users.New{Email: "eve@example.com", Name: "Eve"})
	w.must(err)
	w.must(w.Users.SetOverride(w.ctx, w.as("bea"), u.ID, perms.Grant("assets.edit")))
	_, err = w.Users.Update(w.ctx, w.as("root"), users.ByID(u.ID), users.Update{Tenants: &[]perms.Tenancy{perms.TenantOf(w.acme)}})
	w.must(err)
	w.must(w.Users.SetOverride(w.ctx, w.as("root"), u.ID, perms.Grant("assets.view")))
	for actor, want := range map[string][3]string{"ann": {"", "", "root"}, "root": {"bea", "bea", "root"}} {
		got, err := w.Users.Get(w.ctx, w.as(actor), u.ID)
		w.must(err)
		for i, id := range []uuid.UUID{got.CreatedBy, got.Overrides[0].SetBy, got.Overrides[1].SetBy} {
			if id != w.who[want[i]].ID {
				t.Errorf("%s is told %v as maker %d, want %q", actor, id, i, want[i])
			}
		}
	}
}
