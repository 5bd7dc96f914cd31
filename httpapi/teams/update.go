package teams

import (
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// updateUser is route 4.
func (t *teams) updateUser(c *httpapi.Call) error {
	u, err := addressedUser(c)
	if err != nil {
		return err
	}
	body, err := t.readUpdate(c)
	if err != nil {
		return err
	}
	u, err = c.Book.Users.Edit(c.Context(), c.Actor, c.Operation, users.ByID(u.ID), body.changes)
	if err != nil {
		return refused(body.form, err, userMember)
	}
	return t.answerUser(c, http.StatusOK, u)
}

// update is the body of route 4.
type update struct {
	call *httpapi.Call
	form *wire.Form

	name, email wire.Opt[string]
	typ         wire.Opt[int64]
	typeName    wire.Opt[string]
	password    wire.Opt[string]

	ladder ladder
	usual  uuid.UUID // the default tenant
}

func (t *teams) readUpdate(c *httpapi.Call) (*update, error) {
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return nil, err
	}
	b := &update{call: c, form: form}
	b.name = form.String("user_name", wire.Optional)
	b.email = form.String("user_email", wire.Optional)
	b.typ = form.Int("user_type", wire.Optional, int64(superadmin), int64(client))
	b.typeName = form.String("user_type_name", wire.Optional)
	b.password = form.String("user_password", wire.Optional)
	if b.email.Set && strings.TrimSpace(b.email.Value) == "" {
		form.Fail("user_email", wire.CodeRequired, "must not be empty")
	}
	if b.typ.Set && !userType(b.typ.Value).valid() {
		form.Fail("user_type", wire.CodeUnknown, "must be 1, 2, 3 or 6")
	}
	if b.password.Set && b.password.Value == "" {
		form.Fail("user_password", wire.CodeRequired, "must not be empty")
	}
	return b, b.read(t)
}

// read reads what a change of the type takes.
func (b *update) read(t *teams) error {
	if !b.typ.Set && !b.typeName.Set {
		return nil
	}
	labels, err := b.call.Book.Roles.Names(b.call.Context(), b.call.Actor)
	if err != nil {
		return err
	}
	usual, err := b.call.Book.Tenants.Default(b.call.Context())
	b.ladder, b.usual = t.types.ladder(labels), usual.ID
	return err
}

// changes returns what the body changes of a user, or what is wrong with it. What the API shows already is no change, whatever its length.
func (b *update) changes(now users.User) (users.Update, error) {
	up := users.Update{Password: b.password.Ptr(), KeepSession: b.call.Principal.Session}
	b.changeRecord(&up, now)
	if b.typ.Set || b.typeName.Set {
		b.changeType(&up, now)
	}
	return up, refused(b.form, b.call.Book.Users.ValidateUpdate(up), userMember)
}

// changeRecord writes name and e-mail. The e-mail is the user name too as long as nobody has made it another.
func (b *update) changeRecord(up *users.Update, now users.User) {
	if email := strings.TrimSpace(b.email.Value); b.email.Set && email != now.Address() {
		up.Email = &email
		if now.Email == "" || users.Canonical(now.Email) == users.Canonical(now.Username) {
			up.Username = &email
		}
	}
	if full := strings.TrimSpace(b.name.Value); b.name.Set && full != now.Name.Full {
		name := users.FullName(full)
		up.Name = &name
	}
}

// changeType writes the type. Where a number means another type in a create, its word must stand beside it.
func (b *update) changeType(up *users.Update, now users.User) {
	present := b.ladder.of(now, b.call.Book.Now())
	wanted := userType(b.typ.Or(int64(present)))
	if b.typeName.Set && b.typeName.Value != wanted.String() {
		b.form.Fail("user_type_name", wire.CodeUnknown, "is not the word of the type")
	}
	if wanted == present {
		return
	}
	if !b.typeName.Set && (wanted == superadmin || wanted == admin) {
		b.form.Fail("user_type", codeAmbiguous, "needs user_type_name beside it")
	}
	list, ok := b.ladder.assign(now.Roles, wanted)
	if !ok {
		b.form.Fail("user_type", wire.CodeUnknown, "gives a role that is not there")
	}
	up.Roles = &list
	switch {
	case wanted == superadmin:
		up.Tenants = &[]perms.Tenancy{perms.EveryTenant}
	case now.Staff():
		up.Tenants = b.withoutStaff(now.Tenants)
	}
}

// withoutStaff returns the tenants of a user who is staff no longer. Whoever is left without any belongs to the default tenant.
func (b *update) withoutStaff(list []perms.Tenancy) *[]perms.Tenancy {
	left := slices.DeleteFunc(slices.Clone(list), perms.Tenancy.Every)
	if len(left) == 0 {
		left = []perms.Tenancy{perms.TenantOf(b.usual)}
	}
	return &left
}
