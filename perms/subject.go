package perms

import (
	"time"

	"github.com/google/uuid"
)

// Rule is what a role says, as far as resolution needs it.
type Rule struct {
	ID       uuid.UUID
	Key      string
	Name     string // for people
	Scope    Scope  // Anywhere for a global role, In(tenant) for a tenant's own
	Patterns []Pattern
}

// Held is a role in a user's hands.
type Held struct {
	Rule Rule
	Assignment
}

// counts reports whether the role counts at a place, whatever the time.
func (h *Held) counts(at Place) bool { return h.Rule.Scope.counts(at) && h.Assignment.Scope.counts(at) }

// counts reports whether something bound to s counts at a place. At a place that stands for unnamed tenants nothing bound to one tenant does.
func (s Scope) counts(at Place) bool {
	return s.kind == anywhere || s.kind == inTenant && s.tenant != uuid.Nil && s.tenant == at.tenant
}

// Subject holds everything that bears on what one user may do, as of a revision. It is a value: resolving it reads nothing else.
type Subject struct {
	User      uuid.UUID
	Status    Status
	Tenants   []Tenancy
	Roles     []Held // in the user's order
	Overrides []Override
	Objects   []ObjectGrant // his own and those of his groups
	Revision  Revision
}

// Home returns the user's home tenant.
func (s *Subject) Home() (uuid.UUID, bool) { return HomeOf(s.Tenants) }

// Staff reports whether the user's scope is every tenant.
func (s *Subject) Staff() bool {
	for _, t := range s.Tenants {
		if t.Every() {
			return true
		}
	}
	return false
}

// MentionedTenants returns the tenants that anything in the subject names, each once: the places at which his sets can differ from those of an unnamed tenant.
func (s *Subject) MentionedTenants() []uuid.UUID {
	m := mentioned{}
	m.add(s)
	return m.list
}

// mentioned are tenants that subjects name, each once.
type mentioned struct {
	list []uuid.UUID
	seen map[uuid.UUID]bool // those in the list but for the last one
}

func (m *mentioned) add(s *Subject) {
	for i := range s.Tenants {
		m.tenant(s.Tenants[i].Tenant())
	}
	for i := range s.Roles {
		m.tenant(s.Roles[i].Rule.Scope.Tenant())
		m.tenant(s.Roles[i].Assignment.Scope.Tenant())
	}
	for i := range s.Overrides {
		m.tenant(s.Overrides[i].Scope.Tenant())
	}
}

func (m *mentioned) tenant(id uuid.UUID, ok bool) {
	last := len(m.list) - 1
	if !ok || last >= 0 && m.list[last] == id || m.seen[id] {
		return
	}
	if last >= 0 {
		if m.seen == nil {
			m.seen = map[uuid.UUID]bool{}
		}
		m.seen[m.list[last]] = true
	}
	m.list = append(m.list, id)
}

// Code says why a decision came out as it did. The codes and their order are those of wire/native.md, route 22.
type Code string

// The codes, in the order in which they apply.
const (
	UnknownPermission Code = "unknown_permission"
	InactiveUser      Code = "inactive_user"
	TenantOutOfScope  Code = "tenant_out_of_scope"
	RevokedByOverride Code = "revoked_by_override"
	GrantedByOverride Code = "granted_by_override"
	GrantedByRole     Code = "granted_by_role"
	GrantedByGrant    Code = "granted_by_grant"
	NoGrant           Code = "no_grant"
	Expired           Code = "expired"
	NotGranted        Code = "not_granted"
)

// Allows reports whether the code stands for yes.
func (c Code) Allows() bool {
	return c == GrantedByRole || c == GrantedByOverride || c == GrantedByGrant
}

// Question is what a check asks of a subject.
type Question struct {
	Permission Permission
	At         Place
	Object     Object // the zero Object asks for no single object
}

// Decision is the answer to a question. The zero Decision denies.
type Decision struct {
	Allowed  bool
	Code     Code
	Revision Revision
}

// Decide answers a question about an account of any status, at an instant: default deny, a revoke wins.
func Decide(c *Catalog, s *Subject, q Question, now time.Time) Decision {
	code := weigh(c, s, q, now, nil)
	return Decision{Allowed: code.Allows(), Code: code, Revision: s.Revision}
}

// weigh is the one computation behind [Decide], [Explain] and [Resolve]. It tells note of every source that it considers, if note is not nil.
func weigh(c *Catalog, s *Subject, q Question, now time.Time, note func(Source)) Code {
	if !c.Has(q.Permission) {
		tell(note, Source{Kind: CatalogueSource, ID: string(q.Permission), Name: "not in the catalogue", Effect: Blocks})
		return UnknownPermission
	}
	if s.Status != Active {
		tell(note, Source{Kind: StatusSource, ID: s.Status.String(), Name: "the account is not active", Effect: Blocks})
		return InactiveUser
	}
	return weighActive(s, q, now, note)
}

// weighActive is weigh for a known permission, as if the account were active.
func weighActive(s *Subject, q Question, now time.Time, note func(Source)) Code {
	if !Covers(s.Tenants, q.At, false) {
		tell(note, Source{Kind: TenantSource, ID: q.At.Scope().String(), Name: "the tenant is not in the user's scope", Effect: Blocks})
		return TenantOutOfScope
	}
	return weighSources(s, q, now, note)
}

// weighSources is weighActive for a place in the subject's scope.
func weighSources(s *Subject, q Question, now time.Time, note func(Source)) Code {
	var t tally
	for i := range s.Overrides {
		t.override(&s.Overrides[i], q, now, note)
	}
	for i := range s.Roles {
		t.role(&s.Roles[i], q, now, note)
	}
	if q.Object.admits(q.Permission) {
		t.asked = true
		for i := range s.Objects {
			t.object(&s.Objects[i], q, note)
		}
	}
	return t.code()
}

// tally counts what speaks for and against one permission.
type tally struct {
	revoked, byOverride, byRole, byGrant, expired bool
	asked                                         bool // for an object that a grant can admit to
}

func (t *tally) override(o *Override, q Question, now time.Time, note func(Source)) {
	if o.Permission != q.Permission || !o.Scope.counts(q.At) {
		return
	}
	switch {
	case !o.Granted:
		t.revoked = t.revoked || o.Open(now)
	default:
		t.byOverride = t.byOverride || o.Open(now)
		t.expired = t.expired || o.Expired(now)
	}
	if note != nil {
		source := o.source()
		source.InForce = o.Open(now)
		note(source)
	}
}

func (t *tally) role(h *Held, q Question, now time.Time, note func(Source)) {
	if !h.counts(q.At) || !matchesAny(h.Rule.Patterns, q.Permission) {
		return
	}
	t.byRole = t.byRole || h.Open(now)
	t.expired = t.expired || h.Expired(now)
	if note != nil {
		source := h.source()
		source.InForce = h.Open(now)
		note(source)
	}
}

func (t *tally) object(g *ObjectGrant, q Question, note func(Source)) {
	if g.Object != q.Object || !In(g.Tenant).counts(q.At) {
		return
	}
	t.byGrant = true
	if note != nil {
		source := g.source()
		source.InForce = true
		note(source)
	}
}

// code returns the first code that applies.
func (t *tally) code() Code {
	switch {
	case t.revoked:
		return RevokedByOverride
	case t.byOverride && !t.byRole:
		return GrantedByOverride
	case t.byRole:
		return GrantedByRole
	case t.byGrant:
		return GrantedByGrant
	case t.asked:
		return NoGrant
	case t.expired:
		return Expired
	}
	return NotGranted
}

// Resolve returns the subject's sets at a place: computed, which views show whatever his status, and effective, which checks and gates use.
func Resolve(c *Catalog, s *Subject, at Place, now time.Time) (computed, effective Set) {
	var keys []Permission
	for _, k := range c.all() {
		if weighActive(s, Question{Permission: k.Permission, At: at}, now, nil).Allows() {
			keys = append(keys, k.Permission)
		}
	}
	computed = Set{keys}
	if s.Status != Active {
		return computed, Set{}
	}
	return computed, computed
}

// FromRoles returns what the subject's roles in force give at a place, before any override; the empty set outside his scope.
func FromRoles(c *Catalog, s *Subject, at Place, now time.Time) Set {
	if !Covers(s.Tenants, at, false) {
		return Set{}
	}
	var keys []Permission
	for _, k := range c.all() {
		for i := range s.Roles {
			if h := &s.Roles[i]; h.counts(at) && h.Open(now) && matchesAny(h.Rule.Patterns, k.Permission) {
				keys = append(keys, k.Permission)
				break
			}
		}
	}
	return Set{keys}
}
