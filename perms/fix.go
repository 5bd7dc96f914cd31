package perms

import (
	"cmp"
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

// MaxFixes is how many fixes [Fixes] returns at most.
const MaxFixes = 5

// Fix is one change of a user that makes a denied question allowed.
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
	All   Set          // what the fix hands out, without an end; features left out
	Scope Scope        // there: where the question was asked
}

// Fixes returns at most [MaxFixes] single changes, each of which makes a denied question allowed, beginning with what gives least power: what gives the
// fewest permissions, and of equals what takes something away before what adds. The roles are those that could be assigned. What is allowed needs none, and
// nothing helps with an unknown permission or tenant.
func Fixes(c *Catalog, s *Subject, q Question, roles []Rule, now time.Time) []Fix {
	code := weigh(c, s, q, now, nil)
	if code.Allows() {
		return nil
	}
	var found []Fix
	for _, f := range conceivable(s, q, code, roles, now) {
		f.Permission = q.Permission
		after := f.Apply(s)
		if !Decide(c, &after, q, now).Allowed {
			continue
		}
		f.Takes = f.takes(c, s, &after, q.At, now)
		found = append(found, f)
	}
	slices.SortStableFunc(found, func(a, b Fix) int {
		return cmp.Or(cmp.Compare(a.power(c), b.power(c)), cmp.Compare(rankOf(a.Action), rankOf(b.Action)))
	})
	return found[:min(len(found), MaxFixes)]
}

// conceivable returns the changes that could help against a denial. Not every one does: that is for [Fixes] to find out, and what is left out here is spared
// the trial alone.
func conceivable(s *Subject, q Question, code Code, roles []Rule, now time.Time) []Fix {
	switch code {
	case InactiveUser:
		switch s.Status {
		case Pending:
			return []Fix{{Action: Approve}}
		case Suspended:
			return []Fix{{Action: Reactivate}}
		}
		return nil
	case TenantOutOfScope:
		return []Fix{{Action: AddTenant, Tenancy: leadingTo(q.At)}}
	case RevokedByOverride:
		return unrevoking(s, q)
	}
	share := Fix{Action: ShareObject, Scope: q.At.Scope(), Object: q.Object}
	return slices.Concat([]Fix{share}, extending(s, q, now), granting(s, q, now), assigning(s, q, roles))
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

// unrevoking clears the revoke, or puts a grant in its place.
func unrevoking(s *Subject, q Question) []Fix {
	var out []Fix
	for _, o := range s.Overrides {
		if o.Permission == q.Permission {
			out = append(out, Fix{Action: ClearOverride, Scope: o.Scope}, Fix{Action: GrantOverride, Scope: o.Scope})
		}
	}
	return out
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
	out := Takes{AnyOf: f.operation(c), Scope: at.Scope()}
	for _, k := range c.all() {
		if !k.Feature && handedOut(before, after, k.Permission, at, now).Holds() {
			out.All.keys = append(out.All.keys, k.Permission)
		}
	}
	return out
}

// operation returns the permissions of which one admits to the change.
func (f Fix) operation(c *Catalog) []Permission {
	switch {
	case f.Action == ShareObject:
		return []Permission{GrantsWrite}
	case f.Action == Reactivate:
		return []Permission{UsersSuspend}
	case f.Action == Approve:
		return []Permission{UsersApprove}
	case f.Action == AddTenant || f.Role.Key != "":
		return []Permission{UsersAssign}
	case c.Feature(f.Permission):
		return []Permission{FeaturesWrite, OverridesWrite}
	}
	return []Permission{OverridesWrite}
}
