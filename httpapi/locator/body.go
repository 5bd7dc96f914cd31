package locator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// readNewUser returns the user that a UserCreateRequest describes, or all that is wrong with it.
func readNewUser(c *httpapi.Call, form *wire.Form) (users.New, error) {
	first, last := filled(form, "firstName", wire.Required), form.String("lastName", wire.Required)
	name, password := filled(form, "userName", wire.Required), filled(form, "password", wire.Required)
	temporary, email := form.Bool("temporaryPassword", wire.Required), filled(form, "email", wire.Optional)
	in := users.New{
		Given: first.Value, Family: last.Value, ByParts: true,
		Username: name.Value, Email: email.Value, Password: password.Value, Temporary: temporary.Value,
	}
	list, err := readRoles(c, form, "roles", mustExist)
	if err != nil {
		return users.New{}, err
	}
	for _, id := range list {
		in.Assigned = append(in.Assigned, perms.Assignment{Role: id, Scope: perms.Anywhere})
	}
	if in.Tenants, err = readTenants(c, form, "tenants", mustExist); err != nil {
		return users.New{}, err
	}
	return in, refused(form, c.Book.Users.Validate(in), func(field string) string {
		if field == "email" && !email.Set { // of a user without any address the domain misses the e-mail
			return "userName"
		}
		return member(field)
	})
}

// filled reads a string that the domain takes for none when it is empty.
func filled(form *wire.Form, name string, rule wire.Rule) wire.Opt[string] {
	sent := form.String(name, rule)
	if sent.Set && empty(sent.Value, name) {
		form.Fail(name, wire.CodeTooShort, "must not be empty")
	}
	return sent
}

// empty reports whether nothing is left of a value when it is trimmed. A password is not.
func empty(value, name string) bool {
	return value == "" || name != "password" && strings.TrimSpace(value) == ""
}

// update is a UserUpdateRequest.
type update struct {
	call *httpapi.Call
	form *wire.Form

	first, last, email wire.Opt[string]
	grant              []perms.Permission
	roles              []uuid.UUID     // empty for what they are
	tenants            []perms.Tenancy // empty for what they are
}

func readUpdate(c *httpapi.Call, form *wire.Form) (*update, error) {
	b := &update{call: c, form: form}
	b.first = form.String("firstName", wire.Required)
	b.last = form.String("lastName", wire.Required)
	for i, text := range form.Strings("permissions", wire.Optional).Value {
		p := perms.Permission(text)
		if !c.Book.Catalog().Has(p) {
			form.Fail(fmt.Sprintf("permissions[%d]", i), wire.CodeUnknown, "is no permission")
		}
		b.grant = append(b.grant, p)
	}
	var err error
	if b.roles, err = readRoles(c, form, "roles", mustExist); err != nil {
		return nil, err
	}
	if b.tenants, err = readTenants(c, form, "tenants", mustExist); err != nil {
		return nil, err
	}
	b.email = filled(form, "email", wire.Optional)
	return b, nil
}

// changes returns what the body changes of a user, or all that is wrong with it. What the API shows already is no change, whatever its length.
func (b *update) changes(now users.User) (users.Update, error) {
	up := users.Update{ByParts: true, Grant: b.grant}
	name := users.PartsName(trimmed(b.first, now.Name.Given), trimmed(b.last, now.Name.Family))
	if name.Given != now.Name.Given || name.Family != now.Name.Family {
		up.Name = &name
	}
	if b.first.Set && name.Given == "" && now.Name.Given != "" {
		b.form.Fail("firstName", wire.CodeTooShort, "must not be empty")
	}
	if email := trimmed(b.email, now.Email); email != now.Email {
		up.Email = &email
	}
	if len(b.roles) > 0 {
		setRoles(&up, now, users.Reassigned(now.Roles, b.roles, b.call.Book.Now()))
	}
	if len(b.tenants) > 0 {
		setTenants(&up, now, b.tenants)
	}
	return up, b.validate(up, now)
}

// setRoles writes a list of assignments if it is another than the present one.
func setRoles(up *users.Update, now users.User, list []perms.Assignment) {
	if !slices.EqualFunc(list, now.Roles, perms.Assignment.Equal) {
		up.Roles = &list
	}
}

// setTenants writes a list of tenants if it is another than the present one.
func setTenants(up *users.Update, now users.User, list []perms.Tenancy) {
	if !slices.Equal(list, now.Tenants) {
		up.Tenants = &list
	}
}

// trimmed returns what was sent, without white space around it, or else what there is.
func trimmed(sent wire.Opt[string], now string) string {
	if !sent.Set || sent.Value == now {
		return now
	}
	return strings.TrimSpace(sent.Value)
}

// validate notes what is wrong with the values that change.
func (b *update) validate(up users.Update, now users.User) error {
	err := httpapi.Collect(b.form, b.call.Book.Users.ValidateUpdate(up), func(field string) string {
		if field == "first_name" && up.Name.Given == now.Name.Given || field == "last_name" && up.Name.Family == now.Name.Family {
			return ""
		}
		return member(field)
	})
	if err != nil {
		return err
	}
	return b.form.Err()
}

// refused returns the error of a service as one of the body's: what the service finds wrong stands beside what the form has found, under the names that
// rename gives. It is nil if neither has found anything.
func refused(form *wire.Form, err error, rename func(field string) string) error {
	if err := httpapi.Collect(form, err, rename); err != nil {
		return err
	}
	return form.Err()
}

// member returns the member of a body that has to do with a field of the domain's.
func member(field string) string {
	name, rest, _ := strings.Cut(field, "[")
	switch name {
	case "first_name":
		return "firstName"
	case "last_name":
		return "lastName"
	case "username":
		return "userName"
	case "add":
		return "addPermissions[" + rest
	case "remove":
		return "removePermissions[" + rest
	case "roles", "tenants": // the domain's lists are others than the body's
		return name
	}
	return field
}
