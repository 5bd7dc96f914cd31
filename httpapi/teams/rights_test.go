package teams_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// typeOf returns the type that the API shows of vic.
func typeOf(t *testing.T, stage *transcript.Stage) int64 {
	t.Helper()
	var shown struct {
		Data struct {
			UserType int64 `json:"user_type"`
		}
	}
	stage.As("root").Must(t, http.StatusOK, "GET", "/teams/api/users/5", "").Decode(t, &shown)
	return shown.Data.UserType
}

func anywhere(list ...perms.Assignment) []perms.Assignment {
	for i := range list {
		if list[i].Scope == (perms.Scope{}) {
			list[i].Scope = perms.Anywhere
		}
	}
	return list
}

// customRole adds a role of the host's own.
func customRole(t *testing.T, stage *transcript.Stage) uuid.UUID {
	t.Helper()
	made, err := stage.Book.Roles.Create(t.Context(), perms.System("test"), roles.New{Name: "Stock", Permissions: []string{"assets.view"}})
	if err != nil {
		t.Fatal(err)
	}
	return made.ID
}

// A user reads as the strongest of his roles that count anywhere and are in force, whatever their order.
func TestTypeIsTheStrongestOfManyRoles(t *testing.T) {
	stage := onMemory().Start(t)
	superadmin, technician, admin, manager, viewer := stage.Role(t, 1), stage.Role(t, 2), stage.Role(t, 3), stage.Role(t, 4), stage.Role(t, 5)
	custom := customRole(t, stage)
	acme := perms.In(stage.Tenant(t, 2))
	later := perms.Window{StartsAt: transcript.Begin.Add(time.Hour)}
	over := perms.Window{ExpiresAt: transcript.Begin.Add(-time.Hour)}
	for _, c := range []struct {
		name string
		list []perms.Assignment
		want int64
	}{
		{"none", nil, 6},
		{"viewer", anywhere(perms.Assignment{Role: viewer}), 6},
		{"manager", anywhere(perms.Assignment{Role: manager}), 3},
		{"technician", anywhere(perms.Assignment{Role: technician}), 3},
		{"custom", anywhere(perms.Assignment{Role: custom}), 3},
		{"admin", anywhere(perms.Assignment{Role: admin}), 2},
		{"superadmin", anywhere(perms.Assignment{Role: superadmin}), 1},
		{"admin, viewer", anywhere(perms.Assignment{Role: admin}, perms.Assignment{Role: viewer}), 2},
		{"viewer, admin", anywhere(perms.Assignment{Role: viewer}, perms.Assignment{Role: admin}), 2},
		{"custom, viewer", anywhere(perms.Assignment{Role: viewer}, perms.Assignment{Role: custom}), 3},
		{"later", anywhere(perms.Assignment{Role: admin, Window: later}), 6},
		{"over", anywhere(perms.Assignment{Role: admin, Window: over}), 6},
		{"in one tenant", anywhere(perms.Assignment{Role: admin, Scope: acme}, perms.Assignment{Role: manager}), 3},
	} {
		stage.Overwrite(t, 5, func(u *users.User) { u.Roles = c.list })
		if got := typeOf(t, stage); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

// The present type leaves all of a user's roles; another one replaces every assignment that counts anywhere, whatever its window, and leaves those of one
// tenant (wire/README.md, section 6.1).
func TestTypeReplacesWhatCountsAnywhere(t *testing.T) {
	admin, manager, viewer := int64(3), int64(4), int64(5)
	for _, c := range []struct {
		body  string
		roles []int64 // that count anywhere then
	}{
		{`{"user_type":2}`, []int64{viewer, admin, manager, manager}},
		{`{"user_type":2,"user_type_name":"Admin"}`, []int64{viewer, admin, manager, manager}},
		{`{"user_type_name":"Admin"}`, []int64{viewer, admin, manager, manager}},
		{`{"user_type":3}`, []int64{manager}},
		{`{"user_type":6}`, nil},
	} {
		t.Run(c.body, func(t *testing.T) {
			stage := onMemory().Start(t)
			acme := perms.In(stage.Tenant(t, 2))
			bound := perms.Assignment{Role: stage.Role(t, viewer), Scope: acme}
			later := perms.Window{StartsAt: transcript.Begin.Add(time.Hour), ExpiresAt: transcript.Begin.Add(2 * time.Hour)}
			over := perms.Window{ExpiresAt: transcript.Begin.Add(-time.Hour)}
			many := anywhere(perms.Assignment{Role: stage.Role(t, viewer)}, bound, perms.Assignment{Role: stage.Role(t, admin)},
				perms.Assignment{Role: stage.Role(t, manager), Window: later}, perms.Assignment{Role: stage.Role(t, manager), Window: over})
			stage.Overwrite(t, 5, func(u *users.User) { u.Roles = many })
			stage.As("ann").Must(t, http.StatusOK, "PUT", "/teams/api/users/5", c.body)
			var got []int64
			kept := false
			for _, a := range stage.Person(t, 5).Roles {
				if a.Scope != perms.Anywhere {
					kept = kept || a.Equal(bound)
					continue
				}
				r, err := stage.Store.Role(t.Context(), a.Role)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, r.Number)
			}
			if !slices.Equal(got, c.roles) || !kept {
				t.Errorf("roles %v, want %v; the one of a tenant kept: %t", got, c.roles, kept)
			}
		})
	}
}

// Superadmins are staff without an organization; whoever is another type then is staff no longer, and has at least the default tenant.
func TestStaff(t *testing.T) {
	stage := onMemory().Start(t)
	usual, acme := perms.TenantOf(stage.Tenant(t, 1)), perms.TenantOf(stage.Tenant(t, 2))
	tests := perms.TenantsOfType(perms.TestTenant)
	for _, c := range []struct {
		name, body string
		role       int64
		list, want []perms.Tenancy
	}{
		{"promoted", `{"user_type":1,"user_type_name":"Superadmin"}`, 5, []perms.Tenancy{acme, usual}, []perms.Tenancy{perms.EveryTenant}},
		{"a member who is staff, promoted", `{"user_type":1,"user_type_name":"Superadmin"}`, 2, []perms.Tenancy{perms.EveryTenant, acme}, []perms.Tenancy{perms.EveryTenant}},
		{"demoted", `{"user_type":3}`, 1, []perms.Tenancy{perms.EveryTenant}, []perms.Tenancy{usual}},
		{"demoted, with a home", `{"user_type":3}`, 1, []perms.Tenancy{perms.EveryTenant, acme}, []perms.Tenancy{acme}},
		{"demoted, with a type", `{"user_type":6}`, 1, []perms.Tenancy{tests, perms.EveryTenant}, []perms.Tenancy{tests}},
		{"the present type", `{"user_type":3}`, 2, []perms.Tenancy{perms.EveryTenant}, []perms.Tenancy{perms.EveryTenant}},
		{"another type, no staff", `{"user_type":3}`, 5, []perms.Tenancy{acme, usual}, []perms.Tenancy{acme, usual}},
		{"the role of staff, without being it", `{"user_type":1}`, 1, []perms.Tenancy{acme}, []perms.Tenancy{acme}},
	} {
		stage.Overwrite(t, 5, func(u *users.User) {
			u.Tenants, u.Roles = c.list, anywhere(perms.Assignment{Role: stage.Role(t, c.role)})
		})
		stage.As("root").Must(t, http.StatusOK, "PUT", "/teams/api/users/5", c.body)
		if got := stage.Person(t, 5).Tenants; !slices.Equal(got, c.want) {
			t.Errorf("%s: tenants are %v, want %v", c.name, got, c.want)
		}
	}
}

// The last administrator stays one, also against somebody who could change him: tech is a superadmin for an hour.
func TestLockout(t *testing.T) {
	stage := onMemory().Start(t)
	hour := perms.Window{ExpiresAt: transcript.Begin.Add(time.Hour)}
	stage.Overwrite(t, 2, func(u *users.User) { u.Roles = anywhere(perms.Assignment{Role: stage.Role(t, 1), Window: hour}) })
	stage.Overwrite(t, 1, func(u *users.User) { u.Roles = append(u.Roles, anywhere(perms.Assignment{Role: stage.Role(t, 5)})...) })
	before := stage.Dump(t)
	for _, c := range []struct{ method, path, body string }{
		{"PUT", "/teams/api/users/1", `{"user_type":6}`},
		{"POST", "/teams/api/users/1/suspend", ""},
		{"DELETE", "/teams/api/users/1", ""},
	} {
		answer := stage.As("tech").Must(t, http.StatusBadRequest, c.method, c.path, c.body)
		if answer.Body != `{"error":1,"message":"This change would leave no administrator"}` {
			t.Errorf("%s %s: %s", c.method, c.path, answer.Body)
		}
	}
	if stage.Dump(t) != before {
		t.Error("something has changed")
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
		{"sent back", "vic@acme.io", "viewer@acme.io", " vic@acme.io ", "vic@acme.io", "viewer@acme.io"},
	} {
		t.Run(c.name, func(t *testing.T) {
			stage := onMemory().Start(t)
			stage.Overwrite(t, 5, func(u *users.User) { u.Email, u.Username = c.email, c.username })
			var shown struct {
				Data struct {
					UserEmail string `json:"user_email"`
				}
			}
			stage.As("vic").Must(t, http.StatusOK, "PUT", "/teams/api/users/5", `{"user_email":`+quoted(c.sent)+`}`).Decode(t, &shown)
			u := stage.Person(t, 5)
			if u.Email != c.wantEmail || u.Username != c.wantUsername || shown.Data.UserEmail != u.Address() {
				t.Errorf("e-mail %q, user name %q, shown %q", u.Email, u.Username, shown.Data.UserEmail)
			}
		})
	}
}

// Writing never resets what this API does not see.
func TestUnseenValuesStay(t *testing.T) {
	stage := onMemory().Start(t)
	want := stage.Person(t, 5)
	stage.Overwrite(t, 5, func(u *users.User) {
		u.Name, u.Phone, u.External = users.Name{Full: "Vic Viewer", Given: "Vic Viewer"}, "+1 555", "ext-5"
		u.MFA, u.MustChangePassword = true, true
		u.Overrides = []perms.Override{perms.Grant("assets.edit").Because("once"), perms.Revoke("assets.view").In(stage.Tenant(t, 2))}
		want = u.Clone()
	})
	stage.As("ann").Must(t, http.StatusOK, "PUT", "/teams/api/users/5", `{"user_name":" Vic Viewer ","user_email":"victor@acme.io","user_type":6,"user_password":"kestrel-77-lake"}`)
	got := stage.Person(t, 5)
	want.Email, want.Username = "victor@acme.io", "victor@acme.io"
	if got.Name != want.Name || got.Phone != want.Phone || got.External != want.External || !got.MFA || !got.MustChangePassword ||
		!slices.EqualFunc(got.Overrides, want.Overrides, perms.Override.SameRule) || !slices.EqualFunc(got.Roles, want.Roles, perms.Assignment.Equal) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	stage.Must(t, http.StatusOK, "PUT", "/teams/api/users/5", `{"user_name":"Mary Ann Smith"}`)
	if got, want := stage.Person(t, 5).Name, (users.Name{Full: "Mary Ann Smith", Given: "Mary", Family: "Ann Smith"}); got != want {
		t.Errorf("%+v", got)
	}
}

// AI access is an override that counts anywhere. The same value leaves its window and reason, and the answer says what is so: a revoke in one tenant wins.
func TestAIAccessIsAnOverride(t *testing.T) {
	stage := onMemory().Start(t)
	soon := perms.Window{ExpiresAt: transcript.Begin.Add(time.Hour)}
	put := func(value, want string) {
		t.Helper()
		if got := stage.As("ann").Must(t, http.StatusOK, "PATCH", "/teams/api/users/5/ai-access", `{"ai_access":`+value+`}`).Body; !strings.Contains(got, `"ai_access":`+want) {
			t.Errorf("%s: %s", value, got)
		}
	}
	trial := perms.Grant(perms.FeaturesAI).During(soon).Because("trial")
	stage.Overwrite(t, 5, func(u *users.User) { u.Overrides = []perms.Override{trial} })
	put("true", "true")
	if got := stage.Person(t, 5).Overrides; len(got) != 1 || !got[0].SameRule(trial) {
		t.Errorf("%v", got)
	}
	put("false", "false")
	put("true", "true")
	if got := stage.Person(t, 5).Overrides; len(got) != 1 || !got[0].SameRule(perms.Grant(perms.FeaturesAI)) {
		t.Errorf("%v", got)
	}
	over := perms.Window{ExpiresAt: transcript.Begin.Add(-time.Hour)}
	stage.Overwrite(t, 5, func(u *users.User) { u.Overrides = []perms.Override{perms.Grant(perms.FeaturesAI).During(over)} })
	put("true", "true")
	stage.Overwrite(t, 5, func(u *users.User) {
		u.Overrides = []perms.Override{perms.Grant(perms.FeaturesAI).In(stage.Tenant(t, 2)), perms.Grant("assets.edit")}
	})
	put("true", "true")
	if got := stage.Person(t, 5).Overrides; len(got) != 3 {
		t.Errorf("%v", got)
	}
	stage.Overwrite(t, 5, func(u *users.User) {
		u.Overrides = append(u.Overrides[:1], perms.Revoke(perms.FeaturesAI).In(stage.Tenant(t, 2)))
	})
	put("true", "false")
}

// A user who is also in a tenant outside the caller's scope is seen at his home, and changed in nothing but his groups and dashboards there.
func TestForeignUser(t *testing.T) {
	stage := theatre(t)
	stage.Overwrite(t, 5, func(u *users.User) { u.Tenants = append(u.Tenants, perms.TenantOf(stage.Tenant(t, 3))) })
	before := stage.Dump(t)
	stage.As("ann")
	for _, c := range []struct{ method, path, body string }{
		{"PUT", "/teams/api/users/5", `{"user_name":"X"}`}, {"PUT", "/teams/api/users/5", `{"user_type":3}`},
		{"PUT", "/teams/api/users/5", `{"user_password":"kestrel-77-lake"}`}, {"DELETE", "/teams/api/users/5", ""},
		{"POST", "/teams/api/users/5/suspend", ""}, {"PATCH", "/teams/api/users/5/ai-access", withAI},
	} {
		if got := stage.Must(t, http.StatusForbidden, c.method, c.path, c.body); !strings.Contains(got.Body, "Insufficient permissions") {
			t.Errorf("%s %s: %s", c.method, c.path, got.Body)
		}
	}
	upload(t, stage, http.StatusForbidden, "image/png", picture(t, 9, 9))
	stage.Must(t, http.StatusOK, "PUT", "/teams/api/users/5", `{"user_name":"Vic Viewer","user_type":6}`)
	if stage.Dump(t) != before {
		t.Error("something has changed")
	}
	stage.Must(t, http.StatusOK, "PUT", "/teams/api/users/5/dashboards", shared)
	stage.Must(t, http.StatusOK, "POST", "/teams/api/groups/1/members", joining)

	// At home elsewhere, he is no user of this organization, and can be a member of its groups all the same.
	stage.Overwrite(t, 6, func(u *users.User) { u.Tenants = append(u.Tenants, perms.TenantOf(stage.Tenant(t, 2))) })
	stage.Must(t, http.StatusNotFound, "GET", "/teams/api/users/6", "")
	got := stage.Must(t, http.StatusOK, "POST", "/teams/api/groups/1/members", `{"user_ids":[6]}`).Body
	if !strings.Contains(got, `"user_id":6,"user_email":"bea@beta.io"`) {
		t.Errorf("%s", got)
	}
	stage.Must(t, http.StatusNoContent, "DELETE", "/teams/api/groups/1/members/6", "")
}

// A member shares with his own group nothing that he may not view already.
func TestOwnGroup(t *testing.T) {
	stage := theatre(t)
	stage.As("root").Must(t, http.StatusOK, "POST", "/teams/api/groups/1/members", `{"user_ids":[3]}`)
	stage.As("ann").Must(t, http.StatusOK, "PUT", "/teams/api/groups/1/dashboards", shared)
	stage.As("root").Must(t, http.StatusOK, "PUT", "/msp/api/users/3/permissions", `{"permission_key":"dashboards.view","granted":false}`)
	stage.As("ann").Must(t, http.StatusForbidden, "PUT", "/teams/api/groups/1/dashboards", `{"dashboard_ids":[1,3,9]}`)
	stage.Must(t, http.StatusOK, "PUT", "/teams/api/groups/1/dashboards", `{"dashboard_ids":[3]}`)
}

// A password that one sets oneself ends one's other sessions, and leaves the one that is used.
func TestOwnPassword(t *testing.T) {
	stage := onMemory().Start(t)
	stage.SignIn(t, "ann elsewhere", "ann@acme.io", "ann-river-2041")
	stage.As("ann").Must(t, http.StatusOK, "PUT", "/teams/api/users/3", `{"user_password":"kestrel-77-lake"}`)
	stage.Must(t, http.StatusOK, "GET", "/teams/api/users/3", "")
	stage.As("ann elsewhere").Must(t, http.StatusUnauthorized, "GET", "/teams/api/users/3", "")
}

// The reason of a rejection is in the journal.
func TestReasonIsJournaled(t *testing.T) {
	stage := theatre(t)
	stage.As("ann").Must(t, http.StatusOK, "POST", "/teams/api/users/8/reject", rejection)
	entries, _, err := stage.Book.Journal.Entries(t.Context(), perms.System("test"), 0, perms.MaxEntries)
	if err != nil {
		t.Fatal(err)
	}
	if last := entries[len(entries)-1]; last.Action != perms.UserReject || last.Reason != "unknown to us" {
		t.Errorf("%+v", last)
	}
}
