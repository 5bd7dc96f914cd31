package perms

import (
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// TenantType classes tenants. The zero value is none of them.
type TenantType string

// The types of tenants. In a retired or deleted tenant, users who are there by its id alone hold nothing.
const (
	TestTenant       TenantType = "test"
	ProductionTenant TenantType = "production"
	RetiredTenant    TenantType = "retired"
	DeletedTenant    TenantType = "deleted"
)

// TenantTypes returns all types of tenants.
func TenantTypes() []TenantType {
	return []TenantType{TestTenant, ProductionTenant, RetiredTenant, DeletedTenant}
}

// Valid reports whether t is one of the types.
func (t TenantType) Valid() bool {
	return t == TestTenant || t == ProductionTenant || t == RetiredTenant || t == DeletedTenant
}

// Lapsed reports whether membership by id counts for nothing in tenants of this type.
func (t TenantType) Lapsed() bool { return t == RetiredTenant || t == DeletedTenant }

// Scope is where a question is asked, or where an assignment, override or role counts. The zero Scope is none and is refused.
type Scope struct {
	kind   scopeKind
	tenant uuid.UUID
}

type scopeKind uint8

const (
	noScope scopeKind = iota
	home
	inTenant
	anywhere
)

// The scopes that name no tenant.
var (
	// Home is the user's home tenant: the usual scope of a question.
	Home = Scope{kind: home}
	// Anywhere is platform-wide for a question, and every tenant of the user's own scope for an assignment, override or role.
	Anywhere = Scope{kind: anywhere}
)

// In returns the scope of one tenant.
func In(tenant uuid.UUID) Scope { return Scope{inTenant, tenant} }

// Tenant returns the tenant of a scope made by [In].
func (s Scope) Tenant() (uuid.UUID, bool) { return s.tenant, s.kind == inTenant }

// Bindable reports whether an assignment, override or role can count in s: in one tenant, or anywhere.
func (s Scope) Bindable() bool {
	return s.kind == anywhere || s.kind == inTenant && s.tenant != uuid.Nil
}

// asks reports whether a question can be asked in s.
func (s Scope) asks() bool { return s.kind != noScope }

// String returns "any" for Anywhere, "home" for Home, the tenant's id, or "" for the zero Scope.
func (s Scope) String() string {
	switch s.kind {
	case home:
		return "home"
	case inTenant:
		return s.tenant.String()
	case anywhere:
		return "any"
	}
	return ""
}

// ParseScope is the inverse of [Scope.String] for the scopes that are [Scope.Bindable].
func ParseScope(text string) (Scope, error) {
	if text == "any" {
		return Anywhere, nil
	}
	id, ok := parseTenant(text)
	if !ok {
		return Scope{}, fmt.Errorf("perms: malformed scope %.40q", text)
	}
	return In(id), nil
}

// Tenancy is one entry of a user's list of tenants: one tenant, every tenant, or every tenant of a type. The zero Tenancy is none and is refused.
type Tenancy struct {
	tenant uuid.UUID
	typ    TenantType
	every  bool
}

// EveryTenant is the tenancy of staff.
var EveryTenant = Tenancy{every: true}

// TenantOf returns the tenancy of one tenant.
func TenantOf(tenant uuid.UUID) Tenancy { return Tenancy{tenant: tenant} }

// TenantsOfType returns the tenancy of every tenant of a type.
func TenantsOfType(t TenantType) Tenancy { return Tenancy{typ: t} }

// Tenant returns the tenant that the entry names.
func (t Tenancy) Tenant() (uuid.UUID, bool) { return t.tenant, t.tenant != uuid.Nil }

// Type returns the type that the entry names.
func (t Tenancy) Type() (TenantType, bool) { return t.typ, t.typ != "" }

// Every reports whether the entry is every tenant.
func (t Tenancy) Every() bool { return t.every }

// Valid reports whether the entry names something.
func (t Tenancy) Valid() bool {
	return t.every || t.tenant != uuid.Nil || t.typ.Valid()
}

// String returns the tenant's id, "any", "type:<type>", or "" for the zero Tenancy.
func (t Tenancy) String() string {
	switch {
	case t.every:
		return "any"
	case t.typ != "":
		return "type:" + string(t.typ)
	case t.tenant != uuid.Nil:
		return t.tenant.String()
	}
	return ""
}

// ParseTenancy is the inverse of [Tenancy.String].
func ParseTenancy(text string) (Tenancy, error) {
	if text == "any" {
		return EveryTenant, nil
	}
	if typ, ok := strings.CutPrefix(text, "type:"); ok && TenantType(typ).Valid() {
		return TenantsOfType(TenantType(typ)), nil
	}
	id, ok := parseTenant(text)
	if !ok {
		return Tenancy{}, fmt.Errorf("perms: malformed tenancy %.40q", text)
	}
	return TenantOf(id), nil
}

// parseTenant reads a tenant's id in its one form of 36 characters; [uuid.Parse] takes others too.
func parseTenant(text string) (uuid.UUID, bool) {
	if len(text) != 36 {
		return uuid.Nil, false
	}
	id, err := uuid.Parse(text)
	return id, err == nil && id != uuid.Nil
}

// HomeOf returns the home tenant of a list: the first one named by its id.
func HomeOf(list []Tenancy) (uuid.UUID, bool) {
	for _, t := range list {
		if id, ok := t.Tenant(); ok {
			return id, true
		}
	}
	return uuid.Nil, false
}

// Place is a point at which sets are resolved: the platform as a whole, one tenant of a known type, or any tenant of a type that nothing names.
// The zero Place is a tenant that does not exist; nobody holds anything there.
type Place struct {
	tenant   uuid.UUID
	typ      TenantType
	platform bool
}

// Platform is where the operations that belong to no tenant are decided.
var Platform = Place{platform: true}

// PlaceOf returns the place of a tenant, given its type.
func PlaceOf(tenant uuid.UUID, typ TenantType) Place { return Place{tenant: tenant, typ: typ} }

// PlaceOfType stands for every tenant of a type that no assignment, override, role or list of tenants names.
func PlaceOfType(typ TenantType) Place { return Place{typ: typ} }

// Scope returns the place as the scope of an answer.
func (p Place) Scope() Scope {
	if p.platform {
		return Anywhere
	}
	return In(p.tenant)
}

// Covers reports whether the list of tenants reaches the place; with lapsed tenants counted as if they had not lapsed when ever is set.
func Covers(list []Tenancy, at Place, ever bool) bool {
	for _, t := range list {
		if t.covers(at, ever) {
			return true
		}
	}
	return false
}

func (t Tenancy) covers(at Place, ever bool) bool {
	switch {
	case t.every:
		return at.platform || at.typ != ""
	case at.platform || at.typ == "":
		return false
	case t.typ != "":
		return t.typ == at.typ
	}
	return t.tenant != uuid.Nil && t.tenant == at.tenant && (ever || !at.typ.Lapsed())
}
