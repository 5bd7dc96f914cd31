package perms_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

func TestScopesRoundTrip(t *testing.T) {
	for _, s := range []perms.Scope{perms.Anywhere, perms.In(acme)} {
		back, err := perms.ParseScope(s.String())
		if err != nil || back != s || !s.Bindable() {
			t.Errorf("%s reads back as %v, %v", s, back, err)
		}
	}
	for _, s := range []perms.Scope{perms.Home, {}, perms.In(uuid.Nil)} {
		if _, err := perms.ParseScope(s.String()); err == nil || s.Bindable() {
			t.Errorf("%q can be bound", s)
		}
	}
	for _, text := range []string{"", "all", "ANY", "home", "type:test", "{" + acme.String() + "}", "urn:uuid:" + acme.String(), strings.ReplaceAll(acme.String(), "-", "")} {
		if s, err := perms.ParseScope(text); err == nil {
			t.Errorf("%q reads as %v", text, s)
		}
	}
	if s, err := perms.ParseScope(strings.ToUpper(acme.String())); err != nil || s != perms.In(acme) {
		t.Errorf("upper case: %v, %v", s, err)
	}
	if id, ok := perms.In(acme).Tenant(); !ok || id != acme {
		t.Error("a tenant's scope has lost its tenant")
	}
	if _, ok := perms.Anywhere.Tenant(); ok {
		t.Error("anywhere is in a tenant")
	}
	if perms.Platform.Scope() != perms.Anywhere || in(acme).Scope() != perms.In(acme) {
		t.Error("places and scopes differ")
	}
}

func TestTenanciesRoundTrip(t *testing.T) {
	list := []perms.Tenancy{perms.EveryTenant, perms.TenantOf(acme)}
	for _, typ := range perms.TenantTypes() {
		list = append(list, perms.TenantsOfType(typ))
		if !typ.Valid() {
			t.Errorf("%s is no type", typ)
		}
	}
	for _, tenancy := range list {
		back, err := perms.ParseTenancy(tenancy.String())
		if err != nil || back != tenancy || !tenancy.Valid() {
			t.Errorf("%s reads back as %v, %v", tenancy, back, err)
		}
	}
	for _, tenancy := range []perms.Tenancy{{}, perms.TenantOf(uuid.Nil), perms.TenantsOfType("closed")} {
		if _, err := perms.ParseTenancy(tenancy.String()); err == nil || tenancy.Valid() {
			t.Errorf("%q is a tenancy", tenancy)
		}
	}
	for _, text := range []string{"every", "type:", "test", "type:Test", "urn:uuid:" + acme.String(), strings.ReplaceAll(acme.String(), "-", "")} {
		if tenancy, err := perms.ParseTenancy(text); err == nil {
			t.Errorf("%q reads as %v", text, tenancy)
		}
	}
	if _, ok := perms.HomeOf(nil); ok {
		t.Error("nobody is at home somewhere")
	}
	if _, ok := perms.HomeOf([]perms.Tenancy{perms.EveryTenant, perms.TenantsOfType(perms.TestTenant)}); ok {
		t.Error("staff is at home somewhere")
	}
}

func TestStatusesRoundTrip(t *testing.T) {
	for status := perms.Active; status <= perms.Deleted; status++ {
		if back, ok := perms.ParseStatus(status.String()); !ok || back != status {
			t.Errorf("%s reads back as %v", status, back)
		}
	}
	for _, word := range []string{"", "Active", "purged"} {
		if status, ok := perms.ParseStatus(word); ok {
			t.Errorf("%q reads as %v", word, status)
		}
	}
	if perms.Status(0).String() != "" || perms.Status(99).String() != "" {
		t.Error("a value that is no status has a name")
	}
}

func TestWindowCheck(t *testing.T) {
	for _, c := range []struct {
		name  string
		w     perms.Window
		field string
	}{
		{"always", perms.Window{}, ""},
		{"from later on", window(1, 0), ""},
		{"until later", window(0, 1), ""},
		{"for later hours", window(1, 2), ""},
		{"over", window(0, -1), "roles[0].expires_at"},
		{"over now", perms.Window{ExpiresAt: noon}, "roles[0].expires_at"},
		{"empty", window(1, 1), "roles[0].starts_at"},
		{"backwards", window(2, 1), "roles[0].starts_at"},
	} {
		err := c.w.Check("roles[0].", noon)
		var invalid *perms.InvalidError
		if errors.As(err, &invalid) != (c.field != "") || invalid != nil && invalid.Fields[0].Field != c.field {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	berlin := time.FixedZone("", 3600)
	if !window(1, 2).Equal(perms.Window{StartsAt: hour(1).In(berlin), ExpiresAt: hour(2).In(berlin)}) || window(1, 2).Equal(window(1, 0)) {
		t.Error("windows are equal when their instants are")
	}
}

func TestBindingsCompare(t *testing.T) {
	a := role("editor", "assets.*").Assignment
	b := a
	if !a.Equal(b) {
		t.Error("an assignment differs from itself")
	}
	b.Scope = perms.In(acme)
	if a.Equal(b) {
		t.Error("an assignment in one tenant equals one anywhere")
	}
	o := perms.Grant("assets.view").In(acme).During(window(1, 2)).Because("stock-taking")
	p := o
	p.SetBy, p.SetAt = ann, noon
	if !o.SameRule(p) {
		t.Error("who set an override is part of its rule")
	}
	for _, other := range []perms.Override{perms.Grant("assets.edit").In(acme).During(window(1, 2)).Because("stock-taking"),
		perms.Revoke("assets.view").In(acme).During(window(1, 2)).Because("stock-taking"), o.In(beta), o.During(window(1, 3)), o.Because("")} {
		if o.SameRule(other) {
			t.Errorf("%+v rules as %+v", other, o)
		}
	}
}

func TestObjectGrammar(t *testing.T) {
	for _, o := range []perms.Object{{Type: "dashboards", ID: 1}, {Type: "a", ID: 1 << 60}, {Type: strings.Repeat("a", 64), ID: 1}} {
		if !o.Valid() {
			t.Errorf("%+v is refused", o)
		}
	}
	for _, o := range []perms.Object{{}, {Type: "dashboards"}, {Type: "dashboards", ID: -1}, {ID: 1}, {Type: "a.b", ID: 1}, {Type: "A", ID: 1},
		{Type: strings.Repeat("a", 65), ID: 1}} {
		if o.Valid() {
			t.Errorf("%+v is accepted", o)
		}
	}
}

func TestCheckText(t *testing.T) {
	for _, c := range []struct {
		text        string
		least, most int
		want        perms.FieldCode
	}{
		{"Ann", 1, 3, ""}, {"", 0, 3, ""}, {"äöü", 3, 3, ""}, {"👍👍", 1, 2, ""}, {"a\u00a0b", 1, 3, ""},
		{"", 1, 3, perms.Required}, {"a", 2, 3, perms.TooShort}, {"äöüß", 1, 3, perms.TooLong},
		{"a\x00", 1, 3, perms.Format}, {"a\n", 1, 3, perms.Format}, {"a\u0085", 1, 3, perms.Format}, {"a\u2028", 1, 3, perms.Format},
		{"\u2029", 1, 3, perms.Format}, {"\u202a", 1, 3, perms.Format}, {"\u202e", 1, 3, perms.Format}, {"\u2066", 1, 3, perms.Format},
		{"\u2069", 1, 3, perms.Format}, {"a\xff", 1, 3, perms.Format}, {"\xed\xa0\x80", 1, 3, perms.Format}, {"\u202f", 1, 3, ""}, {"\u206a", 1, 3, ""},
	} {
		err := perms.CheckText("name", c.text, c.least, c.most)
		var invalid *perms.InvalidError
		if errors.As(err, &invalid) != (c.want != "") || invalid != nil && (invalid.Fields[0].Code != c.want || invalid.Fields[0].Field != "name") {
			t.Errorf("%q of %d to %d: %v, want %q", c.text, c.least, c.most, err, c.want)
		}
	}
	if perms.FoldName("ÄSSETS Team") != perms.FoldName("ässets team") {
		t.Error("names are compared with their case")
	}
}

func TestActors(t *testing.T) {
	long := strings.Repeat("x", perms.MaxReason+1)
	for name, actor := range map[string]perms.Actor{
		"a long reason": perms.As(ann).Because(long), "a bad reason": perms.As(ann).Because("a\nb"),
		"a bad label": perms.System("a\x00"), "a bad request": perms.Guest().During("a\r\nb"),
	} {
		if err := actor.Check(); !errors.Is(err, perms.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	a := perms.As(ann).In(acme).Because("why").During("4f1c").From("192.0.2.1")
	tenant, narrowed := a.Narrowed()
	if a.Check() != nil || a.Kind() != perms.UserActor || a.User() != ann || tenant != acme || !narrowed || a.Reason() != "why" || a.Request() != "4f1c" || a.Address() != "192.0.2.1" {
		t.Errorf("actor is %+v", a)
	}
	if got, want := perms.System("setup").Ref(), (perms.ActorRef{Kind: perms.SystemActor, Label: "setup"}); got != want || perms.System("").Check() != nil {
		t.Errorf("the journal records %+v", got)
	}
	if got := perms.Guest().Ref(); got != (perms.ActorRef{Kind: perms.GuestActor}) || perms.Guest().Check() != nil {
		t.Errorf("the journal records %+v", got)
	}
}

func TestErrorsTellWhatIsWrong(t *testing.T) {
	var bad perms.InvalidError
	if bad.Or() != nil {
		t.Error("nothing wrong is an error")
	}
	bad.Add("name", perms.Required, "must not be empty")
	bad.Add("tenant", perms.Unknown, "names no tenant")
	if err := bad.Or(); !errors.Is(err, perms.ErrInvalid) || err.Error() != "perms: invalid input: name must not be empty; tenant names no tenant" {
		t.Errorf("%v", err)
	}
	if err := perms.Forbid("users.read"); !errors.Is(err, perms.ErrForbidden) || !strings.HasSuffix(err.Error(), ": users.read") {
		t.Errorf("%v", err)
	}
	if err := perms.Beyond(""); !errors.Is(err, perms.ErrEscalation) || errors.Is(err, perms.ErrForbidden) || err.Error() != perms.ErrEscalation.Error() {
		t.Errorf("%v", err)
	}
}

func TestNowIsWhatStoresKeep(t *testing.T) {
	env := perms.Env{Clock: func() time.Time { return time.Date(2026, 5, 1, 14, 0, 0, 1999, time.FixedZone("", 7200)) }}
	if got, want := env.Now(), time.Date(2026, 5, 1, 12, 0, 0, 1000, time.UTC); got != want {
		t.Errorf("now is %v, want %v", got, want)
	}
	if now := (perms.Env{}).Now(); now.Location() != time.UTC || now.Nanosecond()%1000 != 0 || time.Since(now) > time.Minute {
		t.Errorf("without a clock now is %v", now)
	}
}

func TestTheClockNeverRunsBackwards(t *testing.T) {
	st := newStore(member(during(role("editor", "assets.edit"), window(0, 1))))
	env := perms.Env{Catalog: func() *perms.Catalog { return office }, Clock: func() time.Time { return noon }}
	st.head = perms.Head{Revision: 7, At: hour(2)}
	a, err := env.Authorize(t.Context(), st, perms.As(ann))
	if err != nil {
		t.Fatal(err)
	}
	if !a.Now.Equal(hour(2)) || a.Holds(in(acme), "assets.edit") {
		t.Errorf("judged at %v: before the newest entry", a.Now)
	}
	st.head.At = hour(-2)
	if a, err = env.Authorize(t.Context(), st, perms.As(ann)); err != nil || !a.Now.Equal(noon) {
		t.Errorf("judged at %v, %v", a.Now, err)
	}
	st.fails = errStore
	if _, err := env.Authorize(t.Context(), st, perms.As(ann)); !errors.Is(err, errStore) {
		t.Errorf("a store that fails: %v", err)
	}
}

func TestCritical(t *testing.T) {
	perms.Critical()[0] = "changed.key"
	if !slices.Equal(perms.Critical(), []perms.Permission{"users.assign", "roles.update", "overrides.write"}) {
		t.Errorf("critical are %v", perms.Critical())
	}
}
