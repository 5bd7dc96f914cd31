package users_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// zoe is in acme and in beta, and holds a role of beta's own. What changes of her in acme is told to acme, and nothing of beta with it.
func TestJournalOfOneTenantTellsNothingOfAnother(t *testing.T) {
	w := newWorld(t)
	own, err := w.Roles.Create(w.ctx, system, roles.New{Name: "Beta's own", Permissions: []string{"assets.view"}, Scope: perms.In(w.beta)})
	w.must(err)
	auditor, err := w.Roles.Create(w.ctx, system, roles.New{Name: "Auditor", Permissions: []string{"audit.read"}, Scope: perms.In(w.acme)})
	w.must(err)
	_, err = w.Users.SetRoles(w.ctx, system, w.id("vic"), []perms.Assignment{{Role: auditor.ID, Scope: perms.Anywhere}})
	w.must(err)
	_, err = w.Users.SetRoles(w.ctx, system, w.id("zoe"), []perms.Assignment{{Role: own.ID, Scope: perms.Anywhere}, {Role: w.role("viewer"), Scope: perms.In(w.beta)}})
	w.must(err)
	_, err = w.Users.SetObjects(w.ctx, system, users.ByID(w.id("zoe")), w.beta, "assets", []int64{4711})
	w.must(err)

	before := w.head()
	_, err = w.Users.SetRoles(w.ctx, w.as("ann"), w.id("zoe"), []perms.Assignment{{Role: w.role("viewer"), Scope: perms.In(w.acme)}})
	w.must(err)
	_, err = w.Users.SetObjects(w.ctx, w.as("ann"), users.ByID(w.id("zoe")), w.acme, "assets", []int64{12})
	w.must(err)
	entries, _, err := w.Journal.Entries(w.ctx, w.as("vic"), before, perms.MaxEntries)
	w.must(err)
	if len(entries) != 2 || !strings.Contains(fmt.Sprint(entries[0].After), w.acme.String()) || !strings.Contains(fmt.Sprint(entries[1].After), "12") {
		t.Errorf("acme is not told of its own changes: %v", entries)
	}
	for _, secret := range []string{w.beta.String(), own.Key, "4711"} {
		if told := fmt.Sprint(entries); strings.Contains(told, secret) {
			t.Errorf("acme is told of %s: %s", secret, told)
		}
	}
}
