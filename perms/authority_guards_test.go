package perms_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Who has no tenants by their type, or has all of them anyway, needs no list of a type's tenants; trusted code needs none at all.
func TestAuthorizeReadsWhatItNeeds(t *testing.T) {
	typed := perms.TenantsOfType(perms.TestTenant)
	for name, row := range map[string]struct {
		subject perms.Subject
		reads   bool
	}{
		"a member":        {member(), false},
		"of a type":       {of(member(), perms.TenantOf(acme), typed), true},
		"staff":           {staff(), false},
		"staff of a type": {of(member(), perms.EveryTenant, typed), false},
	} {
		_, err := perms.Authorize(t.Context(), listless{newStore(row.subject)}, office, perms.As(ann), noon)
		if (err != nil) != row.reads || err != nil && !errors.Is(err, errStore) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := member()
	if places, err := authority(t, perms.System("test")).Places(t.Context(), brittle{newStore()}, &s); places != nil || err != nil {
		t.Errorf("trusted code is judged at %v, %v", places, err)
	}
	if _, err := as(t, s).Places(t.Context(), brittle{newStore()}, &s); !errors.Is(err, errStore) {
		t.Errorf("a store that fails: %v", err)
	}
	if _, err := perms.Authorize(t.Context(), brittle{newStore(s)}, office, perms.As(ann), noon); !errors.Is(err, errStore) {
		t.Errorf("a store that fails: %v", err)
	}
}

// Tenants are in ascending order wherever they are told.
func TestTenantsAreInOrder(t *testing.T) {
	want := []uuid.UUID{acme, beta}
	a := as(t, of(member(role("reader", "users.read")), perms.TenantOf(beta), perms.TenantOf(acme)))
	for range 20 {
		if reach, sight := a.Reach().Tenants, a.Sight("users.read").Tenants; !slices.Equal(reach, want) || !slices.Equal(sight, want) {
			t.Fatalf("reaches %v, sees %v", reach, sight)
		}
	}
}

// A sight of the tenant without an id shows nothing that belongs to no tenant.
func TestNoTenantIsNotATenant(t *testing.T) {
	for _, homes := range []bool{false, true} {
		sight := perms.Sight{Homes: homes, Tenants: []uuid.UUID{uuid.Nil}}
		if sight.Shows(perms.Anywhere) || sight.Shows(perms.Home) || sight.ShowsUser(nil) || sight.ShowsUser([]perms.Tenancy{perms.TenantsOfType(perms.TestTenant)}) {
			t.Errorf("%+v shows what belongs to no tenant", sight)
		}
	}
}

// A strange tenant may be given to somebody who will hold nothing there: whether the actor sees it is not the grant rule's question.
func TestATenantAloneHandsNothingOut(t *testing.T) {
	after := of(member(), perms.TenantOf(acme), perms.TenantOf(beta))
	if err, _ := judge(t, member(role("manager", "assets.*")), member(), after); err != nil {
		t.Error(err)
	}
}
