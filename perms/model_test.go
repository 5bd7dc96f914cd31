package perms_test

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// spot is a place as the model knows it.
type spot struct {
	platform bool
	tenant   uuid.UUID
	typ      perms.TenantType
}

func (s spot) place() perms.Place {
	if s.platform {
		return perms.Platform
	}
	return perms.PlaceOf(s.tenant, s.typ)
}

// model is the naive reading of wire/README.md, section 4.2, and of the codes of wire/native.md, route 22. It shares no line with the package.
func model(catalogue []string, s perms.Subject, key string, at spot, object perms.Object, now time.Time) perms.Code {
	inForce := func(w perms.Window) bool {
		return (w.StartsAt.IsZero() || now.Equal(w.StartsAt) || now.After(w.StartsAt)) && (w.ExpiresAt.IsZero() || now.Before(w.ExpiresAt))
	}
	over := func(w perms.Window) bool { return !w.ExpiresAt.IsZero() && !now.Before(w.ExpiresAt) }
	there := func(scope perms.Scope) bool {
		return scope.String() == "any" || !at.platform && scope.String() == at.tenant.String()
	}
	gives := func(patterns []perms.Pattern) bool {
		return slices.ContainsFunc(patterns, func(t perms.Pattern) bool {
			object, star := strings.CutSuffix(string(t), ".*")
			return string(t) == key || t == "*.*" || star && strings.HasPrefix(key, object+".")
		})
	}
	inScope := slices.ContainsFunc(s.Tenants, func(t perms.Tenancy) bool {
		lapsed := at.typ == "retired" || at.typ == "deleted"
		known := at.platform || at.typ != ""
		return known && t.String() == "any" || !at.platform && known && (t.String() == "type:"+string(at.typ) || t.String() == at.tenant.String() && !lapsed)
	})
	var revoked, granted, byRole, shared, past bool
	for _, o := range s.Overrides {
		if string(o.Permission) == key && there(o.Scope) {
			revoked = revoked || !o.Granted && inForce(o.Window)
			granted = granted || o.Granted && inForce(o.Window)
			past = past || o.Granted && over(o.Window)
		}
	}
	for _, h := range s.Roles {
		if gives(h.Rule.Patterns) && there(h.Rule.Scope) && there(h.Assignment.Scope) {
			byRole = byRole || inForce(h.Window)
			past = past || over(h.Window)
		}
	}
	asked := object.ID > 0 && key == object.Type+".view"
	for _, g := range s.Objects {
		shared = shared || asked && g.Object == object && !at.platform && g.Tenant == at.tenant
	}
	for _, step := range []struct {
		applies bool
		code    perms.Code
	}{
		{!slices.Contains(catalogue, key), "unknown_permission"}, {s.Status.String() != "active", "inactive_user"}, {!inScope, "tenant_out_of_scope"},
		{revoked, "revoked_by_override"}, {granted && !byRole, "granted_by_override"}, {byRole, "granted_by_role"},
		{shared, "granted_by_grant"}, {asked, "no_grant"}, {past, "expired"},
	} {
		if step.applies {
			return step.code
		}
	}
	return "not_granted"
}
