package perms_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

func TestCheckInvariantsRefuses(t *testing.T) {
	good := perms.Invariant{Name: "payers", AtLeast: 1, Permissions: []perms.Permission{"assets.edit"}, Scope: perms.Anywhere}
	but := func(change func(*perms.Invariant)) []perms.Invariant {
		bad := good
		change(&bad)
		return []perms.Invariant{bad}
	}
	for name, row := range map[string]struct {
		list  []perms.Invariant
		field string
	}{
		"nothing":          {nil, ""},
		"a good one":       {[]perms.Invariant{good}, ""},
		"the same twice":   {[]perms.Invariant{good, good}, "invariants[1].name"},
		"no name":          {but(func(v *perms.Invariant) { v.Name = "" }), "invariants[0].name"},
		"of nobody":        {but(func(v *perms.Invariant) { v.AtLeast = 0 }), "invariants[0].at_least"},
		"no permissions":   {but(func(v *perms.Invariant) { v.Permissions = nil }), "invariants[0].permissions"},
		"no permission":    {but(func(v *perms.Invariant) { v.Permissions = []perms.Permission{"assets.edit", "Assets"} }), "invariants[0].permissions"},
		"at home":          {but(func(v *perms.Invariant) { v.Scope = perms.Home }), "invariants[0].scope"},
		"in no tenant":     {but(func(v *perms.Invariant) { v.Scope = perms.In(uuid.Nil) }), "invariants[0].scope"},
		"the zero scope":   {but(func(v *perms.Invariant) { v.Scope = perms.Scope{} }), "invariants[0].scope"},
		"in one tenant":    {but(func(v *perms.Invariant) { v.Scope = perms.In(acme) }), ""},
		"of more than one": {but(func(v *perms.Invariant) { v.AtLeast = 2 }), ""},
	} {
		err := perms.CheckInvariants(row.list)
		var invalid *perms.InvalidError
		if errors.As(err, &invalid) != (row.field != "") || invalid != nil && (len(invalid.Fields) != 1 || invalid.Fields[0].Field != row.field) {
			t.Errorf("%s: %v, want %q", name, err, row.field)
		}
	}
}

func TestWhichInvariantsAreTouched(t *testing.T) {
	v := perms.Invariant{Permissions: []perms.Permission{"assets.edit", "assets.view"}, Scope: perms.In(acme)}
	for _, row := range []struct {
		lost  perms.Set
		scope perms.Scope
		want  bool
	}{
		{perms.NewSet("assets.view"), perms.Anywhere, true}, {perms.NewSet("assets.view"), perms.In(acme), true}, {perms.NewSet("assets.view"), perms.In(beta), false},
		{perms.NewSet("assets.delete"), perms.Anywhere, false}, {perms.NewSet("assets.delete"), perms.In(acme), false}, {perms.Set{}, perms.Anywhere, false},
	} {
		if got := v.Touches(row.lost, row.scope); got != row.want {
			t.Errorf("%v in %v: %t", row.lost, row.scope, got)
		}
	}
	v.Scope = perms.Anywhere
	if v.Touches(perms.NewSet("assets.view"), perms.In(acme)) {
		t.Error("what counts in one tenant is held platform-wide")
	}
}

// keeper is trusted code that keeps an invariant of acme over a store in which nobody satisfies it, and which fails once it is asked.
func keeper(t *testing.T) (*perms.Authority, *fakeStore) {
	t.Helper()
	st := newStore()
	env := perms.Env{Catalog: func() *perms.Catalog { return office }, Clock: func() time.Time { return noon },
		Invariants: []perms.Invariant{{Name: "editors", AtLeast: 1, Permissions: []perms.Permission{"assets.edit"}, Scope: perms.In(acme)}}}
	a, err := env.Authorize(t.Context(), st, perms.System("test"))
	if err != nil {
		t.Fatal(err)
	}
	return a, st
}

// brittle is a store that can tell of no tenant and nobody.
type brittle struct{ *fakeStore }

func (brittle) TenantTypes(context.Context, []uuid.UUID) (map[uuid.UUID]perms.TenantType, error) {
	return nil, errStore
}

func (brittle) TenantsOfType(context.Context, perms.TenantType) ([]uuid.UUID, error) {
	return nil, errStore
}

// A change that takes nothing away is let pass unread.
func TestKeepReadsWhatItNeeds(t *testing.T) {
	a, st := keeper(t)
	editor, viewer := member(role("editor", "assets.*")), member(role("viewer", "assets.view"))
	for name, row := range map[string]struct {
		before, after perms.Subject
		reads         bool
	}{
		"the same":         {editor, editor, false},
		"was not active":   {became(editor, perms.Pending), became(editor, perms.Deleted), false},
		"another status":   {editor, became(editor, perms.Suspended), true},
		"another role":     {editor, viewer, true},
		"another tenant":   {editor, of(editor, perms.TenantOf(beta)), true},
		"another override": {editor, with(editor, perms.Revoke("assets.edit")), true},
	} {
		if err := a.Keep(t.Context(), brittle{st}, &row.before, &row.after); (err != nil) != row.reads || err != nil && !errors.Is(err, errStore) {
			t.Errorf("%s: %v", name, err)
		}
	}
	st.fails = errStore // in looking for the others
	if err := a.Keep(t.Context(), st, &viewer, &editor); err != nil {
		t.Errorf("more than before: %v", err)
	}
}

// Of invariants that a change of many does not touch nothing is read; the change's own error ends it.
func TestKeepAllReadsWhatItNeeds(t *testing.T) {
	a, st := keeper(t)
	done := 0
	change := func() error { done++; return nil }
	none, all := func(perms.Invariant) bool { return false }, func(perms.Invariant) bool { return true }
	if err := a.KeepAll(t.Context(), brittle{st}, none, change); err != nil || done != 1 {
		t.Errorf("untouched: %v, done %d times", err, done)
	}
	if err := a.KeepAll(t.Context(), brittle{st}, all, change); !errors.Is(err, errStore) || done != 1 {
		t.Errorf("touched: %v, done %d times", err, done)
	}
	refused := errors.New("refused")
	if err := a.KeepAll(t.Context(), st, none, func() error { return refused }); !errors.Is(err, refused) {
		t.Errorf("a change that fails: %v", err)
	}
}

// paged is a store that counts the pages of staff which it is asked for.
type paged struct {
	*fakeStore
	pages int
}

func (p *paged) StaffSubjects(ctx context.Context, after int64, limit int) ([]perms.Subject, int64, error) {
	p.pages++
	return p.fakeStore.StaffSubjects(ctx, after, limit)
}

// Looking for an administrator ends at the first one, and does not end before.
func TestAnyAdministratorPages(t *testing.T) {
	for _, row := range []struct {
		number byte // of the administrator among 250 of staff; 0 for none
		pages  int
	}{{1, 1}, {100, 1}, {101, 2}, {250, 3}, {0, 3}} {
		st := &paged{fakeStore: newStore()}
		for n := byte(1); n <= 250; n++ {
			s := staff(role("viewer", "assets.view"))
			if n == row.number {
				s = staff(role("root", "*.*"))
			}
			s.User[15] = n
			st.subjects[s.User] = s
		}
		any, err := perms.AnyAdministrator(t.Context(), st, office, noon)
		if err != nil || any != (row.number > 0) || st.pages != row.pages {
			t.Errorf("administrator %d: %t after %d pages, %v; want %d", row.number, any, st.pages, err, row.pages)
		}
	}
	st := newStore()
	st.fails = errStore
	if any, err := perms.AnyAdministrator(t.Context(), st, office, noon); any || !errors.Is(err, errStore) {
		t.Errorf("a store that fails: %t, %v", any, err)
	}
}

// listless is a store that cannot tell which tenants are of a type.
type listless struct{ *fakeStore }

func (listless) TenantsOfType(context.Context, perms.TenantType) ([]uuid.UUID, error) {
	return nil, errStore
}

// Nobody holds what is not in the catalogue, so nobody loses it.
func TestKeepOfWhatIsUnknown(t *testing.T) {
	st := newStore()
	env := perms.Env{Catalog: func() *perms.Catalog { return office }, Clock: func() time.Time { return noon },
		Invariants: []perms.Invariant{{Name: "forgers", AtLeast: 1, Permissions: []perms.Permission{"assets.forge"}, Scope: perms.In(acme)}}}
	a, err := env.Authorize(t.Context(), st, perms.System("test"))
	if err != nil {
		t.Fatal(err)
	}
	editor, nobody := member(role("editor", "assets.*")), member()
	if err := a.Keep(t.Context(), st, &editor, &nobody); err != nil {
		t.Errorf("got %v", err)
	}
}
