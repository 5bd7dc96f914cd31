package httpapi

import (
	"slices"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// Gate says who passes the front door of a route. The zero Gate is none, and no route has it.
type Gate struct {
	kind     gateKind
	anyOf    []perms.Permission
	self     bool
	platform bool
}

type gateKind uint8

const (
	gateNone gateKind = iota
	gateNeeds
	gateAnyone
	gatePublic
)

// The gates that ask for no permission.
var (
	Anyone = Gate{kind: gateAnyone} // whoever has an account that is active
	Public = Gate{kind: gatePublic} // everybody; credentials are not looked at
)

// Needs returns the gate for whoever holds any one of the permissions in some tenant.
func Needs(anyOf ...perms.Permission) Gate { return Gate{kind: gateNeeds, anyOf: slices.Clone(anyOf)} }

// OrSelf returns the gate which the addressed user himself passes too, without any permission.
func (g Gate) OrSelf() Gate {
	g.self = true
	return g
}

// Platformwide returns the gate that asks for the permission platform-wide: that of what belongs to no tenant.
func (g Gate) Platformwide() Gate {
	g.platform = true
	return g
}

// operation returns the gate as the users service asks it.
func (g Gate) operation() users.Operation {
	op := users.Needs(g.anyOf...)
	if g.self {
		op = op.OrSelf()
	}
	if g.platform {
		op = op.Platformwide()
	}
	return op
}
