package msp

import (
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// label is a role's label with its form on the wire, which all users share who hold it.
type label struct {
	roles.Label
	wire role
}

// directory is what the roles are called that a caller may see.
type directory struct {
	labels []label // in ascending order of number
	byID   map[uuid.UUID]*label
}

// readDirectory returns the directory of the caller.
func readDirectory(c *httpapi.Call) (directory, error) {
	names, err := c.Book.Roles.Names(c.Context(), c.Actor)
	if err != nil {
		return directory{}, err
	}
	return newDirectory(names), nil
}

func newDirectory(names []roles.Label) directory {
	d := directory{make([]label, len(names)), make(map[uuid.UUID]*label, len(names))}
	for i, l := range names {
		d.labels[i] = label{l, role{ID: l.Number, Name: l.Name, DisplayName: l.Name}}
		if l.System {
			d.labels[i].wire.Name = l.Key
		}
		d.byID[l.ID] = &d.labels[i]
	}
	return d
}

// numbered returns the role with a number, or nil.
func (d directory) numbered(number int64) *label {
	for i := range d.labels {
		if d.labels[i].Number == number {
			return &d.labels[i]
		}
	}
	return nil
}

// primary returns the role that this API shows of a user, or nil: the first that counts anywhere and is in force.
func (d directory) primary(u *users.User, now time.Time) *label {
	for _, a := range u.Roles {
		if l := d.byID[a.Role]; l != nil && a.Scope == perms.Anywhere && a.Open(now) {
			return l
		}
	}
	return nil
}

// replace returns a list of assignments with one role in the place of all that count anywhere, whatever their windows. Those of one tenant stay, and
// those of roles that the caller does not see.
func (d directory) replace(list []perms.Assignment, by *label) []perms.Assignment {
	out := []perms.Assignment{{Role: by.ID, Scope: perms.Anywhere}}
	for _, a := range list {
		if a.Scope != perms.Anywhere || d.byID[a.Role] == nil {
			out = append(out, a)
		}
	}
	return out
}

// tenants are numbers of tenants by their ids.
type tenants map[uuid.UUID]*int64

// readTenants returns the numbers of tenants that an actor may see.
func readTenants(c *httpapi.Call, ids map[uuid.UUID]bool) (tenants, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	named, err := c.Book.Tenants.Named(c.Context(), c.Actor, slices.Collect(maps.Keys(ids)))
	found := make(tenants, len(named))
	for i := range named {
		found[named[i].ID] = &named[i].Number
	}
	return found, err
}

// readHomes returns the numbers of the users' home tenants.
func readHomes(c *httpapi.Call, list []users.User) (tenants, error) {
	homes := map[uuid.UUID]bool{}
	for i := range list {
		if home, ok := list[i].Home(); ok {
			homes[home] = true
		}
	}
	return readTenants(c, homes)
}

// offered returns the directory of the one role that an invite gives: a guest sees no other.
func offered(o invites.Offer) directory {
	r := o.Role
	return newDirectory([]roles.Label{{ID: r.ID, Number: r.Number, Key: r.Key, Name: r.Name, Scope: r.Scope, System: r.System}})
}
