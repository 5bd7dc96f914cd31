package matrix

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// actors are who asks: nobody, a token that nobody has been given, sue, an admin of acme who is suspended, and the fixture's people; and two on whom the
// grant and the target rule bite: rob, who holds every management permission in acme and few others, and peg, an admin of acme who has been revoked one. The
// first three have no standing at all.
var actors = []string{"guest", "bad", "sue", "vic", "mia", "rob", "peg", "ann", "bea", "tech", "root"}

// people are whom things are done to, beside the actor himself ("self") and somebody who does not exist ("none").
var people = []string{"self", "lou", "peg", "max", "fay", "dee", "pen", "ida", "del", "none"}

// cast are the people that are not the fixture's, in the order of their numbers.
var cast = []struct {
	name, role string
	tenants    []int64 // none for staff
	status     perms.Status
}{
	{"sue", "client_admin", []int64{2}, perms.Suspended},
	{"rob", "Boss", []int64{2}, perms.Active},
	{"lou", "Peek", []int64{2}, perms.Active},             // less than every admin
	{"peg", "client_admin", []int64{2}, perms.Active},     // ann's peer
	{"max", "msp_admin", nil, perms.Active},               // staff
	{"fay", "client_viewer", []int64{3}, perms.Active},    // another tenant's
	{"dee", "client_viewer", []int64{2, 3}, perms.Active}, // at home in acme, and in beta too
	{"pen", "client_manager", []int64{2}, perms.Pending},
	{"ida", "client_manager", []int64{2}, perms.Suspended},
	{"del", "client_viewer", []int64{2}, perms.Active}, // deleted below
}

// customRoles are the roles that are not the preset's, in the order of their numbers, from 6. Those of acme and beta belong to the tenant.
var customRoles = []struct {
	name   string
	tenant int64
	keys   string
}{
	{"Peek", 0, "assets.view"},
	{"Strong", 0, "assets.view roles.create"}, // beyond every client
	{"Desk", 2, "assets.view"},
	{"Far desk", 3, "assets.view"},
	{"Boss", 2, "users.* roles.* overrides.* invites.* groups.* grants.* features.* tenants.read audit.read assets.view assets.export"},
}

// passwordOf returns the password of everybody on a stage.
func passwordOf(name string) string { return name + "-river-2041" }

// revoked is what everybody in the cast has been revoked, so that clearing it gives something.
const revoked perms.Permission = "assets.export"

// stage returns a stage with everybody on it, and a group in acme and in beta.
func stage(t *testing.T, host transcript.Host) *transcript.Stage {
	t.Helper()
	s, ctx, test := host.Start(t), t.Context(), perms.System("test")
	keys, ids := map[string]string{}, map[string]uuid.UUID{}
	for _, in := range customRoles {
		scope := perms.Anywhere
		if in.tenant != 0 {
			scope = perms.In(s.Tenant(t, in.tenant))
		}
		r, err := s.Book.Roles.Create(ctx, test, roles.New{Name: in.name, Permissions: strings.Fields(in.keys), Scope: scope})
		must(t, err)
		keys[in.name] = r.Key
	}
	for _, in := range cast {
		tenants := []perms.Tenancy{perms.EveryTenant}
		if len(in.tenants) > 0 {
			tenants = nil
		}
		for _, number := range in.tenants {
			tenants = append(tenants, perms.TenantOf(s.Tenant(t, number)))
		}
		u, err := s.Book.Users.Create(ctx, test, users.New{
			Email: in.name + "@acme.io", Given: strings.ToUpper(in.name[:1]) + in.name[1:], Family: "X", ByParts: true, Password: passwordOf(in.name),
			Roles: []string{cmp.Or(keys[in.role], in.role)}, Tenants: tenants,
		})
		must(t, err)
		ids[in.name] = u.ID
		must(t, s.Book.Users.SetOverride(ctx, test, u.ID, perms.Revoke(revoked)))
		if slices.Contains(actors, in.name) {
			s.SignIn(t, in.name, u.Email, passwordOf(in.name))
		}
		if in.status == perms.Active {
			continue
		}
		s.Overwrite(t, u.Number, func(u *users.User) { u.Status = in.status })
	}
	must(t, s.Book.Users.ClearOverride(ctx, test, ids["rob"], revoked, perms.Anywhere))
	_, err := s.Book.Users.Do(ctx, test, ids["del"], users.Delete)
	must(t, err)
	for _, who := range []string{"ann", "bea"} {
		s.As(who).Must(t, http.StatusCreated, http.MethodPost, "/teams/api/groups", `{"group_name":"Ops"}`)
	}
	s.Name("bad", "rb_"+strings.Repeat("A", 43))
	return s
}

// scene is a stage with what attempts are aimed at, by name, and what the store holds before them.
type scene struct {
	*transcript.Stage
	users  map[string]users.User
	roles  map[string]roles.Role // a system role's name is its key
	places map[string]place
	before string
}

// place is a tenant with its one group.
type place struct {
	tenant users.Tenant
	group  users.Group
}

// nowhere is an id that nothing has.
var nowhere = uuid.MustParse("0197a1b2-0000-7000-8000-000000000999")

// newScene opens a stage and looks everything up.
func newScene(t *testing.T, host transcript.Host) scene {
	t.Helper()
	s, ctx := scene{stage(t, host), map[string]users.User{}, map[string]roles.Role{}, map[string]place{}, ""}, t.Context()
	s.users["none"] = users.User{
		ID: nowhere, Number: 999, Email: "none@acme.io", Username: "none@acme.io", Name: users.PartsName("None", "X"), Status: perms.Active,
	}
	s.roles["no role"] = roles.Role{ID: nowhere, Key: nowhere.String(), Number: 999, Name: "None", Version: 1}
	everybody, err := s.Store.Users(ctx, users.Filter{Statuses: []perms.Status{perms.Active, perms.Pending, perms.Suspended, perms.Deleted}})
	must(t, err)
	for _, u := range everybody {
		s.users[nameOf(u)] = u
	}
	every, err := s.Store.Roles(ctx, roles.Filter{All: true})
	must(t, err)
	for _, r := range every {
		s.roles[r.Key], s.roles[r.Name] = r, r
	}
	for number, slug := range map[int64]string{2: "acme", 3: "beta"} {
		tenant, err := s.Store.TenantByNumber(ctx, number)
		must(t, err)
		groups, err := s.Store.Groups(ctx, tenant.ID)
		must(t, err)
		s.places[slug] = place{tenant, groups[0]}
	}
	s.before = s.Dump(t)
	return s
}

// nameOf returns the short name of a user: what stands before the @ of his address.
func nameOf(u users.User) string {
	name, _, _ := strings.Cut(u.Email, "@")
	return name
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
