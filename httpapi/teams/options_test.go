package teams_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/teams"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

// Bare answers have no envelope.
func TestBare(t *testing.T) {
	stage := onMemoryWith(httpapi.Options{}, teams.Options{Bare: true}).Start(t).As("ann")
	for _, c := range []struct {
		status                   int
		method, path, body, want string
	}{
		{200, "GET", "/teams/api/groups", "", `[]`},
		{201, "POST", "/teams/api/groups", `{"group_name":"Ops"}`, `{"group_id":1,"group_name":"Ops","group_description":null,"group_color":null,"member_count":0,"created_at":"2026-05-01T10:00:00Z"}`},
		{200, "PATCH", "/teams/api/users/5/ai-access", withAI, `{"user_id":5,"ai_access":true}`},
		{204, "DELETE", "/teams/api/groups/1", "", ``},
		{404, "GET", "/teams/api/users/999", "", `{"message":"User not found"}`},
		{405, "GET", "/teams/api/groups/1", "", `{"message":"Method not allowed"}`},
		{400, "POST", "/teams/api/groups", `{}`, `{"message":"Group name is required"}`},
	} {
		if got := stage.Must(t, c.status, c.method, c.path, c.body); got.Body != c.want {
			t.Errorf("%s %s: %s, want %s", c.method, c.path, got.Body, c.want)
		}
	}
}

// The types mean what the host says: here the roles of clients are given, viewers read as members, and there is no superadmin's role at all.
func TestTypes(t *testing.T) {
	types := &teams.Types{
		Superadmin: teams.Type{Gives: "owner"}, Admin: teams.Type{Gives: "client_admin"}, Member: teams.Type{Gives: "client_viewer"},
		Client: teams.Type{Gives: "msp_technician", Reads: []string{"client_manager"}},
	}
	stage := onMemoryWith(httpapi.Options{}, teams.Options{Types: types}).Start(t).As("root")
	shows := func(path, want string) {
		t.Helper()
		if got := stage.Must(t, http.StatusOK, "GET", path, "").Body; !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	shows("/teams/api/users/5", `"user_type":3,`)
	shows("/teams/api/users/4", `"user_type":6,`)
	shows("/teams/api/users/1", `"user_type":3,`) // by a role that no type names
	stage.Must(t, http.StatusCreated, "POST", "/teams/api/users?organization_id=2", `{"user_email":"n@acme.io","user_name":"N","user_password":"securepassword123"}`)
	if got := stage.Person(t, 7).Roles; len(got) != 1 || got[0].Role != stage.Role(t, 5) {
		t.Errorf("created with %v", got)
	}
	stage.Must(t, http.StatusOK, "PUT", "/teams/api/users/7", `{"user_type":6}`)
	if got := stage.Person(t, 7).Roles; len(got) != 1 || got[0].Role != stage.Role(t, 2) {
		t.Errorf("changed to %v", got)
	}
	got := stage.Must(t, http.StatusBadRequest, "PUT", "/teams/api/users/7", `{"user_type":1,"user_type_name":"Superadmin"}`)
	if got.Body != `{"error":1,"message":"Invalid user type"}` {
		t.Errorf("a role that is not there: %s", got.Body)
	}
	stage.Must(t, http.StatusCreated, "POST", "/teams/api/invite-links?organization_id=2", `{"invite_role":6}`)
	shows("/teams/api/invite-links?organization_id=2", `"invite_role":6,`)
}

// A role that a type gives and the store does not have makes no user and no link.
func TestTypesWithoutTheirRoles(t *testing.T) {
	stage := onMemoryWith(httpapi.Options{}, teams.Options{Types: &teams.Types{Member: teams.Type{Gives: "worker"}}}).Start(t).As("root")
	before := stage.Dump(t)
	for path, want := range map[string]string{
		"/teams/api/users": "Invalid user type", "/teams/api/invite-links": "Invalid invite role",
	} {
		got := stage.Must(t, http.StatusBadRequest, "POST", path, `{"user_email":"n@acme.io","user_name":"N","user_password":"securepassword123"}`)
		if got.Body != `{"error":1,"message":"`+want+`"}` {
			t.Errorf("%s: %s", path, got.Body)
		}
	}
	if stage.Dump(t) != before {
		t.Error("something has changed")
	}
}

// A request with X-API-Key stays as the host has made it.
func TestKeyLeavesTheRequest(t *testing.T) {
	book, err := store.Connect(t.Context(), memory.New(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	api, err := httpapi.New(book, httpapi.Options{Authenticator: httpapi.Sessions(book)})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/api/users", nil)
	r.Header.Set("X-API-Key", "rb_x")
	teams.Handler(api, nil).ServeHTTP(httptest.NewRecorder(), r)
	if len(r.Header) != 1 {
		t.Errorf("%v", r.Header)
	}
}

// Without a base the avatar's address is the path alone.
func TestBaseURL(t *testing.T) {
	for base, want := range map[string]string{"": "/api/users/5/avatar?v=", "https://cdn.example.com/t": "https://cdn.example.com/t/api/users/5/avatar?v="} {
		stage := onMemoryWith(httpapi.Options{}, teams.Options{BaseURL: base}).Start(t).As("vic")
		if got := upload(t, stage, http.StatusOK, "image/png", picture(t, 1, 1)); !strings.Contains(got.Body, `"user_avatar":"`+want) {
			t.Errorf("%s", got.Body)
		}
	}
}

// T-13: three requests in a quarter of an hour are as many as this host allows.
func TestRateLimit(t *testing.T) {
	host := onMemory()
	unlimited := host.Mount
	host.Mount = func(book *store.Book) (http.Handler, error) { // what makes the fixture has no limit
		others, err := unlimited(book)
		if err != nil {
			return nil, err
		}
		limited, err := httpapi.New(book, httpapi.Options{Authenticator: httpapi.Sessions(book), RateLimit: &httpapi.RateLimit{Requests: 3}})
		if err != nil {
			return nil, err
		}
		mux := http.NewServeMux()
		mux.Handle("/", others)
		mux.Handle("/teams/", http.StripPrefix("/teams", teams.Handler(limited, nil)))
		return mux, nil
	}
	stage := host.Start(t)
	for range 3 {
		stage.As("vic").Must(t, http.StatusOK, "GET", "/teams/api/users/5", "")
	}
	got := stage.Must(t, http.StatusTooManyRequests, "GET", "/teams/api/users/5", "")
	if got.Body != `{"error":1,"message":"Too many attempts. Please try again later."}` || got.Header.Get("RateLimit-Remaining") != "0" || got.Header.Get("Retry-After") == "" {
		t.Errorf("%s %v", got.Body, got.Header)
	}
}

// A caller who is not staff acts in his current tenant: the host's choice, within his scope.
func TestCurrentTenant(t *testing.T) {
	var current uuid.UUID
	stage := onMemoryWith(httpapi.Options{CurrentTenant: func(*http.Request, users.User) uuid.UUID { return current }}, teams.Options{}).Start(t)
	stage.Overwrite(t, 3, func(u *users.User) { u.Tenants = append(u.Tenants, perms.TenantOf(stage.Tenant(t, 3))) })
	current = stage.Tenant(t, 3)
	if got := stage.As("ann").Must(t, http.StatusOK, "GET", "/teams/api/users?organization_id=2", "").Body; !strings.Contains(got, "bea@beta.io") || strings.Contains(got, "vic@acme.io") {
		t.Errorf("%s", got)
	}
	stage.Must(t, http.StatusNotFound, "GET", "/teams/api/users/5", "")
	stage.Must(t, http.StatusOK, "GET", "/teams/api/users/3", "") // herself, wherever she is
	stage.Must(t, http.StatusCreated, "POST", "/teams/api/users", newcomer)
	if home, _ := stage.Person(t, 7).Home(); home != current {
		t.Errorf("created in %v", home)
	}
	stage.Must(t, http.StatusCreated, "POST", "/teams/api/groups", newGroup)
	stage.Must(t, http.StatusCreated, "POST", "/teams/api/invite-links", `{}`)
	stage.Must(t, http.StatusOK, "PUT", "/teams/api/users/6/dashboards", shared)
	if got := stage.Person(t, 6).Objects; len(got) != 2 || got[0].Tenant != current {
		t.Errorf("shared in %v", got)
	}
	for _, current = range []uuid.UUID{stage.Tenant(t, 1), uuid.Nil} {
		for _, path := range []string{"/teams/api/users", "/teams/api/groups", "/teams/api/invite-links", "/teams/api/users/6"} {
			stage.Must(t, http.StatusForbidden, "GET", path, "")
		}
		stage.Must(t, http.StatusForbidden, "POST", "/teams/api/users", newcomer)
	}
}

// An organization that is retired takes nobody in, and says so of the parameter that names it.
func TestRetiredOrganization(t *testing.T) {
	stage := onMemory().Start(t).As("root")
	stage.Must(t, http.StatusOK, "PATCH", "/native/v1/tenants/"+stage.Tenant(t, 3).String(), `{"type":"retired"}`)
	got := stage.Must(t, http.StatusBadRequest, "POST", "/teams/api/invite-links?organization_id=3", `{}`)
	if got.Body != `{"error":1,"message":"Invalid organization id"}` {
		t.Errorf("%s", got.Body)
	}
	stage.Must(t, http.StatusOK, "GET", "/teams/api/users?organization_id=3", "")
	stage.As("bea").Must(t, http.StatusForbidden, "GET", "/teams/api/users", "")
}

// Where the host says which dashboards there are, no others are shared; those that are shared already may come back.
func TestDashboards(t *testing.T) {
	asked := map[uuid.UUID]bool{}
	failing := false
	there := func(_ context.Context, organization uuid.UUID, ids []int64) ([]int64, error) {
		asked[organization] = true
		if failing {
			return nil, errors.New("no database")
		}
		return slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return id > 9 }), nil
	}
	stage := onMemoryWith(httpapi.Options{}, teams.Options{Dashboards: there}).Start(t).As("ann")
	stage.Must(t, http.StatusCreated, "POST", "/teams/api/groups", newGroup)
	overwriteGroup(t, stage, func(g *users.Group) {
		g.Objects = []perms.ObjectGrant{{Tenant: g.Tenant, Object: perms.Object{Type: "dashboards", ID: 77}}}
	})
	stage.Overwrite(t, 5, func(u *users.User) {
		u.Objects = []perms.ObjectGrant{
			{Tenant: stage.Tenant(t, 2), Object: perms.Object{Type: "dashboards", ID: 77}},
			{Tenant: stage.Tenant(t, 2), Object: perms.Object{Type: "reports", ID: 78}},
			{Tenant: stage.Tenant(t, 3), Object: perms.Object{Type: "dashboards", ID: 79}},
		}
	})
	stage.As("root").Must(t, http.StatusBadRequest, "PUT", "/teams/api/users/5/dashboards", `{"dashboard_ids":[79]}`)
	stage.As("ann")
	for _, path := range []string{"/teams/api/users/5/dashboards", "/teams/api/groups/1/dashboards"} {
		if got := stage.Must(t, http.StatusBadRequest, "PUT", path, `{"dashboard_ids":[1,10]}`); got.Body != `{"error":1,"message":"Invalid dashboard ids"}` {
			t.Errorf("%s: %s", path, got.Body)
		}
		stage.Must(t, http.StatusBadRequest, "PUT", path, `{"dashboard_ids":[78]}`)
		stage.Must(t, http.StatusBadRequest, "PUT", path, `{"dashboard_ids":[79]}`)
		stage.Must(t, http.StatusOK, "PUT", path, `{"dashboard_ids":[9,77]}`)
		stage.Must(t, http.StatusOK, "PUT", path, `{"dashboard_ids":[9]}`)
		stage.Must(t, http.StatusBadRequest, "PUT", path, `{"dashboard_ids":[77]}`)
	}
	stage.As("root").Must(t, http.StatusOK, "PUT", "/teams/api/users/6/dashboards", `{"dashboard_ids":[1]}`)
	stage.Must(t, http.StatusOK, "PUT", "/teams/api/users/2/dashboards", `{"dashboard_ids":[1]}`)
	if len(asked) != 3 || !asked[stage.Tenant(t, 1)] || !asked[stage.Tenant(t, 2)] || !asked[stage.Tenant(t, 3)] {
		t.Errorf("asked of %v", asked)
	}
	failing = true
	stage.Must(t, http.StatusInternalServerError, "PUT", "/teams/api/users/6/dashboards", `{"dashboard_ids":[2]}`)
}

// A platform-wide caller may hold a permission in one organization alone: he acts there, and is not let in anywhere else.
func TestStaffOfOneOrganization(t *testing.T) {
	stage := onMemory().Start(t)
	acme := stage.Tenant(t, 2)
	stage.Overwrite(t, 2, func(u *users.User) {
		u.Overrides = []perms.Override{perms.Grant(perms.UsersRead).In(acme), perms.Grant(perms.GroupsWrite).In(acme)}
	})
	for path, want := range map[string]int{
		"/teams/api/users": 403, "/teams/api/users?organization_id=2": 200, "/teams/api/users?organization_id=3": 403,
		"/teams/api/users?organization_id=999": 404, "/teams/api/users/5": 200, "/teams/api/users/6": 404, "/teams/api/users/1": 404,
	} {
		stage.As("tech").Must(t, want, "GET", path, "")
	}
	stage.Must(t, http.StatusForbidden, "POST", "/teams/api/groups", "garbage")
	stage.Must(t, http.StatusForbidden, "POST", "/teams/api/groups?organization_id=3", "garbage")
	stage.Must(t, http.StatusCreated, "POST", "/teams/api/groups?organization_id=2", newGroup)
}
