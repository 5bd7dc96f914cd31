package perms_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// A subject is a value: what it may do needs no store. A revoke wins over the role, whatever was set first.
func Example() {
	catalog := perms.NewCatalog("assets.view", "assets.edit", "assets.delete")
	tenant := uuid.MustParse("0197a1b0-0000-7000-8000-000000000001")
	manager := perms.Rule{Key: "manager", Scope: perms.Anywhere, Patterns: []perms.Pattern{"assets.*"}}
	ann := perms.Subject{
		Status:    perms.Active,
		Tenants:   []perms.Tenancy{perms.TenantOf(tenant)},
		Roles:     []perms.Held{{Rule: manager, Assignment: perms.Assignment{Scope: perms.Anywhere}}},
		Overrides: []perms.Override{perms.Revoke("assets.delete").Because("stock-taking")},
	}
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	at := perms.PlaceOf(tenant, perms.ProductionTenant)

	_, effective := perms.Resolve(catalog, &ann, at, now)
	fmt.Println(effective)

	d := perms.Decide(catalog, &ann, perms.Question{Permission: "assets.delete", At: at}, now)
	fmt.Println(d.Allowed, d.Code)
	// Output:
	// assets.edit assets.view
	// false revoked_by_override
}

func ExampleExplain() {
	catalog := perms.NewCatalog("assets.view")
	day := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	auditor := perms.Rule{Key: "auditor", Name: "Auditor", Scope: perms.Anywhere, Patterns: []perms.Pattern{"assets.view"}}
	audit := perms.Assignment{Scope: perms.Anywhere, Window: perms.Window{ExpiresAt: day}}
	eve := perms.Subject{Status: perms.Active, Tenants: []perms.Tenancy{perms.EveryTenant}, Roles: []perms.Held{{Rule: auditor, Assignment: audit}}}
	q := perms.Question{Permission: "assets.view", At: perms.Platform}

	for _, now := range []time.Time{day.Add(-time.Microsecond), day} {
		why := perms.Explain(catalog, &eve, q, now)
		fmt.Println(why.Code, why.Sources[0].Name, why.Sources[0].Effect, why.Sources[0].InForce)
	}
	// Output:
	// granted_by_role Auditor grants true
	// expired Auditor grants false
}

func ExampleCatalog_Expand() {
	catalog := perms.NewCatalog("assets.view", "assets.edit", "reports.view")
	fmt.Println(catalog.Expand([]perms.Pattern{"assets.*", "overrides.*"}))
	// Output: assets.edit assets.view overrides.read overrides.write
}

func ExampleParsePattern() {
	for _, s := range []string{"assets.view", "assets.*", "*.*", "*.view", "*"} {
		_, err := perms.ParsePattern(s)
		fmt.Println(s, err == nil)
	}
	// Output:
	// assets.view true
	// assets.* true
	// *.* true
	// *.view false
	// * false
}

func ExampleInvalidError() {
	err := fmt.Errorf("create user: %w", perms.Invalid("name", perms.Required, "must not be empty"))
	var invalid *perms.InvalidError
	if errors.As(err, &invalid) {
		fmt.Println(invalid.Fields[0].Field, invalid.Fields[0].Code)
	}
	// Output: name required
}
