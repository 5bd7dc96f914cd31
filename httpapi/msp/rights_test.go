package msp_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// vicIs is the body that msp shows of vic, with another member.
const vicIs = `{"name":"Vic Viewer","email":"vic@acme.io","role_id":5,"tenant_id":2,"is_msp_staff":false,"active":true}`

func put(t *testing.T, stage *transcript.Stage, status int, member, value string) transcript.Answer {
	t.Helper()
	return stage.As("root").Must(t, status, "PUT", "/msp/api/users/5", replaced(vicIs, member, value))
}

// The present role leaves all of a user's roles; another one replaces every assignment that counts anywhere, whatever its window, and leaves those of one
// tenant (wire/README.md, section 6.1).
func TestRoleIsThePrimaryOfMany(t *testing.T) {
	stage := onMemory().Start(t)
	viewer, admin, manager, acme := stage.Role(t, 5), stage.Role(t, 3), stage.Role(t, 4), stage.Tenant(t, 2)
	later := perms.Window{StartsAt: transcript.Begin.Add(time.Hour), ExpiresAt: transcript.Begin.Add(2 * time.Hour)}
	many := []perms.Assignment{
		{Role: manager, Scope: perms.Anywhere, Window: later},
		{Role: manager, Scope: perms.In(acme)},
		{Role: viewer, Scope: perms.Anywhere},
		{Role: admin, Scope: perms.Anywhere},
	}
	stage.Overwrite(t, 5, func(u *users.User) { u.Roles = many })
	put(t, stage, http.StatusOK, "role_id", "5")
	if got := stage.Person(t, 5).Roles; !slices.EqualFunc(got, many, perms.Assignment.Equal) {
		t.Errorf("the present role has changed the roles: %v", got)
	}
	put(t, stage, http.StatusOK, "role_id", "4")
	want := []perms.Assignment{{Role: manager, Scope: perms.Anywhere}, {Role: manager, Scope: perms.In(acme)}}
	if got := stage.Person(t, 5).Roles; !slices.EqualFunc(got, want, perms.Assignment.Equal) {
		t.Errorf("roles are %v, want %v", got, want)
	}
}

// A user without a role that counts anywhere has none here; null is then what he has, and nobody else's.
func TestNoRole(t *testing.T) {
	stage := onMemory().Start(t)
	bound := []perms.Assignment{{Role: stage.Role(t, 5), Scope: perms.In(stage.Tenant(t, 2))}}
	put(t, stage, http.StatusUnprocessableEntity, "role_id", "null")
	stage.Overwrite(t, 5, func(u *users.User) { u.Roles = bound })
	var shown struct {
		RoleID *int64 `json:"role_id"`
		Role   *struct{}
	}
	put(t, stage, http.StatusOK, "role_id", "null").Decode(t, &shown)
	if got := stage.Person(t, 5); shown.RoleID != nil || shown.Role != nil || !slices.EqualFunc(got.Roles, bound, perms.Assignment.Equal) || got.Version != 2 {
		t.Errorf("shown %v, version %d, roles %v", shown, got.Version, got.Roles)
	}
	put(t, stage, http.StatusOK, "tenant_id", "3")
	put(t, stage, http.StatusUnprocessableEntity, "tenant_id", "null")
}

// tenant_id moves the home tenant and swaps that one entry of the scope; staff have every tenant and no home.
func TestTenantIsTheHomeOfMany(t *testing.T) {
	stage := onMemory().Start(t)
	usual, acme, beta := perms.TenantOf(stage.Tenant(t, 1)), perms.TenantOf(stage.Tenant(t, 2)), perms.TenantOf(stage.Tenant(t, 3))
	tests := perms.TenantsOfType(perms.TestTenant)
	for _, c := range []struct {
		name   string
		list   []perms.Tenancy
		tenant string
		role   string
		staff  string
		status int
		want   []perms.Tenancy
	}{
		{"the home among others", []perms.Tenancy{tests, acme, usual}, "3", "5", "false", 200, []perms.Tenancy{tests, beta, usual}},
		{"one that is there already", []perms.Tenancy{acme, usual, beta}, "3", "5", "false", 200, []perms.Tenancy{beta, usual}},
		{"no home yet", []perms.Tenancy{tests}, "2", "5", "false", 200, []perms.Tenancy{tests, acme}},
		{"the present one", []perms.Tenancy{acme, usual}, "2", "5", "false", 200, []perms.Tenancy{acme, usual}},
		{"no home, sent back", []perms.Tenancy{tests}, "null", "5", "false", 200, []perms.Tenancy{tests}},
		{"to the staff", []perms.Tenancy{acme, tests, usual}, "null", "2", "true", 200, []perms.Tenancy{perms.EveryTenant}},
		{"to the staff with a home", []perms.Tenancy{acme}, "2", "2", "true", 422, []perms.Tenancy{acme}},
		{"staff with a home, sent back", []perms.Tenancy{perms.EveryTenant, acme}, "2", "5", "true", 200, []perms.Tenancy{perms.EveryTenant, acme}},
		{"staff loses its home", []perms.Tenancy{perms.EveryTenant, acme, usual}, "null", "2", "true", 200, []perms.Tenancy{perms.EveryTenant}},
		{"from the staff", []perms.Tenancy{perms.EveryTenant, tests, acme}, "3", "5", "false", 200, []perms.Tenancy{tests, beta}},
		{"from the staff, nowhere", []perms.Tenancy{perms.EveryTenant}, "null", "5", "false", 422, []perms.Tenancy{perms.EveryTenant}},
	} {
		t.Run(c.name, func(t *testing.T) {
			stage.Overwrite(t, 5, func(u *users.User) {
				u.Tenants, u.Roles = c.list, []perms.Assignment{{Role: stage.Role(t, 5), Scope: perms.Anywhere}}
			})
			body := replaced(replaced(replaced(vicIs, "tenant_id", c.tenant), "role_id", c.role), "is_msp_staff", c.staff)
			stage.As("root").Must(t, c.status, "PUT", "/msp/api/users/5", body)
			if got := stage.Person(t, 5).Tenants; !slices.Equal(got, c.want) {
				t.Errorf("tenants are %v, want %v", got, c.want)
			}
		})
	}
}

// An e-mail that is written becomes the user name too, as long as nobody has made it another. Where there is none, the user name is shown.
func TestEmailIsTheUserNameToo(t *testing.T) {
	for _, c := range []struct{ name, email, username, sent, wantEmail, wantUsername string }{
		{"equal", "vic@acme.io", "vic@acme.io", "v@acme.io", "v@acme.io", "v@acme.io"},
		{"equal but for its case", "vic@acme.io", "VIC@acme.io", "v@acme.io", "v@acme.io", "v@acme.io"},
		{"another", "vic@acme.io", "viewer@acme.io", "v@acme.io", "v@acme.io", "viewer@acme.io"},
		{"unset", "", "vic@acme.io", "v@acme.io", "v@acme.io", "v@acme.io"},
		{"unset, sent back", "", "vic@acme.io", "vic@acme.io", "", "vic@acme.io"},
		{"sent back", "vic@acme.io", "viewer@acme.io", "vic@acme.io", "vic@acme.io", "viewer@acme.io"},
		{"in another case", "vic@acme.io", "vic@acme.io", "Vic@acme.io", "Vic@acme.io", "Vic@acme.io"},
	} {
		t.Run(c.name, func(t *testing.T) {
			stage := onMemory().Start(t)
			stage.Overwrite(t, 5, func(u *users.User) { u.Email, u.Username = c.email, c.username })
			var shown struct{ Email string }
			put(t, stage, http.StatusOK, "email", quoted(c.sent)).Decode(t, &shown)
			u := stage.Person(t, 5)
			if u.Email != c.wantEmail || u.Username != c.wantUsername || shown.Email != u.Address() {
				t.Errorf("e-mail %q, user name %q, shown %q", u.Email, u.Username, shown.Email)
			}
		})
	}
}

// The parts of a name are derived only from one that has changed.
func TestNameIsSplitWhenItChanges(t *testing.T) {
	stage := onMemory().Start(t)
	parts := users.Name{Full: "Vic Viewer", Given: "Vic Viewer", Family: ""}
	stage.Overwrite(t, 5, func(u *users.User) { u.Name = parts })
	put(t, stage, http.StatusOK, "name", `"Vic Viewer "`)
	if got := stage.Person(t, 5).Name; got != parts {
		t.Errorf("%+v", got)
	}
	put(t, stage, http.StatusOK, "name", `" Mary Ann Smith"`)
	if got, want := stage.Person(t, 5).Name, (users.Name{Full: "Mary Ann Smith", Given: "Mary", Family: "Ann Smith"}); got != want {
		t.Errorf("%+v", got)
	}
}

// A pending user is not active here. To activate him is to approve him, which takes both keys; to leave him as he is takes none.
func TestPending(t *testing.T) {
	stage := onMemory().Start(t)
	stage.Overwrite(t, 5, func(u *users.User) { u.Status = perms.Pending })
	put(t, stage, http.StatusOK, "active", "false")
	if got := stage.Person(t, 5).Status; got != perms.Pending {
		t.Errorf("status is %v", got)
	}
	for _, key := range []perms.Permission{perms.UsersApprove, perms.UsersSuspend} {
		ann := stage.Person(t, 3)
		if err := stage.Book.Users.SetOverride(t.Context(), perms.System("test"), ann.ID, perms.Revoke(key)); err != nil {
			t.Fatal(err)
		}
		stage.As("ann").Must(t, http.StatusForbidden, "PUT", "/msp/api/users/5", vicIs)
		if err := stage.Book.Users.ClearOverride(t.Context(), perms.System("test"), ann.ID, key, perms.Anywhere); err != nil {
			t.Fatal(err)
		}
	}
	stage.As("ann").Must(t, http.StatusOK, "PUT", "/msp/api/users/5", vicIs)
	if got := stage.Person(t, 5).Status; got != perms.Active {
		t.Errorf("status is %v", got)
	}
}

// A user who is also in a tenant outside the caller's scope is seen at his home, and not changed there; his home is his current tenant, whoever asks.
func TestForeignUser(t *testing.T) {
	stage := onMemory().Start(t)
	stage.Overwrite(t, 5, func(u *users.User) { u.Tenants = append(u.Tenants, perms.TenantOf(stage.Tenant(t, 3))) })
	before := stage.Dump(t)
	stage.As("ann").Must(t, http.StatusForbidden, "PUT", "/msp/api/users/5", replaced(vicIs, "name", `"Victor"`))
	stage.Must(t, http.StatusForbidden, "DELETE", "/msp/api/users/5", "")
	stage.Must(t, http.StatusForbidden, "PUT", "/msp/api/users/5/permissions", revoke)
	stage.Must(t, http.StatusOK, "PUT", "/msp/api/users/5", vicIs)
	stage.As("bea").Must(t, http.StatusNotFound, "PUT", "/msp/api/users/5", vicIs)
	if stage.Dump(t) != before {
		t.Error("something has changed")
	}
}

// The present password is no change, even if the policy has come to refuse it: nobody is signed out, and nothing is hashed anew.
func TestThePresentPassword(t *testing.T) {
	stage := onMemory().Start(t)
	hasher, err := password.New(password.Options{Params: password.Insecure()})
	if err != nil {
		t.Fatal(err)
	}
	old, err := hasher.Hash(t.Context(), "short")
	if err != nil {
		t.Fatal(err)
	}
	vic := stage.Person(t, 5).ID
	err = stage.Store.InTx(t.Context(), func(tx store.Store) error { return tx.SetCredential(t.Context(), vic, old) })
	if err != nil {
		t.Fatal(err)
	}
	before := stage.Dump(t)
	put(t, stage, http.StatusOK, "password", `"short"`)
	put(t, stage, http.StatusUnprocessableEntity, "password", `"shor"`)
	stage.As("vic").Must(t, http.StatusOK, "GET", "/msp/api/users", "")
	if stage.Dump(t) != before {
		t.Error("something has changed")
	}
}
