package teams

import (
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// Types says what the user types mean in roles.
type Types struct {
	Superadmin, Admin, Member, Client Type
}

// Type is what one user type means.
type Type struct {
	// Gives is the key of the role that whoever is made this type gets; "" is none.
	Gives string
	// Reads are the keys of further roles that read as this type. A role that none of the types names reads as Member.
	Reads []string
}

// presetTypes returns what the types mean in the roles of msp.Preset.
func presetTypes() *Types {
	return &Types{
		Superadmin: Type{Gives: "msp_admin"},
		Admin:      Type{Gives: "client_admin"},
		Member:     Type{Gives: "client_manager", Reads: []string{"msp_technician"}},
		Client:     Type{Reads: []string{"client_viewer"}},
	}
}

// userType is a user type by its number where it is read. A lower number is a stronger type.
type userType int64

const (
	superadmin userType = 1
	admin      userType = 2
	member     userType = 3
	client     userType = 6
)

// String returns the type's word.
func (t userType) String() string {
	switch t {
	case superadmin:
		return "Superadmin"
	case admin:
		return "Admin"
	case member:
		return "Member"
	}
	return "Client"
}

func (t userType) valid() bool { return t == superadmin || t == admin || t == member || t == client }

// The numbers of the types where users and links are made. None makes a superadmin.
const (
	makesAdmin  = 1
	makesMember = 2
	makesClient = 3 // and 6, the number of the type itself
)

// made returns the type that a number means where users and links are made.
func made(number int64) (userType, bool) {
	switch number {
	case makesAdmin:
		return admin, true
	case makesMember:
		return member, true
	case makesClient, int64(client):
		return client, true
	}
	return 0, false
}

// makes is the inverse of made, for a link that was made elsewhere.
func (t userType) makes() int64 {
	switch t {
	case superadmin, admin:
		return makesAdmin
	case member:
		return makesMember
	}
	return makesClient
}

// of returns what a type means.
func (t *Types) of(typ userType) Type {
	switch typ {
	case superadmin:
		return t.Superadmin
	case admin:
		return t.Admin
	case member:
		return t.Member
	}
	return t.Client
}

// gives returns the keys of the roles that a type gives: one, or none.
func (t *Types) gives(typ userType) []string {
	if key := t.of(typ).Gives; key != "" {
		return []string{key}
	}
	return nil
}

// reads returns the type as which a role reads.
func (t *Types) reads(key string) userType {
	for _, typ := range []userType{superadmin, admin, member, client} {
		means := t.of(typ)
		if means.Gives == key {
			return typ
		}
		for _, other := range means.Reads {
			if other == key {
				return typ
			}
		}
	}
	return member
}

// strongest returns the type of a user with these roles.
func (t *Types) strongest(list []roles.Role) userType {
	typ := client
	for _, r := range list {
		typ = min(typ, t.reads(r.Key))
	}
	return typ
}

// ladder are the types in the roles of one store.
type ladder struct {
	types *Types
	keys  map[uuid.UUID]string // of the roles that the caller sees
}

func (t *Types) ladder(labels []roles.Label) ladder {
	l := ladder{t, make(map[uuid.UUID]string, len(labels))}
	for _, label := range labels {
		l.keys[label.ID] = label.Key
	}
	return l
}

// of returns the type of a user: the strongest of his roles that count anywhere and are in force.
func (l ladder) of(u users.User, now time.Time) userType {
	typ := client
	for _, role := range u.RolesAt(now) {
		typ = min(typ, l.types.reads(l.keys[role]))
	}
	return typ
}

// assign returns assignments in which the role that a type gives stands in the place of all that count anywhere, whatever their windows. It reports
// whether there is that role.
func (l ladder) assign(list []perms.Assignment, typ userType) (out []perms.Assignment, ok bool) {
	out = []perms.Assignment{}
	key := l.types.of(typ).Gives
	for id, known := range l.keys {
		if known == key {
			out = append(out, perms.Assignment{Role: id, Scope: perms.Anywhere})
		}
	}
	ok = len(out) == 1 || key == ""
	for _, a := range list {
		if a.Scope != perms.Anywhere {
			out = append(out, a)
		}
	}
	return out, ok
}
