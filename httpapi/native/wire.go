package native

import (
	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// The objects of the wire, and what they are in the domain, member by member.

type wireUser struct {
	ID                 uuid.UUID        `json:"id"`
	Number             int64            `json:"number"`
	External           *string          `json:"external"`
	Username           string           `json:"username"`
	Email              *string          `json:"email"`
	Name               string           `json:"name"`
	FirstName          string           `json:"first_name"`
	LastName           string           `json:"last_name"`
	Phone              string           `json:"phone"`
	Status             string           `json:"status"`
	Staff              bool             `json:"staff"`
	HomeTenant         *uuid.UUID       `json:"home_tenant"`
	Tenants            []string         `json:"tenants"`
	Roles              []wireAssignment `json:"roles"`
	Groups             []wireGroup      `json:"groups"`
	AvatarURL          *string          `json:"avatar_url"`
	MustChangePassword bool             `json:"must_change_password"`
	MFA                bool             `json:"mfa"`
	MustResetMFA       bool             `json:"must_reset_mfa"`
	CreatedAt          string           `json:"created_at"`
	CreatedBy          *uuid.UUID       `json:"created_by"`
	UpdatedAt          string           `json:"updated_at"`
	DeletedAt          *string          `json:"deleted_at"`
	Version            int64            `json:"version"`
}

type wireAssignment struct {
	Role      string  `json:"role"`
	Name      string  `json:"name"`
	Tenant    string  `json:"tenant"`
	StartsAt  *string `json:"starts_at"`
	ExpiresAt *string `json:"expires_at"`
}

type wireGroup struct {
	ID     uuid.UUID `json:"id"`
	Number int64     `json:"number"`
	Name   string    `json:"name"`
}

type wireTenant struct {
	ID              uuid.UUID `json:"id"`
	Number          int64     `json:"number"`
	Slug            string    `json:"slug"`
	Name            string    `json:"name"`
	Type            string    `json:"type"`
	RequireApproval bool      `json:"require_approval"`
	CreatedAt       string    `json:"created_at"`
	Version         int64     `json:"version"`
}

// wireTenantName is a tenant as somebody sees it who need not manage it.
type wireTenantName struct {
	ID     uuid.UUID `json:"id"`
	Number int64     `json:"number"`
	Slug   string    `json:"slug"`
	Name   string    `json:"name"`
	Type   string    `json:"type"`
}

type wireEntry struct {
	Revision  perms.Revision `json:"revision"`
	At        string         `json:"at"`
	Actor     wireActor      `json:"actor"`
	Action    perms.Action   `json:"action"`
	Target    wireTarget     `json:"target"`
	Tenant    *uuid.UUID     `json:"tenant"`
	Before    perms.Members  `json:"before"`
	After     perms.Members  `json:"after"`
	Reason    string         `json:"reason"`
	RequestID string         `json:"request_id"`
}

type wireActor struct {
	User *uuid.UUID      `json:"user"`
	Kind perms.ActorKind `json:"kind"`
}

type wireTarget struct {
	Kind perms.Kind `json:"kind"`
	ID   *uuid.UUID `json:"id"`
}

type wireSession struct {
	Token     string   `json:"token"`
	ExpiresAt string   `json:"expires_at"`
	User      wireUser `json:"user"`
}

type wireMe struct {
	User        wireUser         `json:"user"`
	Permissions []string         `json:"permissions"`
	Tenants     []wireTenantName `json:"tenants"`
	ExpiresAt   *string          `json:"expires_at"`
}

type wireTombstone struct {
	ID       uuid.UUID `json:"id"`
	Number   int64     `json:"number"`
	Name     string    `json:"name"`
	PurgedAt string    `json:"purged_at"`
}

type wireRole struct {
	Role        string          `json:"role"`
	Number      int64           `json:"number"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Permissions []perms.Pattern `json:"permissions"`
	Tenant      string          `json:"tenant"`
	System      bool            `json:"system"`
	CreatedAt   string          `json:"created_at"`
	CreatedBy   *uuid.UUID      `json:"created_by"`
	Version     int64           `json:"version"`
}

type wireKey struct {
	Permission  perms.Permission `json:"permission"`
	Description string           `json:"description"`
	Feature     bool             `json:"feature"`
}

type wireOverride struct {
	Permission perms.Permission `json:"permission"`
	Granted    bool             `json:"granted"`
	Tenant     string           `json:"tenant"`
	Reason     string           `json:"reason"`
	StartsAt   *string          `json:"starts_at"`
	ExpiresAt  *string          `json:"expires_at"`
	SetBy      *uuid.UUID       `json:"set_by"`
	SetAt      string           `json:"set_at"`
}

type wirePermissions struct {
	User        uuid.UUID      `json:"user"`
	Tenant      string         `json:"tenant"`
	AsOf        string         `json:"as_of"`
	Revision    perms.Revision `json:"revision"`
	Permissions []string       `json:"permissions"`
}

type wireAssignments struct {
	Roles   []wireAssignment `json:"roles"`
	Version int64            `json:"version"`
}

type wireDecision struct {
	Allowed    bool             `json:"allowed"`
	Code       perms.Code       `json:"code"`
	Permission perms.Permission `json:"permission"`
}

type wireCheck struct {
	wireDecision
	Revision perms.Revision `json:"revision"`
}

type wireChecks struct {
	Items    []wireDecision `json:"items"`
	Revision perms.Revision `json:"revision"`
}

type wireHolders struct {
	page[wireHolder]
	Revision perms.Revision `json:"revision"`
}

type wireHolder struct {
	User    wireUserName `json:"user"`
	Tenants []string     `json:"tenants"`
}

// wireUserName is a user as he is named beside what he holds.
type wireUserName struct {
	ID     uuid.UUID `json:"id"`
	Number int64     `json:"number"`
	Name   string    `json:"name"`
	Email  *string   `json:"email"`
}

type wireExplanation struct {
	Allowed    bool             `json:"allowed"`
	Code       perms.Code       `json:"code"`
	Permission perms.Permission `json:"permission"`
	Tenant     string           `json:"tenant"`
	Revision   perms.Revision   `json:"revision"`
	Sources    []wireSource     `json:"sources"`
	Fixes      []wireFix        `json:"fixes"`
}

type wireSource struct {
	Kind      perms.SourceKind `json:"kind"`
	ID        string           `json:"id"`
	Name      string           `json:"name"`
	Effect    perms.Effect     `json:"effect"`
	Decisive  bool             `json:"decisive"`
	ExpiresAt *string          `json:"expires_at"`
}

type wireFix struct {
	Action     perms.FixAction  `json:"action"`
	Permission perms.Permission `json:"permission"`
	Tenant     string           `json:"tenant"`
	Role       string           `json:"role,omitempty"`
	Summary    string           `json:"summary"`
}

// whole is a list that comes at once.
type whole[T any] struct {
	Items []T `json:"items"`
}

// page is one page of a list.
type page[T any] struct {
	Items      []T     `json:"items"`
	NextCursor *string `json:"next_cursor"`
}

// names is what users refer to by id and the wire by name.
type names struct {
	roles  map[uuid.UUID]roles.Label
	groups map[uuid.UUID]users.Group
}

// namesFor reads, for all of the users at once, the names that the actor may see.
func namesFor(c *httpapi.Call, actor perms.Actor, list ...users.User) (names, error) {
	var roleIDs, groupIDs []uuid.UUID
	for _, u := range list {
		for _, a := range u.Roles {
			roleIDs = append(roleIDs, a.Role)
		}
		groupIDs = append(groupIDs, u.Groups...)
	}
	n := names{groups: map[uuid.UUID]users.Group{}}
	var err error
	if len(roleIDs) > 0 {
		if n.roles, err = c.Book.Roles.Labels(c.Context(), actor, roleIDs); err != nil {
			return names{}, err
		}
	}
	if len(groupIDs) == 0 {
		return n, nil
	}
	groups, err := c.Book.Groups.Named(c.Context(), actor, groupIDs)
	for _, g := range groups {
		n.groups[g.ID] = g
	}
	return n, err
}

// user returns a user as the wire shows him. What the names do not know, the actor may not see.
func (n names) user(u users.User) wireUser {
	out := wireUser{
		ID: u.ID, Number: u.Number, External: orNull(u.External), Username: u.Username, Email: orNull(u.Email),
		Name: u.Name.Full, FirstName: u.Name.Given, LastName: u.Name.Family, Phone: u.Phone,
		Status: u.Status.String(), Staff: u.Staff(), Tenants: []string{}, Roles: n.assignments(u.Roles), Groups: []wireGroup{},
		AvatarURL: nil, MustChangePassword: u.MustChangePassword, MFA: u.MFA, MustResetMFA: u.MustResetMFA,
		CreatedAt: wire.FormatTime(u.CreatedAt), CreatedBy: orNull(u.CreatedBy), UpdatedAt: wire.FormatTime(u.UpdatedAt),
		DeletedAt: wire.FormatTimeOrNull(u.DeletedAt), Version: u.Version,
	}
	if home, ok := u.Home(); ok {
		out.HomeTenant = &home
	}
	for _, t := range u.Tenants {
		out.Tenants = append(out.Tenants, t.String())
	}
	for _, id := range u.Groups {
		if g, ok := n.groups[id]; ok {
			out.Groups = append(out.Groups, wireGroup{g.ID, g.Number, g.Name})
		}
	}
	return out
}

func (n names) assignments(list []perms.Assignment) []wireAssignment {
	out := []wireAssignment{}
	for _, a := range list {
		if role, ok := n.roles[a.Role]; ok {
			out = append(out, wireAssignment{
				Role: role.Key, Name: role.Name, Tenant: a.Scope.String(),
				StartsAt: wire.FormatTimeOrNull(a.StartsAt), ExpiresAt: wire.FormatTimeOrNull(a.ExpiresAt),
			})
		}
	}
	return out
}

func tenantOf(t users.Tenant) wireTenant {
	return wireTenant{
		ID: t.ID, Number: t.Number, Slug: t.Slug, Name: t.Name, Type: string(t.Type), RequireApproval: t.RequireApproval,
		CreatedAt: wire.FormatTime(t.CreatedAt), Version: t.Version,
	}
}

func roleOf(r roles.Role) wireRole {
	return wireRole{
		Role: r.Key, Number: r.Number, Name: r.Name, Description: r.Description, Permissions: append([]perms.Pattern{}, r.Patterns...),
		Tenant: r.Scope.String(), System: r.System, CreatedAt: wire.FormatTime(r.CreatedAt), CreatedBy: orNull(r.CreatedBy), Version: r.Version,
	}
}

func overrideOf(o perms.Override) wireOverride {
	return wireOverride{
		Permission: o.Permission, Granted: o.Granted, Tenant: o.Scope.String(), Reason: o.Reason,
		StartsAt: wire.FormatTimeOrNull(o.StartsAt), ExpiresAt: wire.FormatTimeOrNull(o.ExpiresAt),
		SetBy: orNull(o.SetBy), SetAt: wire.FormatTime(o.SetAt),
	}
}

func entryOf(e perms.Entry) wireEntry {
	out := wireEntry{
		Revision: e.Revision, At: wire.FormatTime(e.At), Actor: wireActor{orNull(e.Actor.User), e.Actor.Kind}, Action: e.Action,
		Target: wireTarget{e.Target.Kind, orNull(e.Target.ID)}, Before: merged(e.Before, e.PersonBefore), After: merged(e.After, e.PersonAfter),
		Reason: e.Reason, RequestID: e.RequestID,
	}
	if id, ok := e.Tenant.Tenant(); ok {
		out.Tenant = &id
	}
	return out
}

// merged returns the members of an entry, a person's own ones among the others; null if there are none.
func merged(plain, person perms.Members) perms.Members {
	if len(plain) == 0 && len(person) == 0 {
		return nil
	}
	out := make(perms.Members, len(plain)+len(person))
	for _, part := range []perms.Members{plain, person} {
		for name, value := range part {
			out[name] = value
		}
	}
	return out
}

// orNull returns nil for the zero value, which stands for none.
func orNull[T comparable](v T) *T {
	var none T
	if v == none {
		return nil
	}
	return &v
}
