package wire_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
)

// A handler reads the members in the order of its body table, lets the domain
// judge them, and answers. The words of the errors are the dialect's own.
func Example() {
	invite := func(w http.ResponseWriter, r *http.Request) error {
		form, err := wire.ReadObject(r)
		if err != nil {
			return err
		}
		email := form.String("email", wire.Required)
		role := form.Number("role_id", wire.Required)
		tenant := form.Number("tenant_id", wire.Nullable)
		hours := form.Int("expires_hours", wire.Optional, 1, 720).Or(72)
		if email.Set && !strings.Contains(email.Value, "@") {
			form.Fail("email", wire.CodeFormat, "must be an e-mail address")
		}
		if err := form.Err(); err != nil {
			return err
		}
		return wire.JSON(w, http.StatusCreated, map[string]any{
			"email": email.Value, "role_id": role.Value, "tenant_id": tenant.Ptr(), "hours": hours,
		})
	}

	for _, body := range []string{
		`{"email":"new@acme.io","role_id":3,"tenant_id":2,"note":"ignored"}`,
		`{"email":"new","role_id":"3","expires_hours":1000}`,
		`{"email":"new@acme.io","email":"evil@acme.io"}`,
	} {
		w := httptest.NewRecorder()
		err := invite(w, httptest.NewRequest("POST", "/api/invites", strings.NewReader(body)))
		var invalid *wire.Invalid
		switch {
		case errors.As(err, &invalid):
			for _, p := range invalid.Problems {
				fmt.Println(invalid.In, p.Field, p.Code, "-", p.Text)
			}
		case errors.Is(err, wire.ErrMalformed):
			fmt.Println(err)
		default:
			fmt.Println(w.Code, w.Body)
		}
	}
	// Output:
	// 201 {"email":"new@acme.io","hours":72,"role_id":3,"tenant_id":2}
	// body email format - must be an e-mail address
	// body role_id type - must be of type integer
	// body expires_hours range - must be between 1 and 720
	// wire: malformed body: duplicate member at byte 30
}

func ExampleParseQuery() {
	for _, raw := range []string{"limit=20&status=active", "limit=201", "limit=many", "limit=1&limit=2"} {
		query, err := wire.ParseQuery(raw)
		if err != nil {
			fmt.Println(err)
			continue
		}
		limit := query.Int("limit", 1, 200).Or(50)
		if err := query.Err(); err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(limit, query.Unknown("limit"))
	}
	// Output:
	// 20 [status]
	// wire: invalid query: limit must be between 1 and 200
	// wire: query parameter "limit": must be an integer
	// wire: query parameter "limit": given twice
}
