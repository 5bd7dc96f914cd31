package perms

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// Candidates chooses the users among whom the holders of a permission are: active ones who name one of the tenancies, and have at an instant an override
// in force that grants it, or an assignment in force of a role that gives it. In which tenants that counts is left to [Decide].
//
// One sort of them needs no decision. A candidate is plain who has an assignment in force of a global role that counts anywhere, and no override of the
// permission in force at all: he holds it wherever he is. A store counts these by itself.
type Candidates struct {
	Permission Permission
	Global     []uuid.UUID // the global roles that give it
	Bound      []uuid.UUID // the roles of single tenants that give it
	Within     []Tenancy   // who names one of these
	Anywhere   bool        // or any tenant that is neither retired nor deleted
	Sight      *Sight      // only users whom it shows; nil shows all
	Now        time.Time
	Coming     bool // also what is not in force yet, as if it were
	Doubtful   bool // without the plain ones
	Lean       bool // with no more about the plain ones than who they are, and where
	After      int64
	Limit      int
}

// Candidate is a user who may hold a permission.
type Candidate struct {
	Number  int64
	Subject Subject
	Lean    bool // he is plain, and the subject has nothing but the user, his status and his tenants
}

// Made returns a candidate as the filter wants him.
func (f *Candidates) Made(number int64, s Subject) Candidate {
	if !f.Lean || !f.plain(&s) {
		return Candidate{Number: number, Subject: s}
	}
	return Candidate{number, Subject{User: s.User, Status: s.Status, Tenants: s.Tenants}, true}
}

// Chooses reports whether the filter chooses an account, given the types of the tenants that it names. It is what each store does in its own way.
func (f *Candidates) Chooses(s *Subject, types func(uuid.UUID) TenantType) bool {
	return f.admits(s, types) && f.holding(s) && !(f.Doubtful && f.plain(s))
}

// Plain reports whether the account is a plain one of those whom the filter chooses.
func (f *Candidates) Plain(s *Subject, types func(uuid.UUID) TenantType) bool {
	return f.admits(s, types) && f.plain(s)
}

func (f *Candidates) admits(s *Subject, types func(uuid.UUID) TenantType) bool {
	if s.Status != Active || f.Sight != nil && !f.Sight.ShowsUser(s.Tenants) {
		return false
	}
	return slices.ContainsFunc(s.Tenants, func(t Tenancy) bool {
		id, one := t.Tenant()
		return slices.Contains(f.Within, t) || f.Anywhere && one && !types(id).Lapsed()
	})
}

// holding reports whether a role or override in force gives the permission somewhere.
func (f *Candidates) holding(s *Subject) bool {
	return slices.ContainsFunc(s.Roles, func(h Held) bool {
		return f.open(h.Window) && (slices.Contains(f.Global, h.Role) || slices.Contains(f.Bound, h.Role))
	}) || slices.ContainsFunc(s.Overrides, func(o Override) bool { return o.Granted && f.ruled(o) })
}

func (f *Candidates) plain(s *Subject) bool {
	return slices.ContainsFunc(s.Roles, func(h Held) bool {
		return f.open(h.Window) && h.Assignment.Scope == Anywhere && slices.Contains(f.Global, h.Role)
	}) && !slices.ContainsFunc(s.Overrides, f.ruled)
}

// ruled reports whether the override rules the permission, one way or the other, now.
func (f *Candidates) ruled(o Override) bool { return o.Permission == f.Permission && f.open(o.Window) }

// open reports whether what counts within a window is in force for the filter.
func (f *Candidates) open(w Window) bool { return w.Open(f.Now) || f.Coming && !w.Expired(f.Now) }
