package matrix

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/fault"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// verdict is what became of an attempt, in words that all doors share.
type verdict string

const (
	allowed   verdict = "allowed"
	forbidden verdict = "forbidden"
	notFound  verdict = "not found"
	conflict  verdict = "conflict"
	invalid   verdict = "invalid"
	nobody    verdict = "nobody" // not authenticated
	closed    verdict = ""       // the door does not lead there: it cannot express the change
)

// change is something that may be done to a target, and every door that leads to it.
type change struct {
	effect, name string
	targets      []string
	doors        []door
	idle         func(*attempt) bool // the target has it already; nil for never
	seen         func(*attempt) bool // after it was allowed, asked of the store; nil for a question
}

// door is one way to do something. Behind a wide one an actor acts in all of his tenants, behind the others in one.
type door struct {
	name string
	wide bool
	open func(*attempt) verdict
}

// api returns the name of the door's API, or "Go".
func (d door) api() string { return strings.Fields(d.name)[0] }

// attempt is one actor's attempt at one target, on a stage of its own.
type attempt struct {
	*transcript.Stage
	tb    testing.TB
	who   string
	actor users.User // zero for a guest

	user   users.User
	role   roles.Role
	tenant users.Tenant
	group  users.Group

	was   string // the target's credential
	roles map[string]roles.Role
}

// over returns a door of an API. Through locator and native one acts in all of one's tenants (wire/README.md, section 4.1).
func over(api, name string, open func(*attempt) verdict) door {
	return door{name: api + " " + name, wide: api == "locator" || api == "native", open: open}
}

// ask sends a request, and returns what became of it.
func (a *attempt) ask(method, path, body string) verdict {
	a.tb.Helper()
	return judged(a.As(a.who).Send(a.tb, method, path, body))
}

// conflicts are the texts by which an API without 409 says what another says with it (wire/README.md, section 4.5; company.md and teams.md, Errors).
var conflicts = []string{
	"already in use", "already exists", "is not pending approval", "is not active", "is not suspended", "You cannot", "leave no administrator",
}

// judged returns the verdict of an answer, by the table of wire/README.md, section 4.5.
func judged(a transcript.Answer) verdict {
	switch a.Status {
	case http.StatusUnauthorized:
		return nobody
	case http.StatusForbidden:
		return forbidden
	case http.StatusNotFound:
		return notFound
	case http.StatusConflict, http.StatusGone:
		return conflict
	case http.StatusUnprocessableEntity:
		return invalid
	case http.StatusBadRequest:
		for _, text := range conflicts {
			if strings.Contains(a.Body, text) {
				return conflict
			}
		}
		return invalid
	}
	if a.Status < 300 {
		return allowed
	}
	return verdict(fmt.Sprint(a.Status, " ", a.Body))
}

// listed sends a request for a list, and returns whether the target is in it, by what shows him there.
func (a *attempt) listed(path, mark string) verdict {
	a.tb.Helper()
	answer := a.As(a.who).Get(a.tb, path)
	if v := judged(answer); v != allowed {
		return v
	}
	return found(strings.Contains(answer.Body, mark))
}

func found(there bool) verdict {
	if there {
		return allowed
	}
	return notFound
}

// viaGo returns both doors of a Go call: as the user, and narrowed to his home unless he is staff.
func viaGo(name string, call func(a *attempt, actor perms.Actor) error) []door {
	return []door{
		{name: "Go " + name, wide: true, open: func(a *attempt) verdict {
			if a.actor.Number == 0 {
				return closed
			}
			return judgedError(call(a, perms.As(a.actor.ID)))
		}},
		{name: "Go " + name + ", in one tenant", open: func(a *attempt) verdict {
			if a.actor.Number == 0 {
				return closed
			}
			actor := perms.As(a.actor.ID)
			if home, _ := a.actor.Home(); !a.actor.Staff() {
				actor = actor.In(home)
			}
			return judgedError(call(a, actor))
		}},
	}
}

// errClosed is what a Go call returns that cannot express the change.
var errClosed = errors.New("matrix: closed")

// judgedError is judged for an error.
func judgedError(err error) verdict {
	if err == nil {
		return allowed
	}
	if errors.Is(err, errClosed) {
		return closed
	}
	switch kind := fault.KindOf(err); kind {
	case fault.Forbidden, fault.Escalation, fault.SelfRights, fault.SelfStatus:
		return forbidden
	case fault.NotFound:
		return notFound
	case fault.Conflict, fault.Duplicate, fault.Lockout, fault.Stale, fault.Gone:
		return conflict
	case fault.Invalid:
		return invalid
	}
	return verdict(err.Error())
}

// doors joins lists of doors, the last one first: it is the Go call that the others come to, whose verdict they are compared with.
func doors(lists ...[]door) (all []door) {
	slices.Reverse(lists)
	return slices.Concat(lists...)
}

// object writes a JSON object of names and values in turn.
func object(pairs ...any) string {
	members := make([]string, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		value, err := json.Marshal(pairs[i+1])
		if err != nil {
			panic(err)
		}
		members = append(members, fmt.Sprintf("%q:%s", pairs[i], value))
	}
	return "{" + strings.Join(members, ",") + "}"
}

// path writes a path with values.
func path(format string, values ...any) string { return fmt.Sprintf(format, values...) }

// isSelf reports whether the target is the actor.
func (a *attempt) isSelf() bool { return a.actor.ID == a.user.ID && a.actor.Number != 0 }

// actsIn reports whether what the actor does without naming a tenant is done in the attempt's.
func (a *attempt) actsIn() bool {
	home, ok := a.actor.Home()
	return ok && home == a.tenant.ID
}
