package perms

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// past is what the journal tells of some users, roles, tenants and groups up to a revision.
type past struct {
	tx       Store
	until    Revision
	archived Revision
	known    map[uuid.UUID]Members
}

// pastAt returns the past of an instant. One from before what is left of the journal is an [*ArchivedError].
func pastAt(ctx context.Context, tx Store, t time.Time) (*past, error) {
	archived, err := tx.Archived(ctx)
	if err != nil {
		return nil, fmt.Errorf("read what is archived: %w", err)
	}
	if t.Before(archived.At) {
		return nil, &ArchivedError{archived, "as_of"}
	}
	head, err := tx.HeadAt(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("find the revision of an instant: %w", err)
	}
	return &past{tx, head.Revision, archived.Revision, map[uuid.UUID]Members{}}, nil
}

// read folds all that the journal has about the given ones; uuid.Nil is the catalogue.
func (p *past) read(ctx context.Context, ids ...uuid.UUID) error {
	known, err := p.tx.Baselines(ctx, ids)
	if err != nil {
		return fmt.Errorf("read baselines: %w", err)
	}
	for _, id := range ids {
		p.known[id] = known[id]
	}
	if p.until == p.archived { // there is nothing to fold, and 0 would be no bound
		return nil
	}
	return eachAbout(ctx, p.tx, JournalFilter{Until: p.until, About: ids}, func(e *Entry, id uuid.UUID) {
		if slices.Contains(ids, id) {
			p.known[id] = Fold(p.known[id], e, id)
		}
	})
}

// eachAbout tells of every entry that the filter chooses, in order, and of each one whom it is about.
func eachAbout(ctx context.Context, tx Store, f JournalFilter, tell func(e *Entry, id uuid.UUID)) error {
	f.Limit = MaxEntries
	for {
		page, err := tx.Journal(ctx, f)
		if err != nil {
			return fmt.Errorf("read journal: %w", err)
		}
		for i := range page {
			f.After = page[i].Revision
			for _, id := range page[i].About() {
				tell(&page[i], id)
			}
		}
		if len(page) < f.Limit {
			return nil
		}
	}
}

// The records of the journal, as far as rights follow from them.
type (
	pastUser struct {
		Status    string
		Tenants   []string
		Groups    []uuid.UUID
		Roles     []pastAssignment
		Overrides []pastOverride
		Objects   []pastObject
	}
	pastAssignment struct {
		Role, Tenant string
		pastWindow
	}
	pastOverride struct {
		Permission     Permission
		Granted        bool
		Tenant, Reason string
		SetBy          uuid.UUID `json:"set_by"`
		SetAt          time.Time `json:"set_at"`
		pastWindow
	}
	pastWindow struct {
		StartsAt  time.Time `json:"starts_at"`
		ExpiresAt time.Time `json:"expires_at"`
	}
	pastObject struct {
		Tenant uuid.UUID
		Type   string
		ID     int64
	}
	pastRole struct {
		Key, Name, Tenant string
		Permissions       []Pattern
	}
	pastTenant struct{ Type TenantType }
	pastGroup  struct{ Objects []pastObject }
	pastKey    struct{ Permission Permission }
)

// record reads what is known of somebody or something; it reports whether there is anything.
func record[T any](p *past, id uuid.UUID) (r T, ok bool, err error) {
	m := p.known[id]
	if m == nil {
		return r, false, nil
	}
	r, err = recordOf[T](m)
	return r, true, err
}

func recordOf[T any](m any) (r T, err error) {
	text, err := json.Marshal(m)
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		return r, fmt.Errorf("perms: unreadable journal: %w", err)
	}
	return r, nil
}

// subject returns what bore on somebody's rights, and in which groups he was: [ErrNoSubject] if he was not there, or is none. His roles and groups have to be read
// before they are put into it.
func (p *past) subject(ctx context.Context, user uuid.UUID) (Subject, pastUser, error) {
	if err := p.read(ctx, user); err != nil {
		return Subject{}, pastUser{}, err
	}
	if _, is := p.known[user]["status"]; !is { // every user has one, and nothing else that the journal is about
		return Subject{}, pastUser{}, ErrNoSubject
	}
	r, _, err := record[pastUser](p, user)
	if err != nil {
		return Subject{}, r, err
	}
	s := Subject{User: user, Objects: grants(r.Objects), Revision: p.until}
	var known bool
	if s.Status, known = ParseStatus(r.Status); !known {
		return Subject{}, r, fmt.Errorf("perms: unreadable journal: status %q", r.Status)
	}
	for _, text := range r.Tenants {
		t, err := ParseTenancy(text)
		if err != nil {
			return Subject{}, r, fmt.Errorf("unreadable journal: %w", err)
		}
		s.Tenants = append(s.Tenants, t)
	}
	for _, o := range r.Overrides {
		scope, err := ParseScope(o.Tenant)
		if err != nil {
			return Subject{}, r, fmt.Errorf("unreadable journal: %w", err)
		}
		s.Overrides = append(s.Overrides, Override{Permission: o.Permission, Granted: o.Granted, Scope: scope, Window: o.window(), Reason: o.Reason, SetBy: o.SetBy, SetAt: o.SetAt})
	}
	return s, r, nil
}

func (w pastWindow) window() Window { return Window(w) }

func grants(list []pastObject) []ObjectGrant {
	var out []ObjectGrant
	for _, o := range list {
		out = append(out, ObjectGrant{o.Tenant, Object{o.Type, o.ID}})
	}
	return out
}

// complete adds to a subject the roles that he held and what was shared with his groups, reads the catalogue, and returns it with the type of a tenant;
// all that takes the same few reads however much it is.
func (p *past) complete(ctx context.Context, s *Subject, r pastUser, tenant uuid.UUID) (*Catalog, TenantType, error) {
	ids, err := p.roleIDs(ctx, r.Roles)
	if err != nil {
		return nil, "", err
	}
	about := slices.Concat([]uuid.UUID{uuid.Nil}, r.Groups)
	for _, id := range ids {
		about = append(about, id)
	}
	if tenant != uuid.Nil {
		about = append(about, tenant)
	}
	if err := p.read(ctx, about...); err != nil {
		return nil, "", err
	}
	for _, a := range r.Roles {
		if err := p.addRole(s, a, ids[a.Role]); err != nil {
			return nil, "", err
		}
	}
	for _, id := range r.Groups {
		g, _, err := record[pastGroup](p, id)
		if err != nil {
			return nil, "", err
		}
		s.Objects = append(s.Objects, grants(g.Objects)...)
	}
	typ, err := p.tenantType(ctx, tenant)
	if err != nil {
		return nil, "", err
	}
	catalog, err := p.catalog()
	return catalog, typ, err
}

// roleIDs returns the ids of the roles of some assignments by their keys. The key of a custom role is its id; system roles are never deleted.
func (p *past) roleIDs(ctx context.Context, list []pastAssignment) (map[string]uuid.UUID, error) {
	ids := map[string]uuid.UUID{}
	var system []string
	for _, a := range list {
		if id, err := uuid.Parse(a.Role); err == nil {
			ids[a.Role] = id
			continue
		}
		system = append(system, a.Role)
	}
	if len(system) == 0 {
		return ids, nil
	}
	found, err := p.tx.RoleIDs(ctx, system)
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	for key, id := range found {
		ids[key] = id
	}
	return ids, nil
}

// addRole adds an assignment, unless its role was gone: that of a deleted user, who keeps what nobody else holds.
func (p *past) addRole(s *Subject, a pastAssignment, id uuid.UUID) error {
	r, ok, err := record[pastRole](p, id)
	if err != nil || !ok {
		return err
	}
	bound, err := ParseScope(r.Tenant)
	if err != nil {
		return fmt.Errorf("unreadable journal: %w", err)
	}
	scope, err := ParseScope(a.Tenant)
	if err != nil {
		return fmt.Errorf("unreadable journal: %w", err)
	}
	s.Roles = append(s.Roles, Held{
		Rule:       Rule{ID: id, Key: r.Key, Name: r.Name, Scope: bound, Patterns: r.Permissions},
		Assignment: Assignment{Role: id, Scope: scope, Window: a.window()},
	})
	return nil
}

// tenantType returns the type that a tenant had, "" if there was none. The one tenant that no entry has created is the default one, born with the store.
func (p *past) tenantType(ctx context.Context, id uuid.UUID) (TenantType, error) {
	if id == uuid.Nil {
		return "", nil
	}
	r, ok, err := record[pastTenant](p, id)
	if err != nil || r.Type != "" {
		return r.Type, err
	}
	if ok {
		return ProductionTenant, nil
	}
	now, err := p.tx.TenantTypes(ctx, []uuid.UUID{id})
	if err != nil || now[id] == "" {
		return "", err
	}
	later, err := p.tx.Journal(ctx, JournalFilter{About: []uuid.UUID{id}, Limit: 1})
	if err != nil || len(later) > 0 && later[0].Action == TenantCreate {
		return "", err
	}
	return ProductionTenant, nil
}

// catalog returns the catalogue, which has been read.
func (p *past) catalog() (*Catalog, error) {
	var keys []Key
	for _, m := range p.known[uuid.Nil] {
		k, err := recordOf[pastKey](m)
		if err != nil {
			return nil, err
		}
		keys = append(keys, Key{Permission: k.Permission})
	}
	return NewCatalog().With(keys...)
}
