package msp

import (
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// user is a user on the wire. Every member is always present.
type user struct {
	ID         int64  `json:"id"`
	Name       string `json:"name"`
	Email      string `json:"email"`
	RoleID     *int64 `json:"role_id"`
	Role       *role  `json:"role"`
	TenantID   *int64 `json:"tenant_id"`
	IsMSPStaff bool   `json:"is_msp_staff"`
	Active     bool   `json:"active"`
	CreatedAt  string `json:"created_at"`
}

// accepted is a user who has just come by an invite. He is signed in where the host can do that.
type accepted struct {
	user
	AccessToken string `json:"access_token,omitempty"`
	TokenType   string `json:"token_type,omitempty"`
}

type role struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	DisplayName string `json:"display_name"`
}

type permissions struct {
	RolePermissions      []string   `json:"role_permissions"`
	Overrides            []override `json:"overrides"`
	EffectivePermissions []string   `json:"effective_permissions"`
}

type override struct {
	PermissionKey string `json:"permission_key"`
	Granted       bool   `json:"granted"`
}

// issued is an invite that has just been made, with the token that is never seen again.
type issued struct {
	Token     string `json:"token"`
	InviteURL string `json:"invite_url"`
	ID        int64  `json:"id"`
	ExpiresAt string `json:"expires_at"`
}

// pendingInvite is an invite on the wire.
type pendingInvite struct {
	ID        int64  `json:"id"`
	Email     string `json:"email"`
	Name      string `json:"name"`
	RoleID    *int64 `json:"role_id"`
	TenantID  *int64 `json:"tenant_id"`
	ExpiresAt string `json:"expires_at"`
	CreatedAt string `json:"created_at"`
	CreatedBy *int64 `json:"created_by"`
}

// offer is what a token offers.
type offer struct {
	Valid      bool    `json:"valid"`
	Email      string  `json:"email"`
	Name       string  `json:"name"`
	RoleID     int64   `json:"role_id"`
	Role       string  `json:"role"`
	TenantID   *int64  `json:"tenant_id"`
	TenantName *string `json:"tenant_name"`
	ExpiresAt  string  `json:"expires_at"`
}

func toUser(u *users.User, known directory, homes tenants, now time.Time) user {
	home, _ := u.Home()
	out := user{
		ID:         u.Number,
		Name:       u.Name.Full,
		Email:      u.Address(),
		TenantID:   homes[home],
		IsMSPStaff: u.Staff(),
		Active:     u.Status == perms.Active,
		CreatedAt:  wire.FormatTime(u.CreatedAt),
	}
	if l := known.primary(u, now); l != nil {
		out.RoleID, out.Role = &l.wire.ID, &l.wire
	}
	return out
}

// toRoles puts the system roles first, each kind by number.
func toRoles(d directory) []role {
	out := make([]role, 0, len(d.labels))
	for _, system := range []bool{true, false} {
		for _, l := range d.labels {
			if l.System == system {
				out = append(out, l.wire)
			}
		}
	}
	return out
}

func toPermissions(p users.Permissions) permissions {
	out := permissions{
		RolePermissions:      p.FromRoles.Strings(),
		Overrides:            make([]override, len(p.Overrides)),
		EffectivePermissions: p.Computed.Strings(),
	}
	for i, o := range p.Overrides {
		out.Overrides[i] = override{string(o.Permission), o.Granted}
	}
	return out
}

func toPending(i invites.Invite, known directory, homes tenants, makers map[uuid.UUID]int64) pendingInvite {
	tenant, _ := i.Tenant.Tenant()
	out := pendingInvite{
		ID:        i.Number,
		Email:     i.Email,
		Name:      i.Name,
		TenantID:  homes[tenant],
		ExpiresAt: wire.FormatTime(i.ExpiresAt),
		CreatedAt: wire.FormatTime(i.CreatedAt),
	}
	if l := known.byID[i.Role]; l != nil {
		out.RoleID = &l.wire.ID
	}
	if maker, ok := makers[i.CreatedBy]; ok {
		out.CreatedBy = &maker
	}
	return out
}

func toOffer(o invites.Offer) offer {
	out := offer{
		Valid:     true,
		Email:     o.Email,
		Name:      o.Name,
		RoleID:    o.Role.Number,
		Role:      offered(o).labels[0].wire.Name,
		ExpiresAt: wire.FormatTime(o.ExpiresAt),
	}
	if o.Tenant.ID != uuid.Nil {
		out.TenantID, out.TenantName = &o.Tenant.Number, &o.Tenant.Name
	}
	return out
}
