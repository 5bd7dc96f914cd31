package teams

import (
	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/users"
)

// answer answers with data in its envelope.
func (t *teams) answer(c *httpapi.Call, status int, data any) error {
	if t.bare {
		return c.JSON(status, data)
	}
	return c.JSON(status, success{1, data})
}

// answerUser answers with one user.
func (t *teams) answerUser(c *httpapi.Call, status int, u users.User) error {
	out, err := t.toUsers(c, u)
	if err != nil {
		return err
	}
	return t.answer(c, status, out[0])
}

// answerUsers answers with a list, at the same few reads however long it is.
func (t *teams) answerUsers(c *httpapi.Call, status int, list []users.User) error {
	out, err := t.toUsers(c, list...)
	if err != nil {
		return err
	}
	return t.answer(c, status, out)
}

func (t *teams) toUsers(c *httpapi.Call, list ...users.User) ([]user, error) {
	held, err := c.Book.Users.Rights(c.Context(), c.Actor, list...)
	if err != nil {
		return nil, err
	}
	out := make([]user, len(list))
	for i, u := range list {
		out[i] = t.toUser(u, held[i])
	}
	return out, nil
}

func (t *teams) answerGroup(c *httpapi.Call, status int, g users.Group) error {
	out, err := toGroups(c, g)
	if err != nil {
		return err
	}
	return t.answer(c, status, out[0])
}

func toGroups(c *httpapi.Call, list ...users.Group) ([]group, error) {
	counts, err := c.Book.Groups.MemberCounts(c.Context(), c.Actor, list)
	if err != nil {
		return nil, err
	}
	out := make([]group, len(list))
	for i, g := range list {
		out[i] = toGroup(g, counts[g.ID])
	}
	return out, nil
}

// slugOf returns the slug of a tenant, "" if the caller does not see it.
func slugOf(c *httpapi.Call, tenant uuid.UUID) (string, error) {
	named, err := c.Book.Tenants.Named(c.Context(), c.Actor, []uuid.UUID{tenant})
	if err != nil || len(named) == 0 {
		return "", err
	}
	return named[0].Slug, nil
}
