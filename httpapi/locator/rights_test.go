package locator_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// Writing roles leaves what this API does not show, and the windows of those that stay, by either route.
func TestRolesLeaveTheRest(t *testing.T) {
	stage := onMemory().Start(t)
	viewer, manager, admin, acme := stage.Role(t, 5), stage.Role(t, 4), stage.Role(t, 3), stage.Tenant(t, 2)
	soon, later := perms.Window{ExpiresAt: transcript.Begin.Add(time.Hour)}, perms.Window{StartsAt: transcript.Begin.Add(time.Hour)}
	revoke := perms.Revoke("assets.view")
	revoke.Scope = perms.In(acme)
	many := []perms.Assignment{
		{Role: manager, Scope: perms.In(acme), Window: perms.Window{ExpiresAt: transcript.Begin}},
		{Role: viewer, Scope: perms.Anywhere, Window: soon},
		{Role: admin, Scope: perms.Anywhere, Window: later},
	}
	anywhere := func(n int64) perms.Assignment {
		return perms.Assignment{Role: stage.Role(t, n), Scope: perms.Anywhere}
	}
	for _, c := range []struct {
		route, body string
		want        []perms.Assignment
	}{
		{"", `{"firstName":"Vic","lastName":"Viewer","roles":["client_viewer"]}`, many},
		{"", `{"firstName":"Vic","lastName":"Viewer","roles":["client_manager","client_viewer"]}`, []perms.Assignment{many[0], anywhere(4), many[1], many[2]}},
		{"", `{"firstName":"Vic","lastName":"Viewer","roles":["client_manager"]}`, []perms.Assignment{many[0], anywhere(4), many[2]}},
		{"/roles", `{"addRoles":["client_viewer"],"removeRoles":["client_admin"]}`, many},
		{"/roles", `{"addRoles":["client_manager"]}`, []perms.Assignment{many[0], many[1], anywhere(4), many[2]}},
		{"/roles", `{"addRoles":["client_admin"],"removeRoles":["client_viewer"]}`, []perms.Assignment{many[0], anywhere(3)}},
		{"/roles", `{"removeRoles":["client_viewer"]}`, []perms.Assignment{many[0], many[2]}},
	} {
		stage.Overwrite(t, 5, func(u *users.User) {
			u.Roles, u.Overrides, u.Phone, u.MFA = many, []perms.Override{revoke}, "1", true
		})
		stage.As("root").Must(t, http.StatusOK, "PATCH", path(t, stage, 5)+c.route, c.body)
		got := stage.Person(t, 5)
		if !slices.EqualFunc(got.Roles, c.want, perms.Assignment.Equal) {
			t.Errorf("%s %s: roles %v, want %v", c.route, c.body, got.Roles, c.want)
		}
		if len(got.Overrides) != 1 || got.Phone != "1" || !got.MFA {
			t.Errorf("%s %s: the rest is not left alone: %+v", c.route, c.body, got)
		}
	}
}

// A tenant that a user leaves takes with it what was bound to it.
func TestLeavingATenant(t *testing.T) {
	stage := onMemory().Start(t)
	acme, beta := stage.Tenant(t, 2), stage.Tenant(t, 3)
	revoke := perms.Revoke("assets.view")
	revoke.Scope = perms.In(acme)
	stage.Overwrite(t, 5, func(u *users.User) {
		u.Tenants = append(u.Tenants, perms.TenantOf(beta))
		u.Roles = append(u.Roles, perms.Assignment{Role: stage.Role(t, 4), Scope: perms.In(acme)})
		u.Overrides = []perms.Override{revoke}
	})
	stage.As("root").Must(t, http.StatusOK, "PATCH", path(t, stage, 5)+"/tenants", `{"removeTenants":["`+strings.ToUpper(acme.String())+`"]}`)
	got := stage.Person(t, 5)
	if !slices.Equal(got.Tenants, []perms.Tenancy{perms.TenantOf(beta)}) || len(got.Roles) != 1 || len(got.Overrides) != 0 {
		t.Errorf("%+v", got)
	}
}

// A name that fits roles of several tenants names none of them. A locator is read in either case, a role's name in its own.
func TestAmbiguousNames(t *testing.T) {
	stage := onMemory().Start(t)
	ofAcme := newRole(t, stage, "Clerk", perms.In(stage.Tenant(t, 2)), "assets.view")
	newRole(t, stage, "Clerk", perms.In(stage.Tenant(t, 3)), "assets.view")
	stage.As("root")
	before := stage.Dump(t)
	for _, method := range []string{"GET", "PATCH", "DELETE"} {
		answer := stage.Must(t, http.StatusBadRequest, method, "/locator/auth/roles/Clerk", `{}`)
		if !strings.Contains(answer.Body, `"message":"Malformed parameter: locator"`) {
			t.Errorf("%s: %s", method, answer.Body)
		}
	}
	for _, body := range []string{`{"addRoles":["Clerk"]}`, `{"removeRoles":["Clerk"]}`} {
		if answer := stage.Must(t, http.StatusBadRequest, "PATCH", path(t, stage, 5)+"/roles", body); !strings.Contains(answer.Body, "names several roles") {
			t.Errorf("%s: %s", body, answer.Body)
		}
	}
	if stage.Dump(t) != before {
		t.Error("something has changed")
	}
	stage.As("ann").Must(t, http.StatusOK, "PATCH", path(t, stage, 5)+"/roles", `{"addRoles":["Clerk"]}`)
	stage.As("root").Must(t, http.StatusOK, "PATCH", path(t, stage, 4)+"/roles", `{"addRoles":["`+ofAcme.Key+`"]}`)
	stage.Must(t, http.StatusBadRequest, "PATCH", path(t, stage, 6)+"/roles", `{"addRoles":["`+ofAcme.Key+`"]}`) // of a tenant that is not hers
	stage.Must(t, http.StatusNotFound, "GET", "/locator/auth/roles/"+strings.ToUpper(ofAcme.Key), "")
	stage.Must(t, http.StatusOK, "GET", "/locator/auth/users/"+strings.ToUpper(stage.Person(t, 5).ID.String()), "")
}

// A role made by somebody who is not platform-wide belongs to his home, and he edits no other.
func TestRolesOfATenant(t *testing.T) {
	stage := onMemory().Start(t)
	maker := newRole(t, stage, "Maker", perms.Anywhere, "roles.*")
	give(t, stage, 3, maker.Number)
	stage.As("ann").Must(t, http.StatusOK, "POST", "/locator/auth/roles", `{"name":"Clerk","description":"","permissions":["assets.*"]}`)
	if made, err := stage.Store.RoleByNumber(t.Context(), maker.Number+1); err != nil || made.Scope != perms.In(stage.Tenant(t, 2)) {
		t.Errorf("%+v, %v", made, err)
	}
	newRole(t, stage, "Agent", perms.In(stage.Tenant(t, 3)), "assets.view")
	for path, want := range map[string]int{"Clerk": 200, "Maker": 403, "Agent": 404, "client_viewer": 403} {
		stage.Must(t, want, "PATCH", "/locator/auth/roles/"+path, `{"name":"X`+path+`","description":"","version":1}`)
	}
	answer := stage.Must(t, http.StatusForbidden, "PATCH", "/locator/auth/roles/XClerk", `{"name":"XClerk","description":"","version":2,"addPermissions":["tenants.create"]}`)
	if !strings.Contains(answer.Body, "Access denied") {
		t.Errorf("%s", answer.Body)
	}
	list := stage.Get(t, "/locator/auth/roles/list?offset=5").Body
	if !strings.Contains(list, "XClerk") || !strings.Contains(list, "Maker") || strings.Contains(list, "Agent") || !strings.Contains(list, `"listCompleted":true`) {
		t.Errorf("ann sees %s", list)
	}
	if list := stage.As("bea").Get(t, "/locator/auth/roles/list?offset=5").Body; !strings.Contains(list, "Agent") || strings.Contains(list, "Clerk") {
		t.Errorf("bea sees %s", list)
	}
	stage.As("ann").Must(t, http.StatusNotFound, "DELETE", "/locator/auth/roles/Agent", "")
	stage.Must(t, http.StatusOK, "DELETE", "/locator/auth/roles/XClerk", "")
}

// Whoever may read users in one of his tenants only gets the rest of them without their rights.
func TestReadingIsAskedOfEachUser(t *testing.T) {
	stage := onMemory().Start(t)
	beta := stage.Tenant(t, 3)
	reader := newRole(t, stage, "Reader", perms.Anywhere, "users.read")
	stage.Overwrite(t, 5, func(u *users.User) {
		u.Tenants = append(u.Tenants, perms.TenantOf(beta))
		u.Roles = append(u.Roles, perms.Assignment{Role: reader.ID, Scope: perms.In(beta)})
	})
	var page struct {
		Items []struct {
			UserName    string
			Email       string
			Permissions *[]string
			Roles       *[]string
			Tenants     []string
		}
	}
	stage.As("vic").Must(t, http.StatusOK, "GET", "/locator/auth/users/list", "").Decode(t, &page)
	got := map[string]bool{}
	for _, u := range page.Items {
		got[u.UserName] = u.Permissions != nil && u.Roles != nil && u.Email != ""
		if (u.Permissions != nil) != (u.Roles != nil) || (u.Permissions != nil) != (u.Email != "") || len(u.Tenants) == 0 {
			t.Errorf("%+v", u)
		}
	}
	want := map[string]bool{"ann@acme.io": false, "mia@acme.io": false, "vic@acme.io": true, "bea@beta.io": true}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("readable %v, want %v", got, want)
	}
	stage.Must(t, http.StatusOK, "GET", path(t, stage, 6), "")
	stage.Must(t, http.StatusNotFound, "GET", path(t, stage, 4), "")
}

// A user who is also in a tenant outside the caller's scope may be taken from the caller's own tenants, and nothing else.
func TestForeignUser(t *testing.T) {
	stage := onMemory().Start(t)
	acme, beta := stage.Tenant(t, 2), stage.Tenant(t, 3)
	gamma := stage.Tenant(t, 1)
	both := func() {
		stage.Overwrite(t, 5, func(u *users.User) {
			u.Tenants = []perms.Tenancy{perms.TenantOf(beta), perms.TenantOf(acme), perms.TenantOf(gamma)}
		})
	}
	both()
	stage.Overwrite(t, 3, func(u *users.User) { u.Tenants = append(u.Tenants, perms.TenantOf(gamma)) })
	const name = `{"firstName":"Vic","lastName":"Viewer"}`
	before := stage.Dump(t)
	stage.As("ann").Must(t, http.StatusForbidden, "PATCH", path(t, stage, 5), `{"firstName":"V","lastName":"Viewer"}`)
	stage.Must(t, http.StatusForbidden, "PATCH", path(t, stage, 5), with(name, `"email":"v@acme.io"`))
	stage.Must(t, http.StatusForbidden, "PATCH", path(t, stage, 5), with(name, `"permissions":["assets.edit"]`))
	stage.Must(t, http.StatusForbidden, "PATCH", path(t, stage, 5)+"/roles", `{"addRoles":["client_manager"]}`)
	stage.Must(t, http.StatusForbidden, "PATCH", path(t, stage, 5)+"/passwordreset", `"heron-lake-77"`)
	stage.Must(t, http.StatusForbidden, "DELETE", path(t, stage, 5), "")
	stage.Must(t, http.StatusForbidden, "PATCH", path(t, stage, 5), fmt.Sprintf(`{"firstName":"Vic","lastName":"Viewer","permissions":["assets.edit"],"tenants":[%q]}`, acme))
	stage.Must(t, http.StatusOK, "PATCH", path(t, stage, 5), with(name, `"permissions":["assets.view"],"roles":["client_viewer"],"email":"vic@acme.io"`))
	if stage.Dump(t) != before {
		t.Error("something has changed")
	}
	for _, change := range []struct{ route, body string }{
		{"", fmt.Sprintf(`{"firstName":"Vic","lastName":"Viewer","tenants":[%q],"permissions":["assets.view"],"roles":["client_viewer"]}`, gamma)},
		{"/tenants", fmt.Sprintf(`{"removeTenants":[%q]}`, acme)},
	} {
		both()
		answer := stage.Must(t, http.StatusOK, "PATCH", path(t, stage, 5)+change.route, change.body)
		if !strings.Contains(answer.Body, fmt.Sprintf(`"tenants":[%q]`, gamma)) {
			t.Errorf("%s", answer.Body)
		}
		if got := stage.Person(t, 5).Tenants; !slices.Equal(got, []perms.Tenancy{perms.TenantOf(beta), perms.TenantOf(gamma)}) {
			t.Errorf("tenants %v", got)
		}
	}
}

// Nobody takes the last administrator, by whatever route.
func TestLockout(t *testing.T) {
	stage := onMemory().Start(t)
	everything := newRole(t, stage, "Everything", perms.Anywhere, "*.*")
	stage.Overwrite(t, 1, func(u *users.User) {
		u.Roles = []perms.Assignment{{Role: everything.ID, Scope: perms.Anywhere}}
	})
	stage.Overwrite(t, 2, func(u *users.User) {
		u.Roles = []perms.Assignment{{Role: stage.Role(t, 1), Scope: perms.Anywhere, Window: perms.Window{ExpiresAt: transcript.Begin.Add(time.Hour)}}}
	})
	stage.As("tech")
	before := stage.Dump(t)
	for _, r := range []struct{ method, path, body string }{
		{"DELETE", path(t, stage, 1), ""},
		{"PATCH", path(t, stage, 1) + "/roles", `{"removeRoles":["Everything"]}`},
		{"PATCH", path(t, stage, 1) + "/tenants", `{"removeTenants":["any"]}`},
		{"PATCH", path(t, stage, 1), `{"firstName":"root","lastName":"","roles":["client_viewer"]}`},
		{"PATCH", "/locator/auth/roles/Everything", `{"name":"Everything","description":"","version":1,"removePermissions":["*.*"]}`},
	} {
		answer := stage.Must(t, http.StatusConflict, r.method, r.path, r.body)
		if !strings.Contains(answer.Body, `"message":"This change would leave no administrator"`) {
			t.Errorf("%s %s: %s", r.method, r.path, answer.Body)
		}
	}
	if stage.Dump(t) != before {
		t.Error("something has changed")
	}
}

// What is shown is accepted when it comes back, whatever its length.
func TestSendingBackWhatWasRead(t *testing.T) {
	stage := onMemory().Start(t)
	long := strings.Repeat("g", 300)
	stage.Overwrite(t, 5, func(u *users.User) {
		u.Name, u.Email = users.Name{Full: "Another", Given: "", Family: long}, long+"@acme.io"
	})
	before := stage.Dump(t)
	body := fmt.Sprintf(`{"firstName":"","lastName":%q,"email":"%s@acme.io"}`, long, long)
	stage.As("ann").Must(t, http.StatusOK, "PATCH", path(t, stage, 5), body)
	if stage.Dump(t) != before {
		t.Error("something has changed")
	}
	stage.Must(t, http.StatusOK, "PATCH", path(t, stage, 5), replaced(body, "firstName", `"Vic"`))
	if got := stage.Person(t, 5).Name; got != users.PartsName("Vic", long) {
		t.Errorf("%+v", got)
	}
	stage.Must(t, http.StatusBadRequest, "PATCH", path(t, stage, 5), replaced(body, "firstName", `""`))
	stage.Must(t, http.StatusBadRequest, "PATCH", path(t, stage, 5), replaced(body, "lastName", quoted(long+"x")))
}

// So are the name and the description of a role.
func TestSendingARoleBack(t *testing.T) {
	stage := onMemory().Start(t)
	r := newRole(t, stage, "Clerk", perms.Anywhere, "assets.view")
	old, long := r, strings.Repeat("d", 1100)
	r.Name, r.Description, r.Version = long, long, 2
	err := stage.Store.InTx(t.Context(), func(tx store.Store) error { return tx.UpdateRole(t.Context(), old, r) })
	if err != nil {
		t.Fatal(err)
	}
	before := stage.Dump(t)
	body := fmt.Sprintf(`{"name":%q,"description":%q,"version":2}`, long, long)
	stage.As("root").Must(t, http.StatusOK, "PATCH", "/locator/auth/roles/"+r.Key, body)
	if stage.Dump(t) != before {
		t.Error("something has changed")
	}
	stage.Must(t, http.StatusBadRequest, "PATCH", "/locator/auth/roles/"+r.Key, replaced(body, "name", quoted(long+"x")))
	stage.Must(t, http.StatusBadRequest, "PATCH", "/locator/auth/roles/"+r.Key, replaced(body, "description", quoted(long+"x")))
}
