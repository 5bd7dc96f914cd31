package structure

import (
	"os"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/company"
	"github.com/seed-06a6a295/rolebook/httpapi/locator"
	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/httpapi/teams"
)

const goldenRoutes = "testdata/routes.txt"

// Every route of every API is pinned with who passes its gate, so that a route that opens to others is seen in review.
func TestRoutes(t *testing.T) {
	var lines strings.Builder
	for _, routes := range [][]httpapi.RouteInfo{msp.Routes(), company.Routes(), locator.Routes(), teams.Routes(), native.Routes()} {
		for _, r := range routes {
			lines.WriteString(r.String() + "\n")
		}
	}
	if *update {
		write(t, goldenRoutes, lines.String())
		return
	}
	want, err := os.ReadFile(goldenRoutes)
	if err != nil {
		t.Fatal(err)
	}
	if changes := diff(string(want), lines.String()); changes != "" {
		t.Errorf("the routes have changed; if it was meant: go test ./internal/structure -update\n%s", changes)
	}
}
