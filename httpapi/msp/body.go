package msp

import (
	"errors"
	"strings"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// userBody is the body of routes 2 and 3.
type userBody struct {
	call *httpapi.Call
	form *wire.Form

	name, email, password wire.Opt[string]
	place
	staff, active wire.Opt[bool]
}

// readNewUser reads the body of route 2.
func readNewUser(c *httpapi.Call) (*userBody, error) {
	return readBody(c, wire.Required, wire.Required)
}

// readUser reads the body of route 3, in which the password may be left out, and a user without a role has none.
func readUser(c *httpapi.Call) (*userBody, error) {
	return readBody(c, wire.Optional, wire.Required|wire.Nullable)
}

func readBody(c *httpapi.Call, password, role wire.Rule) (*userBody, error) {
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return nil, err
	}
	b := &userBody{call: c, form: form}
	b.name = form.String("name", wire.Required)
	b.email = form.String("email", wire.Required)
	b.password = form.String("password", password)
	b.read(form, role)
	b.staff = form.Bool("is_msp_staff", wire.Optional)
	b.active = form.Bool("active", wire.Optional)
	if b.password.Set && b.password.Value == "" { // which the domain takes for none
		form.Fail("password", wire.CodeTooShort, "must not be empty")
	}
	if _, client := c.Actor.Narrowed(); client && b.staff.Value {
		return nil, perms.Beyond("")
	}
	return b, b.find(c, form)
}

// draft returns the user to be created, or all that is wrong with him.
func (b *userBody) draft() (users.New, error) {
	in := users.New{Email: b.email.Value, Name: b.name.Value, Password: b.password.Value}
	if b.role != nil {
		in.Roles = []string{b.role.Key}
		if !fits(b.role, b.staff.Value, b.tenant) {
			unfit(b.form)
		}
	}
	if b.staff.Value {
		in.Tenants = []perms.Tenancy{perms.EveryTenant}
	} else if b.tenant != uuid.Nil {
		in.Tenants = []perms.Tenancy{perms.TenantOf(b.tenant)}
	}
	if !b.active.Or(true) {
		in.Status = perms.Suspended
	}
	return in, refused(b.form, b.call.Book.Users.Validate(in))
}

// changes returns what the body changes of a user, or all that is wrong with it. What the API shows already is no change, whatever its length.
func (b *userBody) changes(now users.User) (users.Update, error) {
	up := users.Update{Active: b.active.Ptr(), Password: b.password.Ptr(), KeepSession: b.call.Principal.Session}
	b.changeRights(&up, now)
	b.changeRecord(&up, now)
	if err := b.validate(up, now); err != nil {
		return users.Update{}, err
	}
	return up, b.form.Err()
}

// changeRecord writes name and e-mail. The e-mail is the user name too as long as nobody has made it another.
func (b *userBody) changeRecord(up *users.Update, now users.User) {
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

// changeRights writes role, tenant and staff flag. Together they must fit, if any of them changes.
func (b *userBody) changeRights(up *users.Update, now users.User) {
	held := b.known.primary(&now, b.call.Book.Now())
	role, staff, tenant := held, b.staff.Or(now.Staff()), b.tenant
	if b.role != nil {
		role = b.role
	}
	home, _ := now.Home()
	if !b.tenantID.Sent() {
		tenant = home
	}
	if b.roleID.Null && held != nil {
		b.form.Fail("role_id", wire.CodeRequired, "is required")
	}
	promoted, moved := role != held, staff != now.Staff() || tenant != home
	if (promoted || moved) && !fits(role, staff, tenant) {
		unfit(b.form)
	}
	if promoted {
		list := b.known.replace(now.Roles, role)
		up.Roles = &list
	}
	if moved {
		list := move(now.Tenants, staff, tenant)
		up.Tenants = &list
	}
}

// move returns a user's list of tenants with another home in the place of his present one. Staff has every tenant and no home.
func move(list []perms.Tenancy, staff bool, tenant uuid.UUID) []perms.Tenancy {
	if staff {
		return []perms.Tenancy{perms.EveryTenant}
	}
	old, had := perms.HomeOf(list)
	var out []perms.Tenancy
	for _, t := range list {
		switch {
		case had && t == perms.TenantOf(old):
			out = append(out, perms.TenantOf(tenant))
		case !t.Every() && t != perms.TenantOf(tenant):
			out = append(out, t)
		}
	}
	if !had {
		out = append(out, perms.TenantOf(tenant))
	}
	return out
}

// validate notes what is wrong with the values that change. A password that the policy refuses can still be the present one, which is none; only the
// service can tell, so it is judged here only where the request fails anyway.
func (b *userBody) validate(up users.Update, now users.User) error {
	in := users.New{Email: b.email.Value, Username: now.Username, Name: b.name.Value, Password: b.password.Value}
	if up.Username != nil {
		in.Username = *up.Username
	}
	return collect(b.form, b.call.Book.Users.Validate(in), func(field string) string {
		name := member(field)
		unchanged := name == "email" && up.Email == nil || name == "name" && up.Name == nil
		if unchanged || name == "password" && b.form.Err() == nil {
			return ""
		}
		return name
	})
}

// member returns the member of a body that has to do with a field of the domain's.
func member(field string) string {
	name, _, _ := strings.Cut(field, "[")
	switch name {
	case "username":
		return "email"
	case "first_name", "last_name":
		return "name"
	case "roles", "role":
		return "role_id"
	case "tenants", "tenant":
		return "tenant_id"
	case "lifetime":
		return "expires_hours"
	case "permission":
		return "permission_key"
	}
	return name
}

// refused returns the error of a service as one of the body's: what the service finds wrong stands beside what the form has found, under the body's own
// names. It is nil if neither has found anything.
func refused(form *wire.Form, err error) error {
	if err := collect(form, err, member); err != nil {
		return err
	}
	return form.Err()
}

// collect notes in a form what a service finds wrong with values that were sent, under the names that rename gives them, "" for none, and returns every
// other error as it is. What was not sent is missing, which the form has noted itself.
func collect(form *wire.Form, err error, rename func(field string) string) error {
	var invalid *perms.InvalidError
	if !errors.As(err, &invalid) {
		return err
	}
	for _, f := range invalid.Fields {
		if name := rename(f.Field); name != "" {
			form.Fail(name, wire.CodeNotAllowed, f.Text)
		}
	}
	return nil
}
