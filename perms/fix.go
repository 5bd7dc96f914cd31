package perms

import (
	"slices"
	"time"
)

// FixAction says what sort of change a [Fix] is.
type FixAction string

// The actions, as wire/native.md, route 22, has them.
const (
	ShareObject   FixAction = "share_object"
	ClearOverride FixAction = "clear_override"
	Extend        FixAction = "extend" // takes the end from what has expired
	GrantOverride FixAction = "grant_override"
	AssignRole    FixAction = "assign_role"
	Reactivate    FixAction = "reactivate"
	Approve       FixAction = "approve"
	AddTenant     FixAction = "add_tenant"
)

// Fix is one change of a user that makes a denied question allowed, or brings it nearer to that ([Remedy]).
type Fix struct {
	Action     FixAction
	Permission Permission // the one asked for
	Scope      Scope      // where what changes counts: the override, the assignment, the grant; the zero Scope where the account as a whole changes
	Role       Rule       // what is assigned, or extended; zero where that is an override
	Tenancy    Tenancy    // what is added to the list of tenants
	Object     Object     // what is shared
	Window     Window     // what is extended: the window that is over
	Takes      Takes      // who may make it
}

// Takes is what whoever makes a fix must hold, not being the user himself. The target rule (wire/README.md, section 4.4) comes on top, except for sharing:
// he holds whatever the user could come to hold. [Authority.MayFix] asks everything.
type Takes struct {
	AnyOf []Permission // the operation's: one of these suffices
	Also  []Permission // all of these besides, where the user is
	All   Set          // what the fix hands out, without an end; features left out
	Scope Scope        // there: where the question was asked
}

// leadingTo returns the least tenancy that covers a place.
func leadingTo(at Place) Tenancy {
	switch {
	case at.platform:
		return EveryTenant
	case at.typ.Lapsed():
		return TenantsOfType(at.typ)
	}
	return TenantOf(at.tenant)
}

func extending(s *Subject, q Question, now time.Time) []Fix {
	var out []Fix
	for _, o := range s.Overrides {
		if o.Permission == q.Permission && o.Expired(now) {
			out = append(out, Fix{Action: Extend, Scope: o.Scope, Window: o.Window})
		}
	}
	for _, h := range s.Roles {
		if h.Expired(now) {
			out = append(out, Fix{Action: Extend, Scope: h.Assignment.Scope, Role: h.Rule, Window: h.Window})
		}
	}
	return out
}

// granting grants the permission where it is asked for; anywhere if there a revoke to come would have to give way.
func granting(s *Subject, q Question, now time.Time) []Fix {
	for _, scope := range []Scope{q.At.Scope(), Anywhere} {
		taken := slices.ContainsFunc(s.Overrides, func(o Override) bool {
			return !o.Granted && o.Permission == q.Permission && o.Scope == scope && !o.Expired(now)
		})
		if !taken {
			return []Fix{{Action: GrantOverride, Scope: scope}}
		}
	}
	return nil
}

// assigning assigns, where the permission is asked for, each role that gives it and is not assigned there.
func assigning(s *Subject, q Question, roles []Rule) []Fix {
	var out []Fix
	for _, r := range roles {
		held := slices.ContainsFunc(s.Roles, func(h Held) bool { return h.Role == r.ID && h.Assignment.Scope == q.At.Scope() })
		if !held && matchesAny(r.Patterns, q.Permission) {
			out = append(out, Fix{Action: AssignRole, Scope: q.At.Scope(), Role: r})
		}
	}
	return out
}

// Apply returns the subject as the fix leaves it.
func (f Fix) Apply(s *Subject) Subject {
	after := *s
	switch f.Action {
	case Reactivate, Approve:
		after.Status = Active
	case AddTenant:
		after.Tenants = append(slices.Clone(s.Tenants), f.Tenancy)
	case AssignRole:
		after.Roles = append(slices.Clone(s.Roles), Held{f.Role, Assignment{Role: f.Role.ID, Scope: f.Scope}})
	case ShareObject:
		tenant, _ := f.Scope.Tenant()
		after.Objects = append(slices.Clone(s.Objects), ObjectGrant{tenant, f.Object})
	case ClearOverride:
		after.Overrides = f.cleared(s)
	case GrantOverride:
		after.Overrides = append(f.cleared(s), Override{Permission: f.Permission, Granted: true, Scope: f.Scope})
	case Extend:
		f.extend(&after)
	}
	return after
}

// cleared returns the overrides without the one in whose place the fix puts something.
func (f Fix) cleared(s *Subject) []Override {
	return slices.DeleteFunc(slices.Clone(s.Overrides), func(o Override) bool { return o.Permission == f.Permission && o.Scope == f.Scope })
}

// extend takes the end from what has expired.
func (f Fix) extend(s *Subject) {
	s.Roles, s.Overrides = slices.Clone(s.Roles), slices.Clone(s.Overrides)
	for i := range s.Roles {
		if h := &s.Roles[i]; h.Rule.ID == f.Role.ID && h.Assignment.Scope == f.Scope && h.Window.Equal(f.Window) {
			h.ExpiresAt = time.Time{}
		}
	}
	for i := range s.Overrides {
		if o := &s.Overrides[i]; f.Role.Key == "" && o.Granted && o.Permission == f.Permission && o.Scope == f.Scope && o.Window.Equal(f.Window) {
			o.ExpiresAt = time.Time{}
		}
	}
}

// power returns how many permissions the change gives by itself.
func (f Fix) power(c *Catalog) int {
	if f.Role.Key != "" {
		return c.Expand(f.Role.Patterns).Len()
	}
	return 1
}

// rankOf puts what takes away before what adds.
func rankOf(a FixAction) int {
	return slices.Index([]FixAction{ShareObject, ClearOverride, Extend, GrantOverride, AssignRole, Reactivate, Approve, AddTenant}, a)
}

// takes says what the fix asks of whoever makes it.
func (f Fix) takes(c *Catalog, before, after *Subject, at Place, now time.Time) Takes {
	out := Takes{AnyOf: []Permission{f.operation()}, Also: f.besides(), Scope: at.Scope()}
	for _, k := range c.all() {
		if !k.Feature && handedOut(before, after, k.Permission, at, now).Holds() {
			out.All.keys = append(out.All.keys, k.Permission)
		}
	}
	return out
}

// operation returns the permission that admits to the change.
func (f Fix) operation() Permission {
	switch {
	case f.Action == ShareObject:
		return GrantsWrite
	case f.Action == Reactivate:
		return UsersSuspend
	case f.Action == Approve:
		return UsersApprove
	case f.Action == AddTenant || f.Role.Key != "":
		return UsersAssign
	}
	return OverridesWrite
}

// besides returns what else it takes: a list of tenants is a part of the user's record.
func (f Fix) besides() []Permission {
	if f.Action == AddTenant {
		return []Permission{UsersUpdate}
	}
	return nil
}
