package perms

import (
	"slices"
	"strconv"
	"time"
)

// SourceKind says what a source is.
type SourceKind string

// The kinds of sources.
const (
	RoleSource      SourceKind = "role"
	OverrideSource  SourceKind = "override"
	StatusSource    SourceKind = "status"
	TenantSource    SourceKind = "tenant"
	GrantSource     SourceKind = "grant"
	CatalogueSource SourceKind = "catalogue"
)

// Effect says what a source does to the answer.
type Effect string

// The effects.
const (
	Grants  Effect = "grants"
	Revokes Effect = "revokes"
	Blocks  Effect = "blocks"
)

// Source is one thing that bears on an answer.
type Source struct {
	Kind      SourceKind
	ID        string // the role key, permission, status, tenant, object or catalogue key
	Name      string // for people
	Effect    Effect
	Tenant    Scope     // where it counts
	StartsAt  time.Time // zero without a start
	ExpiresAt time.Time // zero without an end
	InForce   bool      // counts now
	Decisive  bool      // made the answer
}

// Explanation is a decision with everything that bears on it, the decisive sources first.
type Explanation struct {
	Decision
	Sources []Source
}

// Explain answers as [Decide] does, by the same computation, and says why.
func Explain(c *Catalog, s *Subject, q Question, now time.Time) Explanation {
	var sources []Source
	code := weigh(c, s, q, now, func(source Source) { sources = append(sources, source) })
	for i := range sources {
		sources[i].Decisive = sources[i].decides(code, now)
	}
	slices.SortStableFunc(sources, func(a, b Source) int { return rank(a) - rank(b) })
	return Explanation{Decision{Allowed: code.Allows(), Code: code, Revision: s.Revision}, sources}
}

func rank(s Source) int {
	if s.Decisive {
		return 0
	}
	return 1
}

// decides reports whether the source is one of those that made the code.
func (s Source) decides(code Code, now time.Time) bool {
	switch code {
	case UnknownPermission, InactiveUser, TenantOutOfScope:
		return s.Effect == Blocks
	case RevokedByOverride:
		return s.Effect == Revokes && s.InForce
	case GrantedByOverride:
		return s.Kind == OverrideSource && s.Effect == Grants && s.InForce
	case GrantedByRole:
		return s.Kind == RoleSource && s.InForce
	case GrantedByGrant:
		return s.Kind == GrantSource
	case Expired:
		return s.Effect == Grants && Window{s.StartsAt, s.ExpiresAt}.Expired(now)
	}
	return false
}

func tell(note func(Source), s Source) {
	if note != nil {
		note(s)
	}
}

func named(word, reason string) string {
	if reason == "" {
		return word
	}
	return word + ": " + reason
}

func objectID(o Object) string { return o.Type + ":" + strconv.FormatInt(o.ID, 10) }
