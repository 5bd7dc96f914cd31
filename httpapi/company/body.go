package company

import (
	"strings"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// body is the body of routes 1 and 3.
type body struct {
	call *httpapi.Call
	form *wire.Form

	email, password, first, last, phone wire.Opt[string]
	groups                              wire.Opt[[]uuid.UUID] // the ids of the roles
}

func readBody(c *httpapi.Call, credentials wire.Rule) (*body, error) {
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return nil, err
	}
	b := &body{call: c, form: form}
	b.email = b.filled("email", credentials)
	b.password = b.filled("password", credentials)
	b.first = form.String("first_name", wire.Optional)
	b.phone = form.String("phone", wire.Optional)
	b.last = form.String("last_name", wire.Optional)
	b.groups, err = readGroups(c, form)
	return b, err
}

// filled reads a string that the domain takes for none when it is empty.
func (b *body) filled(name string, rule wire.Rule) wire.Opt[string] {
	sent := b.form.String(name, rule)
	if sent.Set && (sent.Value == "" || name == "email" && strings.TrimSpace(sent.Value) == "") {
		b.form.Fail(name, wire.CodeTooShort, "must not be empty")
	}
	return sent
}

// draft returns the user to be created, or all that is wrong with him.
func (b *body) draft() (users.New, error) {
	in := users.New{
		Email: b.email.Value, Password: b.password.Value, Phone: b.phone.Value,
		Given: b.first.Value, Family: b.last.Value, ByParts: true,
	}
	for _, role := range b.groups.Value {
		in.Assigned = append(in.Assigned, perms.Assignment{Role: role, Scope: perms.Anywhere})
	}
	return in, b.refused(b.call.Book.Users.Validate(in))
}

// changes returns what the body changes of a user, or all that is wrong with it. What the API shows already is no change, whatever its length.
func (b *body) changes(now users.User) (users.Update, error) {
	up := users.Update{Password: b.password.Ptr(), KeepSession: b.call.Principal.Session, ByParts: true}
	if b.email.Set {
		up.Readdress(now, b.email.Value)
	}
	if name := users.PartsName(trimmed(b.first, now.Name.Given), trimmed(b.last, now.Name.Family)); name.Given != now.Name.Given || name.Family != now.Name.Family {
		up.Name = &name
	}
	if phone := trimmed(b.phone, now.Phone); phone != now.Phone {
		up.Phone = &phone
	}
	if b.groups.Set {
		list := users.Reassigned(now.Roles, b.groups.Value, b.call.Book.Now())
		up.Roles = &list
	}
	return up, b.validate(up, now)
}

// trimmed returns what was sent, without white space around it, or else what there is.
func trimmed(sent wire.Opt[string], now string) string {
	if !sent.Set || sent.Value == now {
		return now
	}
	return strings.TrimSpace(sent.Value)
}

// validate notes what is wrong with the values that change. A password that the policy refuses can still be the present one, which is none; only the
// service can tell, so it is judged here only where the request fails anyway.
func (b *body) validate(up users.Update, now users.User) error {
	err := httpapi.Collect(b.form, b.call.Book.Users.ValidateUpdate(up), func(field string) string {
		if field == "first_name" && up.Name.Given == now.Name.Given || field == "last_name" && up.Name.Family == now.Name.Family {
			return ""
		}
		return member(field)
	})
	if err != nil || b.form.Err() == nil {
		return err
	}
	in := users.New{Email: b.email.Or(now.Email), Username: now.Username, Password: b.password.Value, ByParts: true}
	err = httpapi.Collect(b.form, b.call.Book.Users.Validate(in), func(field string) string {
		if field != "password" {
			return ""
		}
		return field
	})
	if err != nil {
		return err
	}
	return b.form.Err()
}

// refused returns the error of a service as one of the body's: what the service finds wrong stands beside what the form has found, under the body's own
// names. It is nil if neither has found anything.
func (b *body) refused(err error) error {
	if err := httpapi.Collect(b.form, err, member); err != nil {
		return err
	}
	return b.form.Err()
}

// member returns the member of the body that has to do with a field of the domain's.
func member(field string) string {
	name, _, _ := strings.Cut(field, "[")
	switch name {
	case "username":
		return "email"
	case "roles":
		return "groups"
	}
	return name
}
