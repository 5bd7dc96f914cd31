package native_test

import (
	"net/http"
	"testing"
)

// A dry run lists for the caller what he could ask for by access.explain, or about himself. Of what it leaves out it tells that there is some, and how many.
func TestDryRunTellsWhatMayBeAsked(t *testing.T) {
	w := newWorld(t)
	acme := w.acme.String()
	made := func(path, body string) (id, key string) {
		var thing struct{ ID, Role string }
		w.As("root").Must(t, http.StatusCreated, http.MethodPost, path, body).Decode(t, &thing)
		return thing.ID, thing.Role
	}
	_, editor := made("/native/v1/roles", `{"name":"Editor","permissions":["roles.*","assets.view","assets.edit"]}`)
	_, explainer := made("/native/v1/roles", `{"name":"Explainer","permissions":["access.explain"]}`)
	_, clerk := made("/native/v1/roles", `{"name":"Clerk","permissions":["assets.view"],"tenant":"`+acme+`"}`)
	person := func(name, roles string) string {
		id, _ := made("/native/v1/users", `{"email":"`+name+`@acme.io","name":"`+name+`","password":"`+name+`-river-2041","tenants":["`+acme+`"],"roles":[`+roles+`]}`)
		return id
	}
	has := func(role string) string { return `{"role":"` + role + `"}` }
	ed, cleo := person("edward", has(editor)), person("cleo", has(clerk))
	w.SignIn(t, "edward", "edward@acme.io", "edward-river-2041")
	edit := func() (answer struct {
		Gains, Loses []struct{ User string }
		Truncated    bool
		Counts       struct{ Gains, Loses int }
	}) {
		w.As("edward").Must(t, http.StatusOK, http.MethodPatch, "/native/v1/roles/"+clerk+"?dry_run=true",
			`{"add":["assets.edit"],"remove":["assets.view"]}`).Decode(t, &answer)
		return answer
	}
	if got := edit(); len(got.Gains)+len(got.Loses) != 0 || !got.Truncated || got.Counts.Gains != 1 || got.Counts.Loses != 1 {
		t.Errorf("without access.explain: %+v", got)
	}
	w.As("root").Must(t, http.StatusOK, http.MethodPut, "/native/v1/users/"+ed+"/roles", `[`+has(editor)+`,`+has(explainer)+`]`)
	if got := edit(); len(got.Gains) != 1 || got.Gains[0].User != cleo || len(got.Loses) != 1 || got.Loses[0].User != cleo || got.Truncated {
		t.Errorf("with access.explain: %+v", got)
	}
}
