package native

import (
	"fmt"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// sentNames are the forms of a name that a body holds.
type sentNames struct{ full, given, family wire.Opt[string] }

func readNames(form *wire.Form) sentNames {
	return sentNames{
		full:   form.String("name", wire.Optional),
		given:  form.String("first_name", wire.Optional),
		family: form.String("last_name", wire.Optional),
	}
}

// change returns the name that now becomes, or nil if it stays. A form that was not sent is derived from what was, if that differs from what is shown.
func (s sentNames) change(now users.Name) *users.Name {
	next := users.Name{Full: s.full.Or(now.Full), Given: s.given.Or(now.Given), Family: s.family.Or(now.Family)}
	switch {
	case next == now:
		return nil
	case !s.full.Set:
		next = users.PartsName(next.Given, next.Family)
	case !s.given.Set && !s.family.Set:
		next = users.FullName(next.Full)
	}
	return &next
}

// sentRecord is what a body says of a user's record.
type sentRecord struct {
	sentNames
	email, username, phone, external wire.Opt[string]
	tenants                          wire.Opt[[]perms.Tenancy]
}

// readRecord reads all that an administrator may change of a record.
func readRecord(form *wire.Form) sentRecord {
	s := sentRecord{email: form.String("email", wire.Optional), username: form.String("username", wire.Optional), sentNames: readNames(form)}
	s.phone = form.String("phone", wire.Optional)
	s.external = form.String("external", wire.Nullable)
	s.tenants = readTenancies(form)
	refuseEmpty(form, "email", s.email)
	refuseEmpty(form, "username", s.username)
	refuseEmpty(form, "external", s.external)
	return s
}

// refuseEmpty refuses an empty string where absence, or null, says that there is none.
func refuseEmpty(form *wire.Form, name string, sent wire.Opt[string]) {
	if sent.Set && sent.Value == "" {
		form.Fail(name, wire.CodeTooShort, "must not be empty")
	}
}

// readTenancies reads the member tenants: uuids, any, and type:… .
func readTenancies(form *wire.Form) wire.Opt[[]perms.Tenancy] {
	sent := form.Strings("tenants", wire.Optional)
	out := wire.Opt[[]perms.Tenancy]{Value: []perms.Tenancy{}, Set: sent.Set}
	for i, text := range sent.Value {
		t, err := perms.ParseTenancy(text)
		if err != nil {
			form.Fail(fmt.Sprintf("tenants[%d]", i), wire.CodeFormat, "must be a tenant's uuid, any, or type: and a type")
		}
		out.Value = append(out.Value, t)
	}
	return out
}

// update returns what is to change of the user as he is now.
func (s sentRecord) update(now users.User) users.Update {
	up := users.Update{
		Name: s.change(now.Name), Email: differing(s.email, now.Email), Username: differing(s.username, now.Username),
		Phone: differing(s.phone, now.Phone), External: differing(s.external, now.External),
	}
	if s.external.Null {
		up.External = new(string)
	}
	if s.tenants.Set {
		up.Tenants = &s.tenants.Value
	}
	return up
}

// differing returns the value that was sent, if it is not the present one.
func differing(sent wire.Opt[string], now string) *string {
	if !sent.Set || sent.Value == now {
		return nil
	}
	return &sent.Value
}

// check adds to the form what is wrong with the values that it holds, and returns all that is wrong with it.
func (s sentRecord) check(c *httpapi.Call, form *wire.Form, now users.User) error {
	if err := httpapi.Collect(form, c.Book.Users.ValidateUpdate(s.update(now)), s.named); err != nil {
		return err
	}
	return form.Err()
}

// named returns the member to which a problem of the record belongs: a form of the name that was derived is wrong because of the one that was sent.
func (s sentRecord) named(field string) string {
	switch {
	case field == "name" && !s.full.Set && s.given.Set:
		return "first_name"
	case field == "name" && !s.full.Set && s.family.Set:
		return "last_name"
	case (field == "first_name" || field == "last_name") && s.full.Set && !s.given.Set && !s.family.Set:
		return "name"
	}
	return field
}
