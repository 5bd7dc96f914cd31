package company_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

const vicIs = `{"email":"vic@acme.io","password":"vic-river-2041","groups":[5]}`

// groups are the roles that count anywhere and are in force. Writing them leaves what this API does not show, and the windows of those that stay.
func TestGroupsLeaveTheRest(t *testing.T) {
	stage := onMemory().Start(t)
	viewer, manager, acme := stage.Role(t, 5), stage.Role(t, 4), stage.Tenant(t, 2)
	now := transcript.Begin
	soon := perms.Window{ExpiresAt: now.Add(time.Hour)}
	later := perms.Window{StartsAt: now.Add(time.Hour)}
	grant := perms.Grant("assets.edit")
	grant.Scope = perms.In(acme)
	over := perms.Window{ExpiresAt: now}
	many := []perms.Assignment{
		{Role: manager, Scope: perms.In(acme), Window: over},
		{Role: viewer, Scope: perms.Anywhere, Window: soon},
		{Role: stage.Role(t, 3), Scope: perms.Anywhere, Window: later},
	}
	set := func(list []perms.Assignment) {
		stage.Overwrite(t, 5, func(u *users.User) {
			u.Roles, u.Overrides, u.MustResetMFA, u.MFA = list, []perms.Override{grant}, true, true
		})
	}
	for _, c := range []struct {
		groups string
		want   []perms.Assignment
	}{
		{`[5]`, many},
		{`[5,4]`, []perms.Assignment{many[0], many[1], {Role: manager, Scope: perms.Anywhere}, many[2]}},
		{`[4,5]`, []perms.Assignment{many[0], {Role: manager, Scope: perms.Anywhere}, many[1], many[2]}},
		{`[]`, []perms.Assignment{many[0], many[2]}},
		{`[3]`, []perms.Assignment{many[0], {Role: stage.Role(t, 3), Scope: perms.Anywhere}}},
	} {
		set(many)
		stage.As("root").Must(t, http.StatusOK, "PATCH", path(t, stage, 5), replaced(vicIs, "groups", c.groups))
		got := stage.Person(t, 5)
		if !slices.EqualFunc(got.Roles, c.want, perms.Assignment.Equal) {
			t.Errorf("groups %s: roles %v, want %v", c.groups, got.Roles, c.want)
		}
		if len(got.Overrides) != 1 || !got.MFA || !got.MustResetMFA || len(got.Tenants) != 1 {
			t.Errorf("groups %s: the rest is not left alone: %+v", c.groups, got)
		}
	}
}

// What is shown is accepted when it comes back, whatever its length, and is no change.
func TestSendingBackWhatWasRead(t *testing.T) {
	stage := onMemory().Start(t)
	long := strings.Repeat("g", 300)
	stage.Overwrite(t, 5, func(u *users.User) {
		u.Name, u.Email, u.Phone = users.Name{Full: "Another", Given: long, Family: "V"}, "", long
		u.Username = long + "@acme.io"
	})
	before := stage.Dump(t)
	body := fmt.Sprintf(`{"email":"%s@acme.io","password":"vic-river-2041","first_name":%q,"last_name":"V","phone":%q,"groups":[5]}`, long, long, long)
	stage.As("ann").Must(t, http.StatusOK, "PATCH", path(t, stage, 5), body)
	if stage.Dump(t) != before {
		t.Error("something has changed")
	}
	stage.Must(t, http.StatusOK, "PATCH", path(t, stage, 5), replaced(body, "last_name", `"W"`))
	if got := stage.Person(t, 5).Name; got != users.PartsName(long, "W") {
		t.Errorf("%+v", got)
	}
	for _, member := range []string{"first_name", "phone"} {
		stage.Must(t, http.StatusBadRequest, "PATCH", path(t, stage, 5), replaced(body, member, quoted(long+"x")))
	}
}

// The e-mail becomes the user name too, as long as nobody has made it another.
func TestUsernameFollowsTheEmail(t *testing.T) {
	for _, c := range []struct{ email, username, wantUsername string }{
		{"vic@acme.io", "vic@acme.io", "v@acme.io"},
		{"vic@acme.io", "viewer@acme.io", "viewer@acme.io"},
		{"", "vic@acme.io", "v@acme.io"},
	} {
		stage := onMemory().Start(t)
		stage.Overwrite(t, 5, func(u *users.User) { u.Email, u.Username = c.email, c.username })
		var shown struct{ Email, Username string }
		stage.As("ann").Must(t, http.StatusOK, "PATCH", path(t, stage, 5), replaced(vicIs, "email", `"v@acme.io"`)).Decode(t, &shown)
		if u := stage.Person(t, 5); shown.Email != "v@acme.io" || shown.Username != c.wantUsername || u.Username != c.wantUsername || u.Email != "v@acme.io" {
			t.Errorf("%v: shown %v, stored %q and %q", c, shown, u.Email, u.Username)
		}
	}
}

// A company's own roles are shown to it and to staff, and given in it alone.
func TestRolesOfACompany(t *testing.T) {
	stage := onMemory().Start(t)
	_, err := stage.Book.Roles.Create(t.Context(), perms.System("test"), roles.New{Name: "Auditor", Permissions: []string{"assets.view"}, Scope: perms.In(stage.Tenant(t, 2))})
	if err != nil {
		t.Fatal(err)
	}
	const auditor = `{"id":6,"name":"Auditor","permissions":["assets.view"]}`
	for who, shown := range map[string]bool{"ann": true, "root": true, "bea": false} {
		if got := stage.As(who).Get(t, "/company/api/v2/group").Body; strings.Contains(got, auditor) != shown {
			t.Errorf("as %s: %s", who, got)
		}
	}
	const unknown = `{"groups":["Invalid pk \"6\" - object does not exist."]}`
	if got := stage.As("bea").Must(t, http.StatusBadRequest, "POST", "/company/api/v2/user", replaced(newcomer, "groups", "[6]")).Body; got != unknown {
		t.Errorf("as bea: %s", got)
	}
	if got := stage.As("root").Must(t, http.StatusBadRequest, "POST", "/company/api/v2/user", replaced(newcomer, "groups", "[5,6]")).Body; !strings.HasPrefix(got, `{"groups":["`) {
		t.Errorf("as root, outside of acme: %s", got)
	}
	got := stage.As("ann").Must(t, http.StatusOK, "PATCH", path(t, stage, 5), replaced(vicIs, "groups", "[5,6]")).Body
	if !strings.Contains(got, auditor+`],"mfa"`) {
		t.Errorf("as ann: %s", got)
	}
}

// Who takes the groups of the last administrator leaves none, and is refused.
func TestLockout(t *testing.T) {
	stage := onMemory().Start(t)
	stage.Overwrite(t, 2, func(u *users.User) {
		u.Roles = []perms.Assignment{{Role: stage.Role(t, 1), Scope: perms.Anywhere, Window: perms.Window{ExpiresAt: transcript.Begin.Add(time.Hour)}}}
	})
	before := stage.Dump(t)
	answer := stage.As("tech").Must(t, http.StatusConflict, "PATCH", path(t, stage, 1), `{"email":"root@example.com","password":"root-river-2041","groups":[]}`)
	if answer.Body != `{"detail":"This change would leave no administrator."}` || stage.Dump(t) != before {
		t.Errorf("%s", answer.Body)
	}
}

// A user who is also elsewhere is seen at home, and not changed.
func TestForeignUser(t *testing.T) {
	stage := onMemory().Start(t)
	stage.Overwrite(t, 5, func(u *users.User) { u.Tenants = append(u.Tenants, perms.TenantOf(stage.Tenant(t, 3))) })
	stage.As("ann").Must(t, http.StatusForbidden, "PATCH", path(t, stage, 5), replaced(vicIs, "phone", `"1"`))
	stage.Must(t, http.StatusForbidden, "PATCH", path(t, stage, 5), vicIs) // the password counts, equal or not
	stage.As("bea").Must(t, http.StatusNotFound, "PATCH", path(t, stage, 5), vicIs)
}

// Whoever has no home belongs to the default tenant, as far as is shown.
func TestCompanyOfNobody(t *testing.T) {
	stage := onMemory().Start(t)
	for _, list := range [][]perms.Tenancy{{perms.EveryTenant}, {perms.TenantsOfType(perms.TestTenant)}, nil} {
		stage.Overwrite(t, 5, func(u *users.User) { u.Tenants = list })
		answer := stage.As("root").Must(t, http.StatusOK, "PATCH", path(t, stage, 5), vicIs)
		if want := `"company":"` + stage.Tenant(t, 1).String() + `"`; !strings.Contains(answer.Body, want) {
			t.Errorf("%v: %s", list, answer.Body)
		}
	}
}

// What must-change says is what a helpdesk has done elsewhere; a new password from here leaves it.
func TestResetIsLeft(t *testing.T) {
	stage := onMemory().Start(t)
	stage.Overwrite(t, 5, func(u *users.User) { u.MustChangePassword = true })
	answer := stage.As("ann").Must(t, http.StatusOK, "PATCH", path(t, stage, 5), replaced(vicIs, "password", `"heron-lake-77"`))
	if !strings.Contains(answer.Body, `"reset_pw":true`) {
		t.Errorf("%s", answer.Body)
	}
}

// All the groups of a user, with all that they permit, take as many reads as one, and so does the list of them.
func TestGroupsAreReadOnce(t *testing.T) {
	var reads atomic.Int64
	host := onMemory().Counting(&reads)
	stage := host.Start(t)
	measure := func(groups string) (list, create, update int64) {
		before := reads.Load()
		stage.As("root").Must(t, http.StatusOK, "GET", "/company/api/v2/group", "")
		list = reads.Load() - before
		email := fmt.Sprintf(`"n%d@example.com"`, before)
		stage.Must(t, http.StatusCreated, "POST", "/company/api/v2/user", replaced(replaced(newcomer, "groups", groups), "email", email))
		create = reads.Load() - before - list
		stage.Must(t, http.StatusOK, "PATCH", path(t, stage, 5), replaced(vicIs, "groups", groups))
		return list, create, reads.Load() - before - list - create
	}
	fewList, fewCreate, fewUpdate := measure("[4]")
	many := "[4"
	for i := range 50 {
		made, err := stage.Book.Roles.Create(t.Context(), perms.System("test"), roles.New{Name: fmt.Sprint("Role ", i), Permissions: []string{"assets.*"}, Scope: perms.Anywhere})
		if err != nil {
			t.Fatal(err)
		}
		many += fmt.Sprint(",", made.Number)
	}
	list, create, update := measure(many + "]")
	if list != fewList || create != fewCreate || update != fewUpdate || list*create*update == 0 {
		t.Errorf("51 groups take %d, %d and %d reads; one takes %d, %d and %d", list, create, update, fewList, fewCreate, fewUpdate)
	}
}
