package perms

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
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

// Explanation is a decision with everything that bears on it.
type Explanation struct {
	Decision
	Sources    []Source // the decisive ones first; those behind what blocks the answer, too
	NearMisses []Source // of a denial: what would give the permission in another tenant, or at another time
	Fixes      []Fix    // which single changes would allow it ([Fixes]), where that was asked for
	Remedies   []Remedy // and how little would in any case ([Remedies])
}

// Explain answers as [Decide] does, by the same computation, and says why.
func Explain(c *Catalog, s *Subject, q Question, now time.Time) Explanation {
	var sources []Source
	note := func(source Source) { sources = append(sources, source) }
	code := weigh(c, s, q, now, note)
	behind(s, q, code, now, note)
	for i := range sources {
		sources[i].Decisive = sources[i].decides(code, now)
	}
	slices.SortStableFunc(sources, func(a, b Source) int { return rank(a) - rank(b) })
	out := Explanation{Decision: Decision{Allowed: code.Allows(), Code: code, Revision: s.Revision}, Sources: sources}
	if !out.Allowed && code != UnknownPermission {
		out.NearMisses = nearMisses(s, q, sources)
	}
	return out
}

// Explain answers as [Authorizer.CheckObject] does, and says why, and what would allow what is denied. It reads the store, so that the answer may be newer
// than that of a check. An unknown user is [ErrNoSubject].
func (a *Authorizer) Explain(ctx context.Context, user uuid.UUID, p Permission, scope Scope, object Object) (Explanation, error) {
	var out Explanation
	err := a.view(ctx, func(tx Store) error {
		s, err := tx.Subject(ctx, user)
		if err != nil {
			return fmt.Errorf("explain: %w", err)
		}
		at, err := Locate(ctx, tx, &s, scope)
		if err != nil {
			return err
		}
		catalog, now, err := a.env.Grounds(ctx, tx)
		if err != nil {
			return err
		}
		q := Question{p, at, object}
		out = Explain(catalog, &s, q, now)
		return out.Advise(ctx, tx, catalog, &s, q, now)
	})
	return out, err
}

// behind tells note of what would bear on the answer if what blocks it were gone.
func behind(s *Subject, q Question, code Code, now time.Time, note func(Source)) {
	if code == InactiveUser {
		code = weighActive(s, q, now, note)
	}
	if code == TenantOutOfScope {
		weighSources(s, q, now, note)
	}
}

// nearMisses returns what gives the permission, but not there, or not now.
func nearMisses(s *Subject, q Question, sources []Source) []Source {
	var out []Source
	for _, source := range sources {
		if source.Effect == Grants && !source.InForce {
			source.Decisive = false
			out = append(out, source)
		}
	}
	for i := range s.Overrides {
		if o := &s.Overrides[i]; o.Granted && o.Permission == q.Permission && !o.Scope.counts(q.At) {
			out = append(out, o.source())
		}
	}
	for i := range s.Roles {
		if h := &s.Roles[i]; !h.counts(q.At) && matchesAny(h.Rule.Patterns, q.Permission) {
			out = append(out, h.source())
		}
	}
	for i := range s.Objects {
		if g := &s.Objects[i]; q.Object.admits(q.Permission) && g.Object == q.Object && !In(g.Tenant).counts(q.At) {
			out = append(out, g.source())
		}
	}
	return out
}

// source returns what the override says, in force or not.
func (o *Override) source() Source {
	source := Source{Kind: OverrideSource, ID: string(o.Permission), Name: named("revoked", o.Reason), Effect: Revokes, Tenant: o.Scope,
		StartsAt: o.StartsAt, ExpiresAt: o.ExpiresAt}
	if o.Granted {
		source.Name, source.Effect = named("granted", o.Reason), Grants
	}
	return source
}

// source returns what the role says, in force or not. It counts where it is assigned, and in no tenant but its own.
func (h *Held) source() Source {
	source := Source{Kind: RoleSource, ID: h.Rule.Key, Name: h.Rule.Name, Effect: Grants, Tenant: h.Assignment.Scope, StartsAt: h.StartsAt, ExpiresAt: h.ExpiresAt}
	if source.Tenant == Anywhere {
		source.Tenant = h.Rule.Scope
	}
	return source
}

func (g *ObjectGrant) source() Source {
	return Source{Kind: GrantSource, ID: g.Object.String(), Name: "shared", Effect: Grants, Tenant: In(g.Tenant)}
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
	case UnknownPermission:
		return true // there is no other
	case InactiveUser:
		return s.Kind == StatusSource
	case TenantOutOfScope:
		return s.Kind == TenantSource
	case RevokedByOverride:
		return s.Effect == Revokes && s.InForce
	case GrantedByOverride:
		return s.Kind == OverrideSource && s.InForce
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
