package locator

import (
	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// user is a UserResponse. Whoever may not read the user gets none of the members behind tenants.
type user struct {
	Locator     uuid.UUID `json:"locator"`
	FirstName   string    `json:"firstName"`
	LastName    string    `json:"lastName"`
	UserName    string    `json:"userName"`
	Tenants     []string  `json:"tenants"`
	Email       string    `json:"email,omitempty"`
	Permissions []string  `json:"permissions,omitzero"`
	Roles       []string  `json:"roles,omitzero"`
}

// basicUser is a BasicUserResponse.
type basicUser struct {
	Locator   uuid.UUID `json:"locator"`
	UserName  string    `json:"userName"`
	FirstName string    `json:"firstName,omitempty"`
	LastName  string    `json:"lastName,omitempty"`
}

// role is a RoleResponse.
type role struct {
	Locator     string          `json:"locator"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Version     int64           `json:"version"`
	CreatedAt   string          `json:"createdAt"`
	CreatedBy   uuid.UUID       `json:"createdBy"`
	Permissions []perms.Pattern `json:"permissions"`
}

// list is a page of a list.
type list[T any] struct {
	ListCompleted bool `json:"listCompleted"`
	Items         []T  `json:"items"`
}

// toListed returns what everybody may know of a user whom he sees in a list.
func toListed(u users.User) user {
	out := user{
		Locator:   u.ID,
		FirstName: u.Name.Given,
		LastName:  u.Name.Family,
		UserName:  u.Username,
		Tenants:   make([]string, len(u.Tenants)),
	}
	for i, t := range u.Tenants {
		out.Tenants[i] = t.String()
	}
	return out
}

func toUser(u users.User, r users.Rights) user {
	out := toListed(u)
	out.Email = u.Email
	out.Permissions = r.Computed.Strings()
	out.Roles = make([]string, len(r.Roles))
	for i, held := range r.Roles {
		out.Roles[i] = held.Key
	}
	return out
}

func toBasicUser(u users.User) basicUser {
	return basicUser{Locator: u.ID, UserName: u.Username, FirstName: u.Name.Given, LastName: u.Name.Family}
}

func toRole(r roles.Role) role {
	name, description := shownAs(r)
	out := role{
		Locator:     r.Key,
		Name:        name,
		Description: description,
		Version:     r.Version,
		CreatedAt:   wire.FormatTime(r.CreatedAt),
		CreatedBy:   r.CreatedBy,
		Permissions: r.Patterns,
	}
	if out.Permissions == nil {
		out.Permissions = []perms.Pattern{}
	}
	return out
}

// shownAs returns the name and the description of a role. Those of a system role are its key, and its name for people.
func shownAs(r roles.Role) (name, description string) {
	if r.System {
		return r.Key, r.Name
	}
	return r.Name, r.Description
}
