package perms

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Survey is a question for holders inside a transaction, with what has to be known of roles and tenants to answer it about any number of users.
type Survey struct {
	tx         Store
	catalog    *Catalog
	q          HolderQuery
	now        time.Time
	candidates Candidates
	plain      []Held      // what stands for the roles of a plain candidate: the permission, anywhere
	hopeless   bool        // nobody can hold it there
	except     []uuid.UUID // what a sight of everything does not show
	types      map[uuid.UUID]TenantType
	ofType     map[TenantType][]uuid.UUID // read already
}

// NewSurvey prepares the question. A permission outside the catalogue, an unknown tenant, and one that the sight does not show are held by nobody.
func NewSurvey(ctx context.Context, tx Store, c *Catalog, q HolderQuery, now time.Time) (*Survey, error) {
	if q.Scope != (Scope{}) && !q.Scope.Bindable() {
		return nil, Invalid("scope", Required, "must be Anywhere, In a tenant, or none")
	}
	s := &Survey{tx: tx, catalog: c, q: q, now: now, types: map[uuid.UUID]TenantType{}, ofType: map[TenantType][]uuid.UUID{}}
	s.plain = []Held{{Rule{Scope: Anywhere, Patterns: []Pattern{Pattern(q.Permission)}}, Assignment{Scope: Anywhere}}}
	s.candidates = Candidates{Permission: q.Permission, Sight: q.Sight, Now: now}
	s.hopeless = !c.Has(q.Permission) || q.Sight != nil && (q.Sight.Blind() || q.Scope != (Scope{}) && !q.Sight.Shows(q.Scope))
	if s.hopeless {
		return s, nil
	}
	if q.Sight != nil && q.Sight.All {
		s.except, s.q.Sight = q.Sight.Except, nil
	}
	scopes, err := s.bound(ctx)
	if err != nil {
		return nil, err
	}
	rules, err := tx.Rules(ctx, scopes...)
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	for _, r := range rules {
		switch {
		case !matchesAny(r.Patterns, q.Permission):
		case r.Scope == Anywhere:
			s.candidates.Global = append(s.candidates.Global, r.ID)
		default:
			s.candidates.Bound = append(s.candidates.Bound, r.ID)
		}
	}
	return s, nil
}

// Candidates returns the filter that chooses everybody on whom the survey could decide, and Hopeless whether there is nobody.
func (s *Survey) Candidates() (f Candidates, hopeless bool) { return s.candidates, s.hopeless }

// bound says which tenancies lead to where the question is asked, and returns the scopes of the roles that count there; none for all.
func (s *Survey) bound(ctx context.Context) ([]Scope, error) {
	f := &s.candidates
	switch tenant, one := s.q.Scope.Tenant(); {
	case one:
		if err := s.learn(ctx, []uuid.UUID{tenant}); err != nil {
			return nil, err
		}
		s.hopeless = s.types[tenant] == ""
		f.Within = append(leading(tenant, s.types[tenant]), EveryTenant)
		return []Scope{Anywhere, In(tenant)}, nil
	case s.q.Scope == Anywhere:
		f.Within = []Tenancy{EveryTenant}
		return []Scope{Anywhere}, nil
	case s.q.Sight == nil:
		f.Anywhere, f.Within = true, []Tenancy{EveryTenant}
		for _, typ := range TenantTypes() {
			f.Within = append(f.Within, TenantsOfType(typ))
		}
		return nil, nil
	}
	if err := s.learn(ctx, s.q.Sight.Tenants); err != nil {
		return nil, err
	}
	scopes := []Scope{Anywhere}
	for _, id := range s.q.Sight.Tenants {
		f.Within = append(f.Within, leading(id, s.types[id])...)
		scopes = append(scopes, In(id))
	}
	slices.SortFunc(f.Within, func(a, b Tenancy) int { return slices.Compare([]byte(a.String()), []byte(b.String())) })
	f.Within = slices.Compact(f.Within)
	return scopes, nil
}

// leading returns the tenancies that cover a tenant, but for that of every tenant.
func leading(tenant uuid.UUID, typ TenantType) []Tenancy {
	if typ.Lapsed() {
		return []Tenancy{TenantsOfType(typ)}
	}
	return []Tenancy{TenantsOfType(typ), TenantOf(tenant)}
}

// learn reads the types of tenants that are not known yet.
func (s *Survey) learn(ctx context.Context, ids []uuid.UUID) error {
	var news []uuid.UUID
	for _, id := range ids {
		if _, known := s.types[id]; !known {
			s.types[id] = ""
			news = append(news, id)
		}
	}
	if len(news) == 0 {
		return nil
	}
	types, err := s.tx.TenantTypes(ctx, news)
	if err != nil {
		return fmt.Errorf("read tenants: %w", err)
	}
	for id, typ := range types {
		s.types[id] = typ
	}
	return nil
}

// tenants returns the tenants of a type.
func (s *Survey) tenants(ctx context.Context, typ TenantType) ([]uuid.UUID, error) {
	ids, read := s.ofType[typ]
	if read {
		return ids, nil
	}
	ids, err := s.tx.TenantsOfType(ctx, typ)
	if err != nil {
		return nil, fmt.Errorf("read tenants: %w", err)
	}
	s.ofType[typ] = ids
	return ids, nil
}

// inhabited returns the list without the types of which there is no tenant.
func (s *Survey) inhabited(ctx context.Context, list []Tenancy) ([]Tenancy, error) {
	var out []Tenancy
	for _, t := range list {
		if typ, ok := t.Type(); ok {
			ids, err := s.tenants(ctx, typ)
			if err != nil {
				return nil, err
			}
			if len(ids) == 0 {
				continue
			}
		}
		out = append(out, t)
	}
	return out, nil
}

// Where returns for each subject where he holds the permission, as [Holder] has it; nothing if he does not hold it in the scope of the question.
func (s *Survey) Where(ctx context.Context, list ...*Subject) ([][]Scope, error) {
	out := make([][]Scope, len(list))
	if s.hopeless {
		return out, nil
	}
	var mentioned []uuid.UUID
	if s.q.Sight == nil {
		for _, subject := range list {
			mentioned = append(mentioned, subject.MentionedTenants()...)
		}
	}
	if err := s.learn(ctx, mentioned); err != nil {
		return nil, err
	}
	for i, subject := range list {
		if s.q.Scope != (Scope{}) && !s.holds(subject, s.place(s.q.Scope)) {
			continue
		}
		var err error
		if out[i], err = s.where(ctx, subject); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// place returns the place of a scope that is known.
func (s *Survey) place(scope Scope) Place {
	if id, one := scope.Tenant(); one {
		return PlaceOf(id, s.types[id])
	}
	return Platform
}

func (s *Survey) holds(subject *Subject, at Place) bool {
	return Decide(s.catalog, subject, Question{Permission: s.q.Permission, At: at}, s.now).Allowed
}

// where looks at the places that the sight shows; at all of them without one: those that the subject names, and the others, which differ by their type
// alone, and for whoever holds the permission platform-wide not at all.
func (s *Survey) where(ctx context.Context, subject *Subject) ([]Scope, error) {
	if s.q.Sight != nil {
		return s.heldIn(subject, s.q.Sight.Tenants), nil
	}
	named := subject.MentionedTenants()
	where := s.heldIn(subject, named)
	platform := s.holds(subject, Platform)
	if platform && len(where) == len(named) {
		return []Scope{Anywhere}, nil
	}
	where = slices.DeleteFunc(where, s.hides)
	for _, typ := range TenantTypes() {
		if !s.holds(subject, PlaceOfType(typ)) {
			continue
		}
		others, err := s.tenants(ctx, typ)
		if err != nil {
			return nil, err
		}
		for _, id := range others {
			if in := In(id); !slices.Contains(named, id) && !s.hides(in) {
				where = append(where, in)
			}
		}
	}
	slices.SortFunc(where, func(a, b Scope) int { return compareIDs(a.tenant, b.tenant) })
	if platform {
		where = slices.Insert(where, 0, Anywhere)
	}
	return where, nil
}

// hides reports whether a sight of everything does not show what belongs to a scope.
func (s *Survey) hides(scope Scope) bool { return slices.Contains(s.except, scope.tenant) }

// heldIn returns in which of the tenants the subject holds the permission, in ascending order of their ids.
func (s *Survey) heldIn(subject *Subject, tenants []uuid.UUID) []Scope {
	var in []Scope
	for _, id := range tenants {
		if s.holds(subject, PlaceOf(id, s.types[id])) {
			in = append(in, In(id))
		}
	}
	slices.SortFunc(in, func(a, b Scope) int { return compareIDs(a.tenant, b.tenant) })
	return slices.Compact(in)
}
