package perms_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

func newAuthorizer(st perms.Store) *perms.Authorizer {
	view := func(_ context.Context, fn func(perms.Store) error) error { return fn(st) }
	return perms.NewAuthorizer(st, view, perms.Env{Catalog: func() *perms.Catalog { return office }, Clock: func() time.Time { return noon }})
}

func TestCheckAsksInAScope(t *testing.T) {
	seven := perms.Object{Type: "dashboards", ID: 7}
	editor := of(member(role("editor", "assets.edit")), perms.TenantOf(acme), perms.TenantOf(old))
	editor.Objects = []perms.ObjectGrant{{Tenant: acme, Object: seven}}
	root := staff(role("root", "*.*"))
	root.User = bob
	a := newAuthorizer(newStore(editor, root))
	for _, c := range []struct {
		user   uuid.UUID
		key    perms.Permission
		scope  perms.Scope
		object perms.Object
		want   perms.Code
	}{
		{ann, "assets.edit", perms.Home, perms.Object{}, perms.GrantedByRole},
		{ann, "assets.edit", perms.In(acme), perms.Object{}, perms.GrantedByRole},
		{ann, "assets.edit", perms.In(old), perms.Object{}, perms.TenantOutOfScope},
		{ann, "assets.edit", perms.In(beta), perms.Object{}, perms.TenantOutOfScope},
		{ann, "assets.edit", perms.In(none), perms.Object{}, perms.TenantOutOfScope},
		{ann, "assets.edit", perms.In(uuid.Nil), perms.Object{}, perms.TenantOutOfScope},
		{ann, "assets.edit", perms.Anywhere, perms.Object{}, perms.TenantOutOfScope},
		{ann, "assets.view", perms.Home, perms.Object{}, perms.NotGranted},
		{ann, "dashboards.view", perms.Home, seven, perms.GrantedByGrant},
		{ann, "", perms.Home, perms.Object{}, perms.UnknownPermission},
		{bob, "assets.edit", perms.Home, perms.Object{}, perms.GrantedByRole},
		{bob, "assets.edit", perms.Anywhere, perms.Object{}, perms.GrantedByRole},
		{bob, "assets.edit", perms.In(none), perms.Object{}, perms.TenantOutOfScope},
		{none, "assets.edit", perms.Home, perms.Object{}, perms.InactiveUser},
		{uuid.Nil, "assets.edit", perms.Home, perms.Object{}, perms.InactiveUser},
		{none, "assets.none", perms.Home, perms.Object{}, perms.UnknownPermission},
	} {
		d, err := a.CheckObject(t.Context(), c.user, c.key, c.scope, c.object)
		if err != nil || d.Code != c.want || d.Allowed != c.want.Allows() {
			t.Errorf("%s of %s in %s: %+v, %v, want %s", c.key, c.user, c.scope, d, err, c.want)
		}
		if c.object.Valid() {
			continue
		}
		if got := a.Can(t.Context(), c.user, c.key, c.scope); got != c.want.Allows() {
			t.Errorf("%s of %s in %s: can is %v", c.key, c.user, c.scope, got)
		}
	}
}

func TestAFailureIsNoAnswer(t *testing.T) {
	st := newStore(staff(role("root", "*.*")))
	a := newAuthorizer(st)
	if d, err := a.Check(t.Context(), ann, "assets.edit", perms.Scope{}); d.Allowed || !errors.Is(err, perms.ErrInvalid) {
		t.Errorf("no scope: %+v, %v", d, err)
	}
	if _, err := a.Effective(t.Context(), bob, perms.Home); !errors.Is(err, perms.ErrNoSubject) {
		t.Errorf("nobody's set: %v", err)
	}
	if _, err := a.Explain(t.Context(), bob, "assets.edit", perms.Home, perms.Object{}); !errors.Is(err, perms.ErrNoSubject) {
		t.Errorf("nobody explained: %v", err)
	}
	st.fails = errStore
	if d, err := a.Check(t.Context(), ann, "assets.edit", perms.Home); d != (perms.Decision{}) || !errors.Is(err, errStore) {
		t.Errorf("a store that fails: %+v, %v", d, err)
	}
	if a.Can(t.Context(), ann, "assets.edit", perms.Home) {
		t.Error("allowed, because the store has failed")
	}
	if s, err := a.Effective(t.Context(), ann, perms.Home); s.Len() > 0 || !errors.Is(err, errStore) {
		t.Errorf("a store that fails: %v, %v", s, err)
	}
}

func TestEffectiveAndExplainSayWhatCheckSays(t *testing.T) {
	s := with(member(role("editor", "assets.*")), perms.Revoke("assets.delete"))
	s.Revision = 12
	a := newAuthorizer(newStore(s))
	set, err := a.Effective(t.Context(), ann, perms.Home)
	if err != nil || set.String() != "assets.edit assets.view" {
		t.Errorf("effective is %v, %v", set, err)
	}
	for _, k := range office.Keys() {
		d, err := a.Check(t.Context(), ann, k.Permission, perms.Home)
		if err != nil || d.Allowed != set.Has(k.Permission) || d.Revision != 12 {
			t.Errorf("%s: %+v, %v", k.Permission, d, err)
		}
		if why, err := a.Explain(t.Context(), ann, k.Permission, perms.Home, perms.Object{}); err != nil || why.Decision != d {
			t.Errorf("%s: %+v, %v", k.Permission, why, err)
		}
	}
}
