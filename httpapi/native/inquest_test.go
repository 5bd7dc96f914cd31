package native_test

import (
	"fmt"
	"math/rand/v2"
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

// probed are the permissions that an inquest is about.
var probed = []string{"assets.view", "assets.edit", "dashboards.view", "features.ai"}

// inquest is a world that changes at random, and in which several people ask all that can be asked about everybody. What they are told has to agree, and to
// tell nobody of a tenant that is none of his.
type inquest struct {
	*world
	t       *testing.T
	r       *rand.Rand
	tenants []uuid.UUID
	roles   []string // keys: those of single tenants come last
	crowd   []uuid.UUID
	secrets map[string][]string // by who must not be told
	then    []told
	seen    map[string]int
}

// told is what root was told of a user's permissions at a time.
type told struct {
	at         time.Time
	path, body string
}

func newInquest(t *testing.T, seed uint64) *inquest {
	q := &inquest{world: newWorld(t), t: t, r: rand.New(rand.NewPCG(seed, 1)), secrets: map[string][]string{}, seen: map[string]int{}}
	ctx, setup := t.Context(), perms.System("test")
	gamma, err := q.Book.Tenants.Create(ctx, setup, users.NewTenant{Name: "Gamma", Slug: "gamma"})
	must(t, err)
	q.tenants = []uuid.UUID{q.acme, q.beta, gamma.ID}
	q.roles = []string{"client_viewer", "client_manager", "client_admin", q.stock.Key}
	secrets := [3][]string{1: {q.stock.Key, "Stock"}}
	for i, tenant := range q.tenants {
		own, err := q.Book.Roles.Create(ctx, setup, roles.New{Name: fmt.Sprintf("Own%d", i), Permissions: []string{"assets.*"}, Scope: perms.In(tenant)})
		must(t, err)
		q.roles = append(q.roles, own.Key)
		secrets[i] = append(secrets[i], tenant.String(), own.Key, own.Name, because(i))
	}
	q.secrets["ann"] = slices.Concat(secrets[1], secrets[2])
	q.secrets["bea"] = slices.Concat(secrets[0], secrets[2])
	q.secrets["cross"] = secrets[2]
	all := people(t, q.Stage)
	for _, name := range []string{"vic", "mia", "both", "typed", "nowhere", "tech"} {
		q.crowd = append(q.crowd, all[name].ID)
	}
	labels, err := q.Book.Roles.Names(ctx, setup)
	must(t, err)
	at := slices.IndexFunc(labels, func(n roles.Label) bool { return n.Key == "client_admin" })
	// cross administers acme, and is in beta.
	q.enter("cross", users.New{Tenants: []perms.Tenancy{perms.TenantOf(q.acme), perms.TenantOf(q.beta)}, Assigned: []perms.Assignment{{Role: labels[at].ID, Scope: perms.In(q.acme)}}})
	q.enter("typer", users.New{Tenants: []perms.Tenancy{perms.TenantsOfType(perms.TestTenant)}, Roles: []string{"client_admin"}})
	return q
}

// because is the reason of an override in one of the tenants.
func because(tenant int) string { return fmt.Sprintf("secret of %d", tenant) }

// enter adds somebody who asks.
func (q *inquest) enter(name string, in users.New) {
	in.Email, in.Name, in.Password = name+"@x.io", name, name+"-river-2041"
	_, err := q.Book.Users.Create(q.t.Context(), perms.System("test"), in)
	must(q.t, err)
	q.SignIn(q.t, name, in.Email, in.Password)
}

func (q *inquest) pick(list ...string) string { return list[q.r.IntN(len(list))] }

// ask sends a request, and looks for secrets in the answer that are not in the request.
func (q *inquest) ask(who, method, path, body string) transcript.Answer {
	q.t.Helper()
	a := q.As(who).Send(q.t, method, path, body)
	if a.Status >= 500 {
		q.t.Fatalf("%s %s %s %s: %d %s", who, method, path, body, a.Status, a.Body)
	}
	for _, s := range q.secrets[who] {
		if strings.Contains(a.Body, s) && !strings.Contains(path+body, s) {
			q.t.Errorf("%s %s %s %s is told of %s: %d %s", who, method, path, body, s, a.Status, a.Body)
		}
	}
	return a
}

// window is none, or one that begins or ends while the inquest goes on.
func (q *inquest) window() string {
	member := q.pick("", "", "expires_at", "starts_at")
	if member == "" {
		return ""
	}
	return fmt.Sprintf(`,%q:%q`, member, q.Now().Add(time.Duration(1+q.r.IntN(4))*time.Minute).Format(time.RFC3339))
}

// change has somebody change something, or rehearse that.
func (q *inquest) change(who string) {
	user := "/native/v1/users/" + q.crowd[q.r.IntN(len(q.crowd))].String()
	n := q.r.IntN(len(q.tenants))
	scope, reason := q.tenants[n].String(), because(n)
	if q.r.IntN(2) == 0 {
		scope, reason = "any", ""
	}
	method, path, body := "", "", ""
	switch q.r.IntN(10) {
	case 0, 1, 2:
		method, path = http.MethodPut, user+"/roles"
		body = fmt.Sprintf(`[{"role":%q,"tenant":%q%s},{"role":%q%s}]`, q.pick(q.roles...), scope, q.window(), q.pick(q.roles[:3]...), q.window())
	case 3, 4, 5:
		method, path = http.MethodPut, user+"/overrides/"+q.pick(probed...)
		body = fmt.Sprintf(`{"granted":%t,"tenant":%q,"reason":%q%s}`, q.r.IntN(2) == 0, scope, reason, q.window())
	case 6:
		method, path = http.MethodDelete, user+"/overrides/"+q.pick(probed...)
	case 7:
		lists := []string{`"%s"`, `"%[2]s"`, `"%[2]s"`, `"%s","%s"`, `"%[2]s","%[1]s"`, `"type:test","%[2]s"`, `"%s","%s","%s"`, `"any"`}
		method, path, body = http.MethodPatch, user, `{"tenants":[`+strings.Split(fmt.Sprintf(q.pick(lists...), q.acme, q.beta, q.tenants[2]), "%!")[0]+`]}`
	case 8:
		method, path = http.MethodPost, user+"/"+q.pick("suspend", "reactivate", "reactivate")
	default:
		method, path = http.MethodPatch, "/native/v1/tenants/"+q.tenants[2].String()
		body = fmt.Sprintf(`{"type":%q}`, q.pick("test", "production", "retired"))
	}
	if q.r.IntN(3) == 0 {
		before := q.Dump(q.t)
		if a := q.ask(who, method, path+"?dry_run=true", body); q.Dump(q.t) != before {
			q.t.Errorf("%s %s %s left its trace: %s", method, path, body, a.Body)
		}
	}
	q.seen[fmt.Sprint(who, " ", q.ask(who, method, path, body).Status/100)]++
	q.Advance(20 * time.Second)
}

// interrogate has somebody ask all that there is to be asked.
func (q *inquest) interrogate(who string) {
	unknown := uuid.New().String()
	all := people(q.t, q.Stage)
	subjects := append(slices.Clone(q.crowd), all["ann"].ID, all["cross"].ID, uuid.New())
	places := []string{"", "&tenant=any", "&tenant=" + unknown}
	for _, id := range q.tenants {
		places = append(places, "&tenant="+id.String())
	}
	for _, place := range places {
		for _, key := range probed {
			holders := q.holders(who, key, place)
			for _, u := range subjects {
				q.examine(who, u, key, place, holders)
			}
		}
		for _, u := range subjects {
			q.look(who, u, place)
		}
	}
	for _, u := range subjects {
		q.compareTenants(who, "/native/v1/users/"+u.String()+"/explain?permission=assets.view&tenant=", unknown)
		q.compareTenants(who, "/native/v1/users/"+u.String()+"/permissions?tenant=", unknown)
		q.ask(who, http.MethodGet, "/native/v1/users/"+u.String(), "")
		q.ask(who, http.MethodGet, "/native/v1/users/"+u.String()+"/overrides", "")
	}
	q.compareTenants(who, "/native/v1/permissions/assets.view/holders?tenant=", unknown)
	q.compareTenants(who, "/native/v1/users?permission=assets.view&tenant=", unknown)
	q.compareTenants(who, "/native/v1/me?tenant=", unknown)
	for _, list := range []string{"users", "users?permission=assets.view", "roles", "tenants", "me", "journal?limit=500"} {
		q.ask(who, http.MethodGet, "/native/v1/"+list, "")
	}
}

// compareTenants asks about the tenants that somebody must not know of, and about one that does not exist.
func (q *inquest) compareTenants(who, path, unknown string) {
	want := q.ask(who, http.MethodGet, path+unknown, "")
	for _, id := range q.tenants {
		if !slices.Contains(q.secrets[who], id.String()) {
			continue
		}
		got := q.ask(who, http.MethodGet, path+id.String(), "")
		if got.Status != want.Status || strings.ReplaceAll(got.Body, id.String(), unknown) != want.Body {
			q.t.Errorf("%s %s: of another's tenant %d %s\nof none %d %s", who, path, got.Status, got.Body, want.Status, want.Body)
		}
	}
}

// holders returns who is listed, page by page, and nil if that is refused.
func (q *inquest) holders(who, key, place string) map[string]bool {
	out, cursor := map[string]bool{}, ""
	for {
		a := q.ask(who, http.MethodGet, "/native/v1/permissions/"+key+"/holders?limit=3"+place+cursor, "")
		if a.Status != http.StatusOK {
			return nil
		}
		var page struct {
			Items      []struct{ User struct{ ID string } }
			NextCursor *string `json:"next_cursor"`
		}
		a.Decode(q.t, &page)
		for _, i := range page.Items {
			out[i.User.ID] = true
		}
		if page.NextCursor == nil {
			return out
		}
		cursor = "&cursor=" + url.QueryEscape(*page.NextCursor)
	}
}

// examine asks one question in four ways.
func (q *inquest) examine(who string, u uuid.UUID, key, place string, holders map[string]bool) {
	element := fmt.Sprintf(`{"user":%q,"permission":%q}`, u, key)
	if _, tenant, asked := strings.Cut(place, "="); asked {
		element = fmt.Sprintf(`{"user":%q,"permission":%q,"tenant":%q}`, u, key, tenant)
	}
	check := q.ask(who, http.MethodPost, "/native/v1/check", element)
	batch := q.ask(who, http.MethodPost, "/native/v1/check/batch", `{"checks":[`+element+`]}`)
	explain := q.ask(who, http.MethodGet, "/native/v1/users/"+u.String()+"/explain?permission="+key+place, "")
	if check.Status != batch.Status || check.Status != explain.Status {
		q.t.Errorf("%s %s: check %d, batch %d, explain %d", who, element, check.Status, batch.Status, explain.Status)
	}
	held := holders[u.String()]
	if check.Status != http.StatusOK {
		if held {
			q.t.Errorf("%s %s: %s, and he is a holder", who, element, check.Body)
		}
		return
	}
	type answer struct {
		Allowed  bool
		Code     string
		Revision int64
	}
	var one, why answer
	var many struct {
		Items    []answer
		Revision int64
	}
	check.Decode(q.t, &one)
	explain.Decode(q.t, &why)
	batch.Decode(q.t, &many)
	many.Items[0].Revision = many.Revision
	if one != why || one != many.Items[0] {
		q.t.Errorf("%s %s: check %s, batch %s, explain %s", who, element, check.Body, batch.Body, explain.Body)
	}
	q.seen[one.Code]++
	// Without a tenant the check is asked in one place, and the holders of any. Who asks about himself needs no permission there.
	if holders != nil && held != one.Allowed && (place != "" || one.Allowed) && u != people(q.t, q.Stage)[who].ID {
		q.t.Errorf("%s %s: check %s, holder %t", who, element, check.Body, held)
	}
}

// look compares what a user holds with what he holds as of now, and keeps some of it for later.
func (q *inquest) look(who string, u uuid.UUID, place string) {
	path := "/native/v1/users/" + u.String() + "/permissions?as_of=" + q.Now().Format(time.RFC3339) + place
	now := q.ask(who, http.MethodGet, "/native/v1/users/"+u.String()+"/permissions?"+strings.TrimPrefix(place, "&"), "")
	then := q.ask(who, http.MethodGet, path, "")
	if now.Status != then.Status || now.Status == http.StatusOK && now.Body != then.Body {
		q.t.Errorf("%s %s: now %d %s\nas of now %d %s", who, path, now.Status, now.Body, then.Status, then.Body)
	}
	if who == "root" && now.Status == http.StatusOK {
		q.then = append(q.then, told{q.Now(), path, now.Body})
	}
}

// Check, batch, explain, holders, permissions and the past agree, whoever asks, and nobody is told of another's tenant.
func TestInquest(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(2) {
		q := newInquest(t, seed)
		for range 2 {
			for range 40 {
				q.change(q.pick("root", "root", "ann", "bea", "cross"))
			}
			for _, who := range []string{"root", "ann", "bea", "cross", "typer", "tech", "vic"} {
				q.interrogate(who)
			}
			q.Advance(time.Second)
		}
		for _, old := range q.then {
			if a := q.ask("root", http.MethodGet, old.path, ""); a.Body != old.body {
				t.Errorf("%s: %s\nit was %s", old.path, a.Body, old.body)
			}
		}
		for what, n := range q.seen {
			seen[what] += n
		}
	}
	for _, what := range []string{"root 2", "ann 2", "bea 2", "cross 2", "granted_by_role", "granted_by_override", "revoked_by_override", "inactive_user", "tenant_out_of_scope", "not_granted"} {
		if seen[what] == 0 {
			t.Errorf("no %s in %v", what, seen)
		}
	}
}
