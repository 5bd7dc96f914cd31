package teams

import (
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/invites"
)

// listLinks is route 24.
func (t *teams) listLinks(c *httpapi.Call) error {
	list, err := c.Book.Invites.Links(c.Context(), c.Actor, uuid.Nil)
	if err != nil {
		return err
	}
	out := make([]link, len(list))
	for i, l := range list {
		out[i] = toLink(l.Link, t.inviteRole(l), l.Live)
	}
	return t.answer(c, http.StatusOK, out)
}

// inviteRole returns the number of the type that a link makes: the one that was sent, if it means that type still.
func (t *teams) inviteRole(l invites.Listed) int64 {
	typ := client
	if l.Role.Key != "" {
		typ = t.types.reads(l.Role.Key)
	}
	sent, ok := wire.Number(l.Label)
	if means, known := made(sent); ok && known && means == typ {
		return sent
	}
	return typ.makes()
}

// createLink is route 25.
func (t *teams) createLink(c *httpapi.Call) error {
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	in, role := t.readLink(form)
	if err := form.Err(); err != nil {
		return err
	}
	made, err := c.Book.Invites.CreateLink(c.Context(), c.Actor, in)
	if err != nil {
		return refused(form, err, linkMember)
	}
	slug, err := slugOf(c, made.Tenant)
	if err != nil {
		return err
	}
	token := made.Token.Reveal()
	return t.answer(c, http.StatusCreated, issuedLink{toLink(made.Link, role, true), token, c.InviteURL(slug, token)})
}

// readLink reads the body of route 25: the link to be made, and its role as it was sent.
func (t *teams) readLink(form *wire.Form) (invites.NewLink, int64) {
	role := form.Int("invite_role", wire.Optional, makesAdmin, int64(client)).Or(makesMember)
	uses := form.Int("invite_max_uses", wire.Optional, 1, invites.MaxUses)
	ends := form.String("expires_at", wire.Optional)
	in := invites.NewLink{Label: strconv.FormatInt(role, 10), MaxUses: uses.Ptr()}
	typ, ok := made(role)
	if !ok {
		form.Fail("invite_role", wire.CodeUnknown, "must be 1, 2, 3 or 6")
	}
	in.Role = t.types.of(typ).Gives
	if ends.Set {
		if in.ExpiresAt, ok = moment(ends.Value); !ok {
			form.Fail("expires_at", wire.CodeFormat, "must be a time of ISO 8601")
		}
	}
	return in, role
}

// moment reads a time as in RFC 3339, or one of UTC without a zone, without seconds, or without the time of day.
func moment(s string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if len(s) != len(layout) { // so that it has neither a fraction nor a short hour
			continue
		}
		t, err := time.Parse(layout, s)
		return t, err == nil && !t.IsZero()
	}
	t, ok := wire.Time(s)
	return t, ok && !t.IsZero()
}

// linkMember returns the member of a link's body that has to do with a field of the domain's.
func linkMember(field string) string {
	switch field {
	case "role":
		return "invite_role"
	case "max_uses":
		return "invite_max_uses"
	case "tenant":
		return "organization_id"
	}
	return field
}

// deleteLink is route 26.
func (t *teams) deleteLink(c *httpapi.Call) error {
	number, err := numberOf(c, "id", "Invalid invite link ID")
	if err != nil {
		return err
	}
	if err := c.Book.Invites.DeleteLink(c.Context(), c.Actor, number); err != nil {
		return err
	}
	return c.Empty(http.StatusNoContent)
}
