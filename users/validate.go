package users

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Limits of a user's values, in code points unless said otherwise (wire/README.md, section 3.5).
const (
	MaxFullName    = 255
	MaxNamePart    = 255
	MaxPhone       = 50
	MaxExternal    = 255
	MaxAssignments = 100 // of one user
	MaxTenancies   = 1000
)

// collect adds the field errors in err to all and returns any other error.
func collect(all *perms.InvalidError, err error) error {
	var invalid *perms.InvalidError
	if errors.As(err, &invalid) {
		all.Fields = append(all.Fields, invalid.Fields...)
		return nil
	}
	return err
}

// profile are the values of a user that have limits of their own.
type profile struct {
	email, username, phone, external *string
	name                             *Name
	byParts                          bool  // the full name follows from its parts, and has no limits of its own
	was                              *Name // nil for none; what stays of it is not checked, for it may be older than the limits
	password                         *string
	addresses                        []string // for the password policy
}

// check trims and checks what is set, and adds what is wrong to all, in the order of the fields of [New].
func (p profile) check(all *perms.InvalidError, s *Service) error {
	for _, f := range []struct {
		field string
		value *string
	}{{"email", p.email}, {"username", p.username}} {
		if f.value == nil || *f.value == "" {
			continue
		}
		clean, err := s.addresses.clean(f.field, *f.value)
		if err := collect(all, err); err != nil {
			return err
		}
		if err == nil {
			*f.value = clean
		}
	}
	if p.name != nil {
		p.checkName(all)
	}
	if p.phone != nil {
		*p.phone = strings.TrimSpace(*p.phone)
		_ = collect(all, perms.CheckText("phone", *p.phone, 0, MaxPhone))
	}
	if p.external != nil {
		_ = collect(all, perms.CheckText("external", *p.external, 0, MaxExternal))
	}
	if p.password != nil {
		return collect(all, s.passwords.Check("password", *p.password, p.addresses...))
	}
	return nil
}

// ValidateUpdate checks the values of a record that is to change, apart from what only the store knows. It returns nil or an [*perms.InvalidError] whose
// fields are email, username, name, first_name, last_name, phone, external and tenants[i]. A value that is sent back as it was should not be in the update.
func (s *Service) ValidateUpdate(up Update) error {
	all := &perms.InvalidError{}
	p := profile{email: copied(up.Email), username: copied(up.Username), phone: copied(up.Phone), external: copied(up.External), name: copied(up.Name), byParts: up.ByParts}
	if err := p.check(all, s); err != nil {
		return err
	}
	if up.Tenants != nil {
		checkTenancies(all, *up.Tenants)
	}
	return all.Or()
}

func copied[T any](value *T) *T {
	if value == nil {
		return nil
	}
	v := *value
	return &v
}

func (p profile) checkName(all *perms.InvalidError) {
	was := Name{}
	if p.was != nil {
		was = *p.was
	}
	for _, part := range []struct {
		field      string
		value, was *string
		least      int
		most       int
	}{
		{"name", &p.name.Full, &was.Full, 1, MaxFullName},
		{"first_name", &p.name.Given, &was.Given, 0, MaxNamePart},
		{"last_name", &p.name.Family, &was.Family, 0, MaxNamePart},
	} {
		stays := p.was != nil && *part.value == *part.was
		if stays || p.byParts && part.value == &p.name.Full {
			continue
		}
		*part.value = strings.TrimSpace(*part.value)
		_ = collect(all, perms.CheckText(part.field, *part.value, part.least, part.most))
	}
	if p.byParts {
		*p.name = PartsName(p.name.Given, p.name.Family)
	}
}

// checkAssignments checks the shape of a list of assignments: windows, scopes, no role twice in one scope. A window that is there already may be over.
func checkAssignments(all *perms.InvalidError, list, old []perms.Assignment, env perms.Env) {
	if len(list) > MaxAssignments {
		all.Add("roles", perms.TooLong, fmt.Sprintf("must have at most %d elements", MaxAssignments))
		return
	}
	type key struct {
		role  any
		scope perms.Scope
	}
	seen := map[key]bool{}
	for i, a := range list {
		field := fmt.Sprintf("roles[%d]", i)
		if !a.Scope.Bindable() {
			all.Add(field+".tenant", perms.Required, "must name a tenant, or any")
		}
		if k := (key{a.Role, a.Scope}); seen[k] {
			all.Add(field+".role", perms.Duplicated, "is there twice")
		} else {
			seen[k] = true
		}
		if !slices.ContainsFunc(old, a.Equal) {
			_ = collect(all, a.Window.Check(field+".", env.Now()))
		}
	}
}

// checkOverride checks the shape of an override.
func checkOverride(all *perms.InvalidError, o perms.Override, env perms.Env) {
	if !o.Scope.Bindable() {
		all.Add("tenant", perms.Required, "must name a tenant, or any")
	}
	_ = collect(all, perms.CheckText("reason", o.Reason, 0, perms.MaxReason))
	_ = collect(all, o.Window.Check("", env.Now()))
}

// ValidateAssignments checks the shape of a list of assignments that is to replace the present one: windows, scopes, no role twice in one scope. It returns
// nil or an [*perms.InvalidError] whose fields are roles[i], roles[i].role, roles[i].tenant, roles[i].starts_at and roles[i].expires_at.
func (s *Service) ValidateAssignments(list, present []perms.Assignment) error {
	all := &perms.InvalidError{}
	checkAssignments(all, list, present, s.env)
	return all.Or()
}

// ValidateOverride checks the shape of an override that is to be set on a user with the present ones: window, scope and reason. It returns nil or an
// [*perms.InvalidError] whose fields are tenant, reason, starts_at and expires_at.
func (s *Service) ValidateOverride(o perms.Override, present []perms.Override) error {
	if slices.ContainsFunc(present, o.SameRule) {
		return nil
	}
	all := &perms.InvalidError{}
	checkOverride(all, o, s.env)
	return all.Or()
}
