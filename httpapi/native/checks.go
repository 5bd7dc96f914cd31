package native

import (
	"net/http"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// check is POST /v1/check.
func check(c *httpapi.Call) error {
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	q := readQuestion(c, form)
	if err := form.Err(); err != nil {
		return err
	}
	d, err := decide(c, q)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, wireCheck{decisionOf(q, d), d.Revision})
}

// decide answers one question. What the caller asks about himself takes no permission, so the Authorizer answers it from what it remembers.
func decide(c *httpapi.Call, q users.Question) (perms.Decision, error) {
	if q.User != c.User.ID {
		decisions, revision, err := c.Book.Users.Check(c.Context(), c.Actor, q)
		if err != nil {
			return perms.Decision{}, err
		}
		decisions[0].Revision = revision
		return decisions[0], nil
	}
	if q.Scope == (perms.Scope{}) {
		q.Scope = perms.Home
	}
	return c.Book.Perms.CheckObject(c.Context(), q.User, q.Permission, q.Scope, q.Object)
}

// checkBatch is POST /v1/check/batch. Its answers are all as of one revision, because one snapshot of the store gives them.
func checkBatch(c *httpapi.Call) error {
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	elements := form.Objects("checks", wire.Required)
	if elements.Set && len(elements.Value) == 0 {
		form.Fail("checks", wire.CodeTooShort, "must not be empty")
	}
	questions := make([]users.Question, len(elements.Value))
	for i, element := range elements.Value {
		questions[i] = readQuestion(c, element)
	}
	if err := form.Err(); err != nil {
		return err
	}
	decisions, revision, err := c.Book.Users.Check(c.Context(), c.Actor, questions...)
	if err != nil {
		return err
	}
	items := make([]wireDecision, len(decisions))
	for i, d := range decisions {
		items[i] = decisionOf(questions[i], d)
	}
	return c.JSON(http.StatusOK, wireChecks{items, revision})
}

// readQuestion reads what is asked about a user, the caller himself if none is named.
func readQuestion(c *httpapi.Call, form *wire.Form) users.Question {
	user, permission := form.UUID("user", wire.Optional), form.String("permission", wire.Required)
	q := users.Question{User: user.Or(c.User.ID), Permission: perms.Permission(permission.Value), Scope: readScope(form, perms.Scope{})}
	if _, err := perms.ParsePermission(permission.Value); err != nil {
		form.Fail("permission", wire.CodeFormat, "is no permission key")
	}
	if object := form.Object("object", wire.Optional); object.Set {
		typ, id := object.Value.String("type", wire.Required), object.Value.Number("id", wire.Required)
		q.Object = perms.Object{Type: typ.Value, ID: id.Value}
		if !(perms.Object{Type: typ.Value, ID: 1}).Valid() {
			object.Value.Fail("type", wire.CodeFormat, "is no type of objects")
		}
	}
	return q
}

func decisionOf(q users.Question, d perms.Decision) wireDecision {
	return wireDecision{d.Allowed, d.Code, q.Permission}
}
