package native_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// A thousand questions are answered, each as if it were alone.
func TestAThousandChecks(t *testing.T) {
	w := newWorld(t)
	all, keys := people(t, w.Stage), w.Book.Catalog().Keys()
	names := []string{"vic", "mia", "both", "typed", "tech", "bea"}
	var asked []string
	for i := range 1000 {
		tenant := []uuid.UUID{w.acme, w.beta}[i%2]
		asked = append(asked, fmt.Sprintf(`{"user":%q,"permission":%q,"tenant":%q}`, all[names[i%len(names)]].ID, keys[i%len(keys)].Permission, tenant))
	}
	answer := w.As("root").Send(t, http.MethodPost, "/native/v1/check/batch", `{"checks":[`+strings.Join(asked, ",")+`]}`)
	if answer.Status != http.StatusOK {
		t.Fatalf("%d %s", answer.Status, answer.Body)
	}
	var got struct {
		Items []struct {
			Allowed    bool
			Code       perms.Code
			Permission perms.Permission
		}
		Revision perms.Revision
	}
	answer.Decode(t, &got)
	if len(got.Items) != len(asked) {
		t.Fatalf("%d answers", len(got.Items))
	}
	allowed := 0
	for i, item := range got.Items {
		d, err := w.Book.Perms.Check(t.Context(), all[names[i%len(names)]].ID, keys[i%len(keys)].Permission, perms.In([]uuid.UUID{w.acme, w.beta}[i%2]))
		must(t, err)
		if item.Allowed != d.Allowed || item.Code != d.Code || item.Permission != keys[i%len(keys)].Permission || got.Revision != d.Revision {
			t.Errorf("%s: %+v, want %+v", asked[i], item, d)
		}
		if d.Allowed {
			allowed++
		}
	}
	if allowed < 100 || allowed > 900 {
		t.Errorf("%d of %d are allowed: the questions show nothing", allowed, len(asked))
	}
}

// What explain, check, holders and the list of users by permission say of a user is the same, whoever of those who may asks.
func TestAnswersAgree(t *testing.T) {
	w := newWorld(t)
	all := people(t, w.Stage)
	for _, who := range []string{"root", "ann", "bea"} {
		for _, key := range []string{"assets.export", "assets.create", "reports.view", "locations.manage", "users.assign"} {
			for _, tenant := range []uuid.UUID{w.acme, w.beta} {
				holders := map[string]bool{}
				var page struct {
					Items []struct {
						User    struct{ ID string }
						Tenants []string
					}
				}
				w.As(who).Get(t, fmt.Sprintf("/native/v1/permissions/%s/holders?tenant=%s", key, tenant)).Decode(t, &page)
				for _, item := range page.Items {
					holders[item.User.ID] = true
				}
				listed := listed(t, w.Stage, who, query("permission", key, "tenant", tenant.String()))
				if len(listed) != len(holders) {
					t.Errorf("%s in %s as %s: %d hold it and %v are listed", key, tenant, who, len(holders), listed)
				}
				for name, u := range all {
					answer := w.As(who).Send(t, http.MethodPost, "/native/v1/check", fmt.Sprintf(`{"user":%q,"permission":%q,"tenant":%q}`, u.ID, key, tenant))
					var one, why struct {
						Allowed bool
						Code    string
					}
					if answer.Status == http.StatusOK {
						answer.Decode(t, &one)
					} else if answer.Status != http.StatusNotFound {
						t.Fatalf("%d %s", answer.Status, answer.Body)
					}
					if one.Allowed != holders[u.ID.String()] {
						t.Errorf("%s of %s in %s as %s: check says %t", key, name, tenant, who, one.Allowed)
					}
					explained := w.As(who).Get(t, fmt.Sprintf("/native/v1/users/%s/explain?permission=%s&tenant=%s", u.ID, key, tenant))
					if explained.Status != answer.Status {
						t.Fatalf("explain: %d %s", explained.Status, explained.Body)
					}
					if explained.Status == http.StatusOK {
						explained.Decode(t, &why)
					}
					if why != one {
						t.Errorf("%s of %s in %s as %s: check says %+v, explain %+v", key, name, tenant, who, one, why)
					}
				}
			}
		}
	}
}

// Nothing of another tenant stands in an explanation or beside a holder.
func TestExplanationsTellNothingOfAnotherTenant(t *testing.T) {
	w := newWorld(t)
	ctx, test := t.Context(), perms.System("test")
	both := people(t, w.Stage)["both"].ID
	must(t, w.Book.Users.SetOverride(ctx, test, both, perms.Revoke("assets.view").In(w.beta).Because("beta's secret")))
	must(t, w.Book.Users.SetOverride(ctx, test, both, perms.Grant("assets.view").During(perms.Window{ExpiresAt: w.Now().Add(time.Hour)})))
	unknown := uuid.New().String()
	for _, key := range []string{"assets.view", "assets.create", "locations.manage", "reports.view"} {
		for _, tenant := range []string{"", w.acme.String(), w.beta.String(), unknown, "any"} {
			target := fmt.Sprintf("/native/v1/users/%s/explain?permission=%s", both, key)
			if tenant != "" {
				target += "&tenant=" + tenant
			}
			answer := w.As("ann").Get(t, target)
			body := answer.Body
			if tenant == w.beta.String() {
				body = strings.ReplaceAll(body, tenant, unknown)
				if other := w.As("ann").Get(t, strings.ReplaceAll(target, tenant, unknown)); other.Body != body {
					t.Errorf("another tenant: %s\none that does not exist: %s", body, other.Body)
				}
			}
			for _, secret := range []string{w.beta.String(), "beta's secret", w.stock.Key, "Stock"} {
				if answer.Status != http.StatusOK || strings.Contains(body, secret) {
					t.Errorf("%s: %d %s", target, answer.Status, body)
				}
			}
		}
		if answer := w.As("ann").Get(t, "/native/v1/permissions/"+key+"/holders"); strings.Contains(answer.Body, w.beta.String()) {
			t.Errorf("holders: %s", answer.Body)
		}
	}
}

// Nor does anybody learn by asking about himself that a tenant is there, or of what type.
func TestAskingAboutOneselfTellsOfNoTenant(t *testing.T) {
	w := newWorld(t)
	lapsed, err := w.Book.Tenants.Create(t.Context(), perms.System("test"), users.NewTenant{Name: "Gamma", Slug: "gamma", Type: perms.RetiredTenant})
	must(t, err)
	unknown := uuid.New().String()
	target := "/native/v1/users/" + people(t, w.Stage)["vic"].ID.String() + "/explain?permission=assets.view&tenant="
	want := w.As("vic").Get(t, target+unknown)
	for _, tenant := range []uuid.UUID{w.beta, lapsed.ID} {
		answer := w.As("vic").Get(t, target+tenant.String())
		if body := strings.ReplaceAll(answer.Body, tenant.String(), unknown); answer.Status != want.Status || body != want.Body {
			t.Errorf("another tenant: %s\none that does not exist: %s", body, want.Body)
		}
	}
}

// What a fix says can be done as it says, and then the answer is allowed.
func TestFixesAsToldHelp(t *testing.T) {
	w := newWorld(t)
	vic := people(t, w.Stage)["vic"].ID
	explain := func(who, query string) (why struct {
		Allowed bool
		Fixes   []struct{ Action, Permission, Tenant, Role string }
	}) {
		t.Helper()
		answer := w.As(who).Get(t, "/native/v1/users/"+vic.String()+"/explain?"+query)
		if err := json.Unmarshal([]byte(answer.Body), &why); err != nil || answer.Status != http.StatusOK {
			t.Fatalf("%d %s", answer.Status, answer.Body)
		}
		return why
	}
	_, err := w.Book.Users.Update(t.Context(), perms.System("test"), users.ByID(vic), users.Update{Active: new(false)})
	must(t, err)
	done := map[string]int{}
	for _, key := range []string{"assets.view", "assets.edit", "portal.manage"} {
		for range 5 {
			why := explain("root", "permission="+key)
			if why.Allowed {
				must(t, w.Book.Users.SetOverride(t.Context(), perms.System("test"), vic, perms.Revoke(perms.Permission(key))))
				continue
			}
			if len(why.Fixes) == 0 {
				t.Fatalf("%s: no fix", key)
			}
			fix := why.Fixes[0]
			done[fix.Action]++
			path := "/native/v1/users/" + vic.String()
			override := path + "/overrides/" + fix.Permission
			var status int
			switch fix.Action {
			case "reactivate":
				status = w.As("root").Send(t, http.MethodPost, path+"/reactivate", "").Status
			case "clear_override":
				status = w.As("root").Send(t, http.MethodDelete, override+"?tenant="+fix.Tenant, "").Status
			case "grant_override":
				status = w.As("root").Send(t, http.MethodPut, override, fmt.Sprintf(`{"granted":true,"tenant":%q}`, fix.Tenant)).Status
			default:
				t.Fatalf("%+v", fix)
			}
			if now := explain("root", "permission="+key); status >= 300 || !now.Allowed {
				t.Errorf("%+v: %d, and then %+v", fix, status, now)
			}
		}
	}
	if done["reactivate"] == 0 || done["clear_override"] == 0 || done["grant_override"] == 0 {
		t.Errorf("done: %v", done)
	}
}
