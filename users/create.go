package users

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// New describes a user to be created. An e-mail or user name, and a name, are required.
type New struct {
	Email    string
	Username string // the e-mail if empty
	Name     string // full; if empty it is made of Given and Family, and these of it if they are
	Given    string
	Family   string
	ByParts  bool   // the name is Given and Family, either of which may be empty; the full one follows from them, and Name is not read
	Password string // without one nobody can sign in
	// Temporary marks a password that the user must change.
	Temporary bool
	Phone     string
	External  string             // the host's own id for him
	Roles     []string           // keys of roles that count anywhere in his scope, without an end; the first is his primary role
	Assigned  []perms.Assignment // further assignments, after those of Roles
	// Tenants are where he belongs. Empty is the default tenant for a platform-wide actor, and the actor's own home, or the tenant to which he is
	// narrowed, for anyone else.
	Tenants []perms.Tenancy
	Status  perms.Status // Active if zero; Pending and Suspended are the others
	Choice  Choice       // who has chosen the roles
}

// Choice says who has chosen the roles of a user to be created. To choose takes users.assign. Whoever has chosen, the actor hands the roles out, and must
// hold what they give.
type Choice uint8

// The choices.
const (
	ByContent Choice = iota // the actor, if there are any
	ByActor                 // the actor, also that there be none
	ByHost                  // the host, which gives them to everybody for whom nobody chooses
)

// assigns reports whether somebody who creates the user assigns him his rights.
func (in New) assigns() bool {
	switch {
	case len(in.Tenants) > 0 || len(in.Assigned) > 0 || in.Choice == ByActor:
		return true
	case in.Choice == ByHost:
		return false
	}
	return len(in.Roles) > 0
}

// name returns the three forms of the name.
func (in New) name() Name {
	switch {
	case in.ByParts:
		return PartsName(in.Given, in.Family)
	case in.Given == "" && in.Family == "":
		return FullName(in.Name)
	case in.Name == "":
		return PartsName(in.Given, in.Family)
	}
	return Name{in.Name, in.Given, in.Family}
}

// Validate checks the values of a user to be created, apart from what only the store knows. It returns nil or an [*perms.InvalidError] whose fields
// are email, username, name, first_name, last_name, phone, external, password, roles[i] and tenants[i].
func (s *Service) Validate(in New) error {
	_, err := s.draft(in)
	return err
}

// draft returns the user that the input describes, without identity, roles by key and tenants.
func (s *Service) draft(in New) (User, error) {
	all := &perms.InvalidError{}
	u := User{Email: in.Email, Username: in.Username, Name: in.name(), Phone: in.Phone, External: in.External, Status: in.Status,
		MustChangePassword: in.Temporary, Tenants: slices.Clone(in.Tenants)}
	if u.Username == "" {
		u.Username = u.Email
	}
	if u.Status == 0 {
		u.Status = perms.Active
	}
	if u.Username == "" {
		all.Add("email", perms.Required, "must not be empty")
	}
	p := profile{email: &u.Email, username: &u.Username, name: &u.Name, byParts: in.ByParts, phone: &u.Phone, external: &u.External}
	if in.Username == "" { // one value, one error
		p.username = nil
	}
	if in.Password != "" {
		p.password, p.addresses = &in.Password, []string{u.Email, u.Username}
	}
	if err := p.check(all, s); err != nil {
		return User{}, err
	}
	if in.Username == "" {
		u.Username = u.Email
	}
	if u.Status != perms.Active && u.Status != perms.Pending && u.Status != perms.Suspended {
		all.Add("status", perms.Range, "must be active, pending or suspended")
	}
	checkTenancies(all, in.Tenants)
	checkAssignments(all, in.Assigned, nil, s.env)
	return u, all.Or()
}

func checkTenancies(all *perms.InvalidError, list []perms.Tenancy) {
	if len(list) > MaxTenancies {
		all.Add("tenants", perms.TooLong, fmt.Sprintf("must have at most %d elements", MaxTenancies))
		return
	}
	for i, t := range list {
		if !t.Valid() {
			all.Add(fmt.Sprintf("tenants[%d]", i), perms.Format, "names no tenant")
		}
	}
}

// Create makes a user. It takes users.create where he will be; users.assign in addition if his rights are assigned ([Choice]), users.suspend for a suspended
// one. The errors are [perms.ErrInvalid], [perms.ErrForbidden], [perms.ErrEscalation], [ErrAddressTaken] and [ErrExternalTaken].
func (s *Service) Create(ctx context.Context, actor perms.Actor, in New) (User, error) {
	return s.create(ctx, actor, in, nothingThen)
}

// create is [Service.Create], and reads in its transaction what then reads of the result.
func (s *Service) create(ctx context.Context, actor perms.Actor, in New, then shownThen) (User, error) {
	u, err := s.draft(in)
	if err != nil {
		return User{}, fmt.Errorf("create user: %w", err)
	}
	judge := func(tx Store) (*perms.Authority, User, error) {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return nil, User{}, err
		}
		made, err := s.judgeNew(ctx, tx, a, u.Clone(), in)
		return a, made, err
	}
	var h password.Hash
	if in.Password != "" { // hashing is slow: ask before, and again inside the transaction
		if err := s.view(ctx, func(tx Store) error { _, _, err := judge(tx); return err }); err != nil {
			return User{}, fmt.Errorf("create user: %w", err)
		}
		if h, err = s.passwords.Hash(ctx, in.Password); err != nil {
			return User{}, fmt.Errorf("create user: %w", err)
		}
	}
	var made User
	err = s.write(ctx, func(tx Store) error {
		a, u, err := judge(tx)
		if err != nil {
			return err
		}
		if made, err = s.Enrol(ctx, tx, a, u, h); err != nil {
			return err
		}
		entry := a.Entry(perms.UserCreate, perms.Target{Kind: perms.KindUser, ID: made.ID}, touched(User{}, made))
		if err := s.journal(ctx, tx, entry, User{}, made); err != nil {
			return err
		}
		if made, err = s.shown(ctx, tx, a, made); err != nil {
			return err
		}
		return then(tx, a, made)
	})
	if err != nil {
		return User{}, fmt.Errorf("create user: %w", err)
	}
	return made, nil
}

// judgeNew completes a drafted user and says whether the actor may create him.
func (s *Service) judgeNew(ctx context.Context, tx Store, a *perms.Authority, u User, in New) (User, error) {
	if _, err := a.Gate(perms.UsersCreate); err != nil {
		return User{}, err
	}
	all := &perms.InvalidError{}
	if len(u.Tenants) == 0 {
		home, err := DefaultHome(ctx, tx, a)
		if err != nil {
			return User{}, err
		}
		u.Tenants = []perms.Tenancy{perms.TenantOf(home)}
	}
	places, err := s.knownTenants(ctx, tx, a, nil, u.Tenants, all)
	if err != nil {
		return User{}, err
	}
	u.Tenants = unique(u.Tenants)
	if u.Roles, err = s.assignments(ctx, tx, a, in, all); err != nil {
		return User{}, err
	}
	held, err := rolesOf(ctx, tx, u)
	if err != nil {
		return User{}, err
	}
	if err := s.knownRoles(ctx, tx, a, User{}, u, held, all); err != nil {
		return User{}, err
	}
	if err := all.Or(); err != nil {
		return User{}, err
	}
	needed := []perms.Permission{perms.UsersCreate}
	if in.assigns() {
		needed = append(needed, perms.UsersAssign)
	}
	if u.Status == perms.Suspended {
		needed = append(needed, perms.UsersSuspend)
	}
	if err := holdsAll(a, places, needed); err != nil {
		return User{}, err
	}
	after := u.Subject(held)
	at, err := a.Places(ctx, tx, &after)
	if err != nil {
		return User{}, err
	}
	return u, a.MayHandOut(&perms.Subject{}, &after, at)
}

// holdsAll refuses an actor who lacks one of the permissions at one of the places.
func holdsAll(a *perms.Authority, places []perms.Place, needed []perms.Permission) error {
	for _, p := range needed {
		for _, at := range places {
			if !a.Holds(at, p) {
				return perms.Forbid(p)
			}
		}
	}
	return nil
}

// DefaultHome returns the tenant of what is made without naming one: the one to which the actor is narrowed, his own home, or, for a platform-wide actor
// and whoever has no home, the default tenant.
func DefaultHome(ctx context.Context, tx Store, a *perms.Authority) (uuid.UUID, error) {
	if t, ok := a.Actor.Narrowed(); ok {
		return t, nil
	}
	if home, ok := a.Subject.Home(); ok && !a.Platformwide() {
		return home, nil
	}
	t, err := tx.TenantByNumber(ctx, DefaultTenant)
	if err != nil {
		return uuid.Nil, fmt.Errorf("read default tenant: %w", err)
	}
	return t.ID, nil
}

// assignments returns the assignments that the input asks for, and adds the role keys that the actor does not see to all.
func (s *Service) assignments(ctx context.Context, tx Store, a *perms.Authority, in New, all *perms.InvalidError) ([]perms.Assignment, error) {
	var out []perms.Assignment
	for i, key := range in.Roles {
		r, err := tx.RoleByKey(ctx, key)
		if errors.Is(err, roles.ErrNotFound) {
			all.Add(fmt.Sprintf("roles[%d]", i), perms.Unknown, "names no role")
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read role: %w", err)
		}
		assigned := perms.Assignment{Role: r.ID, Scope: perms.Anywhere}
		if !slices.ContainsFunc(out, assigned.Equal) {
			out = append(out, assigned)
		}
	}
	return append(out, in.Assigned...), nil
}

// Enrol gives a judged user his identity and writes him, with his credential, into the changing transaction. It asks nothing and writes no journal
// entry: it is for this package and for invites, whose entries say more.
func (s *Service) Enrol(ctx context.Context, tx Store, a *perms.Authority, u User, h password.Hash) (User, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return User{}, fmt.Errorf("mint id: %w", err)
	}
	number, err := tx.NextNumber(ctx, perms.KindUser)
	if err != nil {
		return User{}, fmt.Errorf("number user: %w", err)
	}
	u.ID, u.Number, u.Version = id, number, 1
	u.CreatedAt, u.UpdatedAt, u.CreatedBy = a.Now, a.Now, a.Actor.User()
	if err := tx.InsertUser(ctx, u); err != nil {
		return User{}, whichAddress(ctx, tx, u, err)
	}
	if h == "" {
		return u, nil
	}
	return u, tx.SetCredential(ctx, u.ID, h)
}
