package teams

import (
	"errors"
	"net/http"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// listGroups is route 15.
func (t *teams) listGroups(c *httpapi.Call) error {
	list, err := c.Book.Groups.List(c.Context(), c.Actor, uuid.Nil)
	if err != nil {
		return err
	}
	out, err := toGroups(c, list...)
	if err != nil {
		return err
	}
	return t.answer(c, http.StatusOK, out)
}

// createGroup is route 16.
func (t *teams) createGroup(c *httpapi.Call) error {
	body, err := readGroup(c, wire.Required)
	if err != nil {
		return err
	}
	in := users.NewGroup{Name: body.name.Value, Description: body.description.Value, Color: body.color.Value}
	if err := refused(body.form, c.Book.Groups.Validate(in), groupMember); err != nil {
		return err
	}
	g, err := c.Book.Groups.Create(c.Context(), c.Actor, in)
	if err != nil {
		return refused(body.form, err, groupMember)
	}
	return t.answerGroup(c, http.StatusCreated, g)
}

// updateGroup is route 17.
func (t *teams) updateGroup(c *httpapi.Call) error {
	g, err := addressedGroup(c, perms.GroupsWrite)
	if err != nil {
		return err
	}
	body, err := readGroup(c, wire.Optional)
	if err != nil {
		return err
	}
	up := users.GroupUpdate{Name: body.name.Ptr(), Description: written(body.description), Color: written(body.color)}
	if err := body.validate(g); err != nil {
		return err
	}
	g, err = c.Book.Groups.Update(c.Context(), c.Actor, users.ByID(g.ID), up)
	if err != nil {
		return refused(body.form, err, groupMember)
	}
	return t.answerGroup(c, http.StatusOK, g)
}

// written returns what is to be written for a member: nil to keep what is there, "" for null.
func written(sent wire.Opt[string]) *string {
	if !sent.Sent() {
		return nil
	}
	return &sent.Value
}

// groupBody is the body of routes 16 and 17.
type groupBody struct {
	call *httpapi.Call
	form *wire.Form

	name, description, color wire.Opt[string]
}

func readGroup(c *httpapi.Call, name wire.Rule) (*groupBody, error) {
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return nil, err
	}
	b := &groupBody{call: c, form: form}
	b.name = form.String("group_name", name)
	b.description = form.String("group_description", wire.Nullable)
	b.color = form.String("group_color", wire.Nullable)
	if b.color.Set && b.color.Value == "" { // null is none
		form.Fail("group_color", wire.CodeFormat, "must be # and 3 or 6 hexadecimal digits")
	}
	return b, nil
}

// validate notes what is wrong with the values that change. What the API shows already is no change.
func (b *groupBody) validate(now users.Group) error {
	in := users.NewGroup{Name: b.name.Or("unchanged"), Description: b.description.Value, Color: b.color.Value}
	return refused(b.form, b.call.Book.Groups.Validate(in), func(field string) string {
		name := groupMember(field)
		same := name == "group_name" && in.Name == now.Name || name == "group_description" && in.Description == now.Description ||
			name == "group_color" && in.Color == now.Color
		if same {
			return ""
		}
		return name
	})
}

// groupMember returns the member of a group's body that has to do with a field of the domain's.
func groupMember(field string) string { return "group_" + field }

// deleteGroup is route 18.
func (t *teams) deleteGroup(c *httpapi.Call) error {
	ref, err := groupRef(c)
	if err != nil {
		return err
	}
	if err := c.Book.Groups.Delete(c.Context(), c.Actor, ref); err != nil {
		return err
	}
	return c.Empty(http.StatusNoContent)
}

// listMembers is route 19.
func (t *teams) listMembers(c *httpapi.Call) error {
	ref, err := groupRef(c)
	if err != nil {
		return err
	}
	list, err := c.Book.Groups.Members(c.Context(), c.Actor, ref)
	if err != nil {
		return err
	}
	return t.answerUsers(c, http.StatusOK, list)
}

// addMembers is route 20.
func (t *teams) addMembers(c *httpapi.Call) error {
	g, err := addressedGroup(c, perms.GroupsWrite)
	if err != nil {
		return err
	}
	form, ids, err := readIDs(c, "user_ids")
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		form.Fail("user_ids", wire.CodeRequired, "must not be empty")
		return form.Err()
	}
	joining := make([]users.Ref, len(ids))
	for i, id := range ids {
		joining[i] = users.ByNumber(id)
	}
	list, err := c.Book.Groups.AddMembers(c.Context(), c.Actor, users.ByID(g.ID), joining)
	if errors.Is(err, users.ErrNotFound) {
		return &refusal{"Invalid user ID", err}
	}
	if err != nil {
		return err
	}
	return t.answerUsers(c, http.StatusOK, list)
}

// removeMember is route 21.
func (t *teams) removeMember(c *httpapi.Call) error {
	g, err := groupRef(c)
	if err != nil {
		return err
	}
	u, err := userRef(c, "userId")
	if err != nil {
		return err
	}
	if err := c.Book.Groups.RemoveMembers(c.Context(), c.Actor, g, []users.Ref{u}); err != nil {
		return err
	}
	return c.Empty(http.StatusNoContent)
}

// addressedGroup returns the group that the path names, if the caller holds the permission of the route where it is.
func addressedGroup(c *httpapi.Call, needs perms.Permission) (users.Group, error) {
	ref, err := groupRef(c)
	if err != nil {
		return users.Group{}, err
	}
	return c.Book.Groups.Find(c.Context(), c.Actor, ref, needs)
}
