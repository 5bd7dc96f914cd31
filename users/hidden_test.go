package users_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// Nobody learns what else a user has by sending it: the answer is the same whether he has it or not.
func TestGuessedTenantsTellNothing(t *testing.T) {
	w := newWorld(t)
	in := perms.TenantOf(w.acme)
	w.add("typed", "viewer", in, perms.TenantOf(w.beta), perms.TenantsOfType(perms.TestTenant))
	w.add("other", "viewer", in, perms.TenantOf(w.tenant("gamma")))
	for _, guess := range []perms.Tenancy{perms.TenantOf(w.beta), perms.TenantsOfType(perms.TestTenant)} {
		var told []string
		for _, name := range []string{"typed", "other", "vic"} {
			before := w.read(name)
			_, err := w.Users.Update(w.ctx, w.as("ann"), users.ByID(w.id(name)), users.Update{Tenants: &[]perms.Tenancy{in, guess}})
			if err == nil || w.read(name).Version != before.Version {
				t.Fatalf("%s, %v: %v", name, guess, err)
			}
			told = append(told, err.Error())
		}
		if told[0] != told[1] || told[1] != told[2] {
			t.Errorf("%v tells apart who has it: %q", guess, told)
		}
	}
}

func TestUnknownTenantIsNamedByItsPlace(t *testing.T) {
	w := newWorld(t)
	in := perms.TenantOf(w.acme)
	list := []perms.Tenancy{in, in, perms.TenantOf(uuid.Max)}
	_, created := w.Users.Create(w.ctx, w.as("root"), users.New{Email: "new@example.com", Name: "New", Tenants: list})
	_, updated := w.Users.Update(w.ctx, w.as("root"), users.ByID(w.id("vic")), users.Update{Tenants: &list})
	for _, err := range []error{created, updated} {
		var invalid *perms.InvalidError
		if !errors.As(err, &invalid) || len(invalid.Fields) != 1 || invalid.Fields[0].Field != "tenants[2]" {
			t.Errorf("%v, want tenants[2]", err)
		}
	}
}

// What a user has in a tenant that has gone over to another type is out of the sight of those who had it by the type.
func TestRetypedTenantIsHidden(t *testing.T) {
	w := newWorld(t)
	test, in := perms.TenantsOfType(perms.TestTenant), perms.TenantOf(w.acme)
	typ := perms.TestTenant
	_, err := w.Tenants.Update(w.ctx, system, w.beta, users.TenantUpdate{Type: &typ})
	w.must(err)
	w.add("ida", "admin", in, test)
	w.add("tom", "viewer", in, test)
	w.must(w.Users.SetOverride(w.ctx, system, w.id("tom"), perms.Revoke("assets.view").In(w.beta)))
	_, err = w.Users.SetObjects(w.ctx, system, users.ByID(w.id("tom")), w.beta, "assets", []int64{1})
	w.must(err)
	typ = perms.ProductionTenant
	_, err = w.Tenants.Update(w.ctx, system, w.beta, users.TenantUpdate{Type: &typ})
	w.must(err)
	seen, err := w.Users.Get(w.ctx, w.as("ida"), w.id("tom"))
	w.must(err)
	if len(seen.Overrides) > 0 || len(seen.Objects) > 0 {
		t.Errorf("seen of beta: %v, %v", seen.Overrides, seen.Objects)
	}
}

// Who takes one of his tenants from a user leaves those that he does not see, and their order.
func TestTakingATenantAroundOthers(t *testing.T) {
	w := newWorld(t)
	acme, beta, gamma := perms.TenantOf(w.acme), perms.TenantOf(w.beta), perms.TenantOf(w.tenant("gamma"))
	w.add("two", "admin", acme, gamma)
	w.add("zed", "viewer", acme, beta, gamma)
	zed, err := w.Users.Update(w.ctx, w.as("two"), users.ByID(w.id("zed")), users.Update{Tenants: &[]perms.Tenancy{gamma}})
	w.must(err)
	if !slices.Equal(zed.Tenants, []perms.Tenancy{gamma}) || !slices.Equal(w.read("zed").Tenants, []perms.Tenancy{beta, gamma}) {
		t.Errorf("shown %v of %v", zed.Tenants, w.read("zed").Tenants)
	}
}

// An override in a tenant that the actor does not see is to him as if it were not there.
func TestGuessedOverridesTellNothing(t *testing.T) {
	w := newWorld(t)
	w.add("zed", "viewer", perms.TenantOf(w.acme), perms.TenantOf(w.beta))
	hidden := perms.Revoke("assets.view").In(w.beta)
	w.must(w.Users.SetOverride(w.ctx, system, w.id("zed"), hidden))
	for _, name := range []string{"zed", "zoe"} { // of whom only zed has it
		before := w.read(name)
		if err := w.Users.ClearOverride(w.ctx, w.as("ann"), w.id(name), hidden.Permission, hidden.Scope); err != nil {
			t.Errorf("clear %s's: %v", name, err)
		}
		if err := w.Users.SetOverride(w.ctx, w.as("ann"), w.id(name), hidden); !errors.Is(err, perms.ErrInvalid) {
			t.Errorf("set %s's: %v", name, err)
		}
		if now := w.read(name); now.Version != before.Version || len(now.Overrides) != len(before.Overrides) {
			t.Errorf("%s was changed: %v", name, now.Overrides)
		}
	}
}

// Whichever list shows a user, it does not tell who of another tenant has made something of his.
func TestMakersAreHiddenInLists(t *testing.T) {
	w := newWorld(t)
	made, err := w.Users.Create(w.ctx, w.as("bea"), users.New{Email: "new@example.com", Name: "New"})
	w.must(err)
	both := []perms.Tenancy{perms.TenantOf(w.beta), perms.TenantOf(w.acme)}
	_, err = w.Users.Update(w.ctx, system, users.ByID(made.ID), users.Update{Tenants: &both})
	w.must(err)
	g, err := w.Groups.Create(w.ctx, system, users.NewGroup{Tenant: w.acme, Name: "Band"})
	w.must(err)
	_, err = w.Groups.AddMembers(w.ctx, system, users.ByID(g.ID), []users.Ref{users.ByID(made.ID)})
	w.must(err)
	for name, list := range map[string]func(perms.Actor) ([]users.User, error){
		"List":    func(as perms.Actor) ([]users.User, error) { return w.Users.List(w.ctx, as, users.Filter{}) },
		"Search":  func(as perms.Actor) ([]users.User, error) { return w.Users.Search(w.ctx, as, users.Search{}) },
		"Members": func(as perms.Actor) ([]users.User, error) { return w.Groups.Members(w.ctx, as, users.ByID(g.ID)) },
	} {
		for actor, want := range map[string]uuid.UUID{"ann": uuid.Nil, "root": w.id("bea")} {
			found, err := list(w.as(actor))
			w.must(err)
			i := slices.IndexFunc(found, func(u users.User) bool { return u.ID == made.ID })
			if i < 0 || found[i].CreatedBy != want {
				t.Errorf("%s tells %s another maker than %v: %v", name, actor, want, found)
			}
		}
	}
}
