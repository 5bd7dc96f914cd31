package company

import (
	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// user is a user on the wire. Every member is always present.
type user struct {
	ID          uuid.UUID `json:"id"`
	FirstName   string    `json:"first_name"`
	Username    string    `json:"username"`
	LastName    string    `json:"last_name"`
	Phone       string    `json:"phone"`
	Email       string    `json:"email"`
	Company     uuid.UUID `json:"company"`
	Groups      []group   `json:"groups"`
	MFA         bool      `json:"mfa"`
	ResetPW     bool      `json:"reset_pw"`
	Reset2FA    bool      `json:"reset_2fa"`
	IsActive    bool      `json:"is_active"`
	Permissions []string  `json:"permissions"`
}

// group is a role on the wire.
type group struct {
	ID          int64    `json:"id"`
	Name        string   `json:"name"`
	Permissions []string `json:"permissions"`
}

func toUser(u users.User, company uuid.UUID, r users.Rights, c *perms.Catalog) user {
	return user{
		ID:          u.ID,
		FirstName:   u.Name.Given,
		Username:    u.Username,
		LastName:    u.Name.Family,
		Phone:       u.Phone,
		Email:       u.Address(),
		Company:     company,
		Groups:      toGroups(r.Roles, c),
		MFA:         u.MFA,
		ResetPW:     u.MustChangePassword,
		Reset2FA:    u.MustResetMFA,
		IsActive:    u.Status == perms.Active,
		Permissions: r.Computed.Strings(),
	}
}

func toGroups(list []roles.Role, c *perms.Catalog) []group {
	out := make([]group, len(list))
	for i, r := range list {
		out[i] = group{ID: r.Number, Name: r.Name, Permissions: c.Expand(r.Patterns).Strings()}
	}
	return out
}
