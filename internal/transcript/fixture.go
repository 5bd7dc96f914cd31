package transcript

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// cast are the people of the fixture, after root. Each one's password is his short name and "-river-2041".
var cast = []struct{ name, body string }{
	{"tech", `{"name":"Tess Tech","email":"tech@example.com","password":"tech-river-2041","role_id":2,"tenant_id":null,"is_msp_staff":true}`},
	{"ann", `{"name":"Ann Admin","email":"ann@acme.io","password":"ann-river-2041","role_id":3,"tenant_id":2}`},
	{"mia", `{"name":"Mia Manager","email":"mia@acme.io","password":"mia-river-2041","role_id":4,"tenant_id":2}`},
	{"vic", `{"name":"Vic Viewer","email":"vic@acme.io","password":"vic-river-2041","role_id":5,"tenant_id":2}`},
	{"bea", `{"name":"Bea Admin","email":"bea@beta.io","password":"bea-river-2041","role_id":3,"tenant_id":3}`},
}

// fix makes the fixture (wire/README.md, section 2) by the documented routes.
func (s *Stage) fix(tb testing.TB) {
	tb.Helper()
	root, created, err := s.Book.Bootstrap(tb.Context(), users.New{
		Email: "root@example.com", Name: "root", Password: "root-river-2041", Roles: []string{"msp_admin"}, Tenants: []perms.Tenancy{perms.EveryTenant},
	})
	if err != nil || !created {
		tb.Fatalf("bootstrap: created %t, %v", created, err)
	}
	s.names.call(root.ID.String(), "root")
	s.SignIn(tb, "root", "root@example.com", "root-river-2041")
	s.As("root")
	for _, body := range []string{`{"name":"Acme","slug":"acme","type":"test"}`, `{"name":"Beta","slug":"beta","type":"production"}`} {
		s.Must(tb, http.StatusCreated, http.MethodPost, "/native/v1/tenants", body)
	}
	for _, person := range cast {
		s.Must(tb, http.StatusCreated, http.MethodPost, "/msp/api/users", person.body)
	}
	s.nameAll(tb)
	s.As("guest")
}

// SignIn signs a person in, who asks by the name from here on.
func (s *Stage) SignIn(tb testing.TB, name, email, plain string) {
	tb.Helper()
	s.As("guest")
	var in struct{ Token string }
	body := fmt.Sprintf(`{"email":%q,"password":%q}`, email, plain)
	s.Must(tb, http.StatusCreated, http.MethodPost, "/native/v1/sessions", body).Decode(tb, &in)
	s.Name(name, in.Token)
}

// nameAll signs everybody in and gives all ids of the fixture their names.
func (s *Stage) nameAll(tb testing.TB) {
	tb.Helper()
	everyone, err := s.Book.Users.List(tb.Context(), perms.System("fixture"), users.Filter{})
	must(tb, err)
	for i, person := range cast {
		u := everyone[i+1]
		s.names.call(u.ID.String(), person.name)
		s.SignIn(tb, person.name, u.Email, person.name+"-river-2041")
	}
	for number, name := range map[int64]string{1: "default", 2: "acme", 3: "beta"} {
		t, err := s.Store.TenantByNumber(tb.Context(), number)
		must(tb, err)
		s.names.call(t.ID.String(), name)
	}
}
