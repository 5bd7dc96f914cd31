package msp_test

import (
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/perms"
)

// cells is the table of wire/README.md, section 5.1: who of msp_admin, msp_technician, client_admin, client_manager and client_viewer holds a key.
const cells = `
users.list            A T C M V
users.read            A · C · ·
users.create          A · C · ·
users.update          A · C · ·
users.delete          A · C · ·
users.password-reset  A · C · ·
users.approve         A · C · ·
users.suspend         A · C · ·
users.assign          A · C · ·
overrides.read        A · C · ·
overrides.write       A · C · ·
roles.list            A · C · ·
roles.read            A · C · ·
roles.create          A · · · ·
roles.update          A · · · ·
roles.delete          A · · · ·
groups.read           A · C M ·
groups.write          A · C · ·
grants.read           A · C · ·
grants.write          A · C · ·
features.write        A · C · ·
features.ai           A · C · ·
invites.list          A · C · ·
invites.create        A · C · ·
invites.revoke        A · C · ·
tenants.list          A · · · ·
tenants.read          A · C · ·
tenants.create        A · · · ·
tenants.update        A · C · ·
audit.read            A · C · ·
access.explain        A · C · ·
assets.view           A T C M V
assets.create         A T C M ·
assets.edit           A T C M ·
assets.delete         A T C · ·
assets.checkout       A T C M ·
assets.checkin        A T C M ·
assets.import         A T C M ·
assets.export         A T C M V
categories.manage     A T C M ·
locations.manage      A T C M ·
employees.manage      A T C M ·
settings.manage       A · C · ·
billing.manage        A · C · ·
requests.manage       A · C · ·
reports.view          A · C · ·
portal.manage         A · C · ·
notifications.manage  A · C · ·
dashboards.view       A T C M ·
surveys.create        A T C M ·
workspaces.view       A T C M ·
`

func TestPreset(t *testing.T) {
	preset := msp.Preset()
	if len(preset.Keys) != 20 || len(preset.Roles) != 5 {
		t.Fatalf("%d host keys and %d roles, want 20 and 5", len(preset.Keys), len(preset.Roles))
	}
	catalog, err := perms.NewCatalog().With(preset.Keys...)
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(cells), "\n")
	if len(rows) != len(catalog.Keys()) {
		t.Errorf("the table has %d rows, the catalogue %d keys", len(rows), len(catalog.Keys()))
	}
	for i, want := range []struct {
		key, name string
		count     int
	}{
		{"msp_admin", "MSP Admin", 51}, {"msp_technician", "MSP Technician", 15}, {"client_admin", "Client Admin", 46},
		{"client_manager", "Client Manager", 15}, {"client_viewer", "Client Viewer", 3},
	} {
		role := preset.Roles[i]
		if role.Key != want.key || role.Name != want.name {
			t.Errorf("role %d is %s, %q, want %s, %q", i+1, role.Key, role.Name, want.key, want.name)
		}
		held := catalog.Expand(role.Patterns)
		if held.Len() != want.count {
			t.Errorf("%s gives %d keys, want %d", role.Key, held.Len(), want.count)
		}
		for _, row := range rows {
			cell := strings.Fields(row)
			if has := held.Has(perms.Permission(cell[0])); has != (cell[i+1] != "·") {
				t.Errorf("%s holds %s: %v", role.Key, cell[0], has)
			}
		}
	}
}

func TestPresetOnlyMarksOneFeature(t *testing.T) {
	catalog, err := perms.NewCatalog().With(msp.Preset().Keys...)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range catalog.Keys() {
		if key.Feature != (key.Permission == perms.FeaturesAI) || key.Description == "" {
			t.Errorf("%+v: features.ai alone is a feature, and each key is described", key)
		}
	}
}

func TestPresetIsTheCallersOwn(t *testing.T) {
	msp.Preset().Roles[4].Patterns[0] = "*.*"
	if got := msp.Preset().Roles[4].Patterns[0]; got != "users.list" {
		t.Errorf("a caller has changed the preset of all: %s", got)
	}
}
