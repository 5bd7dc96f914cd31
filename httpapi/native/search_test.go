package native_test

import (
	"net/http"
	"net/url"
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

// listed returns the names before the @ of the users that a query lists.
func listed(t *testing.T, s *transcript.Stage, who string, query url.Values) []string {
	t.Helper()
	a := s.As(who).Get(t, "/native/v1/users?"+query.Encode())
	if a.Status != http.StatusOK {
		t.Fatalf("%s: %d %s", query.Encode(), a.Status, a.Body)
	}
	var page struct{ Items []struct{ Username string } }
	a.Decode(t, &page)
	names := []string{}
	for _, item := range page.Items {
		name, _, _ := strings.Cut(item.Username, "@")
		names = append(names, name)
	}
	return names
}

// query returns a query of pairs of names and values.
func query(pairs ...string) url.Values {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q
}

// world is the fixture with more in it: a user of both tenants, one of every test tenant, one of no tenant, a group in each tenant, roles and overrides in
// one tenant or for a time.
type world struct {
	*transcript.Stage
	acme, beta, acmeGroup, betaGroup uuid.UUID
	stock                            roles.Role // of beta
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Stage: onMemory().Start(t)}
	ctx, setup := t.Context(), perms.System("test")
	all := people(t, w.Stage)
	w.acme, _ = all["vic"].Home()
	w.beta, _ = all["bea"].Home()
	inAcme, inBeta := perms.TenantOf(w.acme), perms.TenantOf(w.beta)
	var err error
	w.stock, err = w.Book.Roles.Create(ctx, setup, roles.New{Name: "Stock", Permissions: []string{"locations.manage"}, Scope: perms.In(w.beta)})
	must(t, err)
	label := map[string]uuid.UUID{}
	names, err := w.Book.Roles.Names(ctx, setup)
	must(t, err)
	for _, n := range names {
		label[n.Key] = n.ID
	}
	for name, in := range map[string]users.New{
		"both": {Tenants: []perms.Tenancy{inBeta, inAcme}, Roles: []string{"client_viewer"}, Assigned: []perms.Assignment{
			{Role: label["client_manager"], Scope: perms.In(w.beta)}, {Role: w.stock.ID, Scope: perms.Anywhere}}},
		"typed":    {Tenants: []perms.Tenancy{perms.TenantsOfType(perms.TestTenant)}, Roles: []string{"client_viewer"}},
		"nowhere":  {Tenants: []perms.Tenancy{inBeta}, Roles: []string{"client_viewer"}},
		"soon":     {Tenants: []perms.Tenancy{inBeta}, Assigned: []perms.Assignment{{Role: label["client_admin"], Scope: perms.Anywhere, Window: perms.Window{StartsAt: w.Now().Add(time.Hour)}}}},
		"external": {Tenants: []perms.Tenancy{inBeta}, External: "crm-7"},
	} {
		in.Email, in.Name = name+"@x.io", name
		_, err := w.Book.Users.Create(ctx, setup, in)
		must(t, err)
	}
	all = people(t, w.Stage)
	empty := []perms.Tenancy{}
	_, err = w.Book.Users.Update(ctx, setup, users.ByID(all["nowhere"].ID), users.Update{Tenants: &empty})
	must(t, err)
	must(t, w.Book.Users.SetOverride(ctx, setup, all["mia"].ID, perms.Revoke("assets.export")))
	must(t, w.Book.Users.SetOverride(ctx, setup, all["vic"].ID, perms.Grant("portal.manage").During(perms.Window{ExpiresAt: w.Now().Add(time.Hour)})))
	must(t, w.Book.Users.SetOverride(ctx, setup, all["both"].ID, perms.Grant("reports.view").In(w.beta)))
	for tenant, group := range map[uuid.UUID]*uuid.UUID{w.acme: &w.acmeGroup, w.beta: &w.betaGroup} {
		g, err := w.Book.Groups.Create(ctx, setup, users.NewGroup{Tenant: tenant, Name: "Ops"})
		must(t, err)
		_, err = w.Book.Groups.AddMembers(ctx, setup, users.ByID(g.ID), []users.Ref{users.ByID(all["both"].ID)})
		must(t, err)
		*group = g.ID
	}
	return w
}

func TestSearch(t *testing.T) {
	w := newWorld(t)
	acme, beta := w.acme.String(), w.beta.String()
	for _, row := range []struct {
		who   string
		query url.Values
		want  []string // in any order
	}{
		{"root", query("tenant", acme), []string{"ann", "mia", "vic", "both"}},
		{"root", query("tenant", strings.ToUpper(acme)), []string{"ann", "mia", "vic", "both"}},
		{"root", query("external", "crm-7"), []string{"external"}},
		{"root", query("external", "crm"), nil},
		{"root", query("q", "VIC V"), []string{"vic"}},
		{"root", query("group", w.acmeGroup.String()), []string{"both"}},
		{"root", query("group", w.betaGroup.String(), "tenant", acme), []string{"both"}},
		{"root", query("role", "client_viewer"), []string{"vic", "both", "typed", "nowhere"}},
		{"root", query("role", "client_admin"), []string{"ann", "bea"}}, // soon holds it later
		{"root", query("role", w.stock.Key), []string{"both"}},
		{"root", query("role", strings.ToUpper(w.stock.Key)), []string{"both"}},
		{"root", query("role", "client_manager"), []string{"mia", "both"}},
		{"root", query("permission", "portal.manage"), []string{"root", "ann", "bea", "vic"}},
		{"root", query("permission", "assets.export", "tenant", acme), []string{"root", "tech", "ann", "vic", "both", "typed"}}, // mia's is revoked
		{"root", query("permission", "locations.manage", "tenant", acme), []string{"root", "tech", "ann", "mia"}},
		{"root", query("permission", "locations.manage", "tenant", beta), []string{"root", "tech", "bea", "both"}},
		{"root", query("permission", "reports.view"), []string{"root", "ann", "bea", "both"}},
		{"root", query("permission", "assets.view", "q", "x.io"), []string{"both", "typed"}},
		{"root", query("permission", "assets.view", "status", "suspended"), nil},

		{"ann", query(), []string{"ann", "mia", "vic", "both"}},
		{"ann", query("tenant", beta), nil},
		{"ann", query("group", w.acmeGroup.String()), []string{"both"}},
		{"ann", query("group", w.betaGroup.String()), nil},
		{"ann", query("role", "client_manager"), []string{"mia"}}, // both is a manager in beta alone
		{"ann", query("role", w.stock.Key), nil},
		{"ann", query("permission", "reports.view"), []string{"ann"}}, // both holds it in beta alone
		{"ann", query("permission", "assets.create"), []string{"ann", "mia"}},
		{"ann", query("permission", "locations.manage", "tenant", beta), nil},
		{"bea", query("permission", "assets.create"), []string{"bea", "both"}},
		{"bea", query("role", w.stock.Key), []string{"both"}},
	} {
		got := listed(t, w.Stage, row.who, row.query)
		slices.Sort(got)
		slices.Sort(row.want)
		if !slices.Equal(got, row.want) {
			t.Errorf("%s asks for %s: %v, want %v", row.who, row.query.Encode(), got, row.want)
		}
	}
	w.Advance(time.Hour)
	if got := listed(t, w.Stage, "root", query("permission", "portal.manage")); !slices.Contains(got, "soon") || slices.Contains(got, "vic") {
		t.Errorf("an hour later: %v", got)
	}
}

// Where the only tenant of a type is named by a revoke, whoever has the type holds the permission nowhere.
func TestSearchLooksAtTenantsThatAre(t *testing.T) {
	w := newWorld(t)
	typed := people(t, w.Stage)["typed"].ID
	must(t, w.Book.Users.SetOverride(t.Context(), perms.System("test"), typed, perms.Revoke("assets.view").In(w.acme)))
	if got := listed(t, w.Stage, "root", query("permission", "assets.view", "q", "typed")); len(got) != 0 {
		t.Errorf("held in no tenant, and listed: %v", got)
	}
	_, err := w.Book.Tenants.Create(t.Context(), perms.System("test"), users.NewTenant{Name: "Gamma", Slug: "gamma", Type: perms.TestTenant})
	must(t, err)
	if got := listed(t, w.Stage, "root", query("permission", "assets.view", "q", "typed")); len(got) != 1 {
		t.Errorf("held in another tenant of the type: %v", got)
	}
}

func TestSearchRefuses(t *testing.T) {
	s := onMemory().Start(t)
	for name, most := range map[string]int{"q": 100, "external": users.MaxExternal} {
		for n, want := range map[int]int{0: 422, 1: 200, most: 200, most + 1: 422} {
			if a := s.As("root").Get(t, "/native/v1/users?"+query(name, strings.Repeat("\u00e9", n)).Encode()); a.Status != want {
				t.Errorf("%d characters of %s: %d, want %d", n, name, a.Status, want)
			}
		}
	}
}

func TestSearchStopsAtItsLimit(t *testing.T) {
	w := newWorld(t)
	for limit, want := range map[int]int{0: 11, 1: 1, 3: 3, 50: 11} {
		list, err := w.Book.Users.Search(t.Context(), perms.System("test"), users.Search{Limit: limit})
		must(t, err)
		if len(list) != want {
			t.Errorf("limit %d: %d users", limit, len(list))
		}
	}
	list, err := w.Book.Users.Search(t.Context(), perms.System("test"), users.Search{Permission: "assets.view", Limit: 2})
	must(t, err)
	if len(list) != 2 {
		t.Errorf("limit 2 of those who hold a permission: %d users", len(list))
	}
}

// Roles of other tenants have no names for those who do not see them.
func TestLabels(t *testing.T) {
	w := newWorld(t)
	for who, want := range map[string]int{"root": 1, "ann": 0, "bea": 1} {
		labels, err := w.Book.Roles.Labels(t.Context(), perms.As(people(t, w.Stage)[who].ID), []uuid.UUID{w.stock.ID, uuid.New()})
		must(t, err)
		if len(labels) != want {
			t.Errorf("%s sees %v", who, labels)
		}
	}
}

// A page never shifts: following the cursor visits everybody once, whatever is filtered out in between and whoever is created meanwhile.
func TestPages(t *testing.T) {
	w := newWorld(t)
	for _, filter := range []url.Values{query(), query("permission", "assets.view"), query("role", "client_viewer"), query("q", "i")} {
		want := listed(t, w.Stage, "root", filter)
		var got []string
		page := url.Values{"limit": {"2"}}
		for name := range filter {
			page.Set(name, filter.Get(name))
		}
		for {
			got = append(got, listed(t, w.Stage, "root", page)...)
			var body struct {
				Next *string `json:"next_cursor"`
			}
			w.As("root").Get(t, "/native/v1/users?"+page.Encode()).Decode(t, &body)
			if body.Next == nil {
				break
			}
			page.Set("cursor", *body.Next)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: pages give %v, the list %v", filter.Encode(), got, want)
		}
	}
}

// Nothing of another tenant is in what an administrator is shown of somebody who belongs to both.
func TestViewsOfAnotherTenantsPart(t *testing.T) {
	w := newWorld(t)
	both := people(t, w.Stage)["both"].ID.String()
	for who, row := range map[string]struct {
		holds, lacks []string
	}{
		"root": {[]string{w.acme.String(), w.beta.String(), w.stock.Key, w.acmeGroup.String(), w.betaGroup.String()}, nil},
		"ann":  {[]string{w.acme.String(), w.acmeGroup.String(), "client_viewer"}, []string{w.beta.String(), w.stock.Key, w.betaGroup.String(), "client_manager", "Stock"}},
		"bea":  {[]string{w.beta.String(), w.betaGroup.String(), w.stock.Key, "client_manager"}, []string{w.acme.String(), w.acmeGroup.String()}},
	} {
		for _, path := range []string{"/native/v1/users/" + both, "/native/v1/users?q=both"} {
			a := w.As(who).Get(t, path)
			for _, text := range row.holds {
				if !strings.Contains(a.Body, text) {
					t.Errorf("%s as %s lacks %s: %s", path, who, text, a.Body)
				}
			}
			for _, text := range row.lacks {
				if strings.Contains(a.Body, text) {
					t.Errorf("%s as %s shows %s: %s", path, who, text, a.Body)
				}
			}
		}
	}
}
