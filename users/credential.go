package users

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// prepared is a password on its way into a change: compared with the stored one and hashed outside the transaction, because both are slow.
type prepared struct {
	ready  bool
	byUser bool // by the user himself, who has proven the present one

	plain     string
	owner     User          // whose it is
	addresses []string      // his addresses after the change, for the policy
	stored    password.Hash // what it was compared with

	same    bool          // it is the present password
	refused error         // by the policy, unless it is the present one
	hash    password.Hash // otherwise
}

// fits reports whether the preparation is for this password and still holds.
func (p *prepared) fits(plain string, stored password.Hash) bool {
	return p.ready && p.plain == plain && p.stored == stored
}

// checkPassword refuses a new password that the policy does not allow. What the policy refuses may still be the present password, which is no change:
// then it must be compared first.
func (c *change) checkPassword(ctx context.Context, all *perms.InvalidError) error {
	if c.up.Password == nil {
		return nil
	}
	stored, err := c.tx.Credential(ctx, c.old.ID)
	if err != nil {
		return fmt.Errorf("read credential: %w", err)
	}
	if c.cred.fits(*c.up.Password, stored) {
		return collect(all, c.cred.refused)
	}
	c.cred.plain, c.cred.owner, c.cred.stored = *c.up.Password, c.old, stored
	c.cred.addresses = []string{c.u.Email, c.u.Username}
	c.cred.ready = false
	err = c.service.passwords.Check("password", *c.up.Password, c.cred.addresses...)
	if err == nil {
		return nil
	}
	if stored == "" {
		return collect(all, err)
	}
	return errPrepare
}

// prepare compares the password with the stored one and hashes it if it is another. A comparison by somebody else that fails counts as a failed sign-in
// of the account, so that nobody guesses by changing (wire/README.md, section 3.7); it never refuses the change.
func (s *Service) prepare(ctx context.Context, actor perms.Actor, p *prepared) error {
	p.ready, p.same, p.refused, p.hash = true, false, nil, ""
	if p.stored != "" {
		match, _, err := s.passwords.Verify(ctx, p.plain, p.stored)
		if err != nil {
			return err
		}
		p.same = match
	}
	if p.same {
		return nil
	}
	if actor.Kind() == perms.UserActor && actor.User() != p.owner.ID && p.stored != "" {
		if err := s.countComparison(ctx, actor, p.owner); err != nil {
			return err
		}
	}
	p.refused = s.passwords.Check("password", p.plain, p.addresses...)
	if p.refused != nil {
		return nil
	}
	var err error
	p.hash, err = s.passwords.Hash(ctx, p.plain)
	return err
}

// countComparison counts a failed comparison as a failed sign-in of the account from the actor's address.
func (s *Service) countComparison(ctx context.Context, actor perms.Actor, owner User) error {
	err := charge(ctx, s.store, signInThrottles(actor.Address(), owner), s.env.Now())
	if errors.Is(err, ErrTooMany) {
		return nil
	}
	return err
}

// write puts a judged change into the store: the record, the credential, the end of sessions, one journal entry. Then it asks whether an administrator
// is left.
func (c *change) write(ctx context.Context) error {
	d := differ(c.old, c.u)
	password := c.up.Password != nil && !c.cred.same
	if c.up.Password != nil && !c.cred.fits(c.cred.plain, c.cred.stored) {
		return errPrepare
	}
	if password {
		c.u.MustChangePassword = c.u.MustChangePassword && !c.a.Self(c.old.ID) || c.up.Temporary && !c.a.Self(c.old.ID)
	}
	if !d.record && !d.rights() && c.verb == 0 && !password {
		return nil
	}
	c.u.Version, c.u.UpdatedAt = c.old.Version+1, c.a.Now
	if c.u.Status == perms.Deleted {
		c.u.DeletedAt = c.a.Now
	}
	if err := c.tx.UpdateUser(ctx, c.old, c.u); err != nil {
		return err
	}
	if err := c.writeCredential(ctx, password); err != nil {
		return err
	}
	if err := c.service.journal(ctx, c.tx, c.entry(d, password), c.old, c.u); err != nil {
		return err
	}
	return c.keepAdministrator(ctx)
}

func (c *change) writeCredential(ctx context.Context, password bool) error {
	if password {
		if err := c.tx.SetCredential(ctx, c.old.ID, c.cred.hash); err != nil {
			return fmt.Errorf("write credential: %w", err)
		}
	}
	if !password && c.u.Status != perms.Deleted {
		return nil
	}
	keep := c.up.KeepSession
	if !c.a.Self(c.old.ID) {
		keep = [32]byte{}
	}
	if err := c.tx.EndSessions(ctx, c.old.ID, keep); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// entry returns the journal entry of the change: the action that names it best, and the members that differ.
func (c *change) entry(d difference, password bool) perms.Entry {
	entry := c.a.Entry(c.action(d, password), perms.Target{Kind: perms.KindUser, ID: c.u.ID}, c.scope(d, password))
	RecordChange(&entry, c.old, c.u, c.held)
	if password {
		entry.After["password"] = "changed"
	}
	switch entry.Action {
	case perms.OverrideSet, perms.OverrideClear:
		entry.Before, entry.After = overrideChange(c.old.Overrides, c.u.Overrides)
	}
	return entry
}

// action returns the action of the change: of its own kind if it is of one kind only, otherwise user.update.
func (c *change) action(d difference, password bool) perms.Action {
	m, moved := c.verb.move()
	switch one := (kinds{d.record, d.tenants, d.roles && !d.tenants, d.overrides && !d.tenants, moved, password}); one {
	case kinds{1: true}:
		return perms.UserTenants
	case kinds{2: true}:
		return perms.UserRoles
	case kinds{3: true}:
		return c.overrideAction()
	case kinds{4: true}:
		return m.action
	case kinds{5: true}:
		return perms.UserPassword
	}
	return perms.UserUpdate
}

// kinds are the respects in which a change can differ from nothing: record, tenants, roles, overrides, status, password.
type kinds [6]bool

func (c *change) overrideAction() perms.Action {
	before, after := overrideChange(c.old.Overrides, c.u.Overrides)
	switch {
	case before == nil && after == nil:
		return perms.UserUpdate
	case after == nil:
		return perms.OverrideClear
	}
	return perms.OverrideSet
}

// overrideChange returns the one override that differs, as the journal has it before and after; nil, nil if it is not just one.
func overrideChange(old, now []perms.Override) (before, after perms.Members) {
	differing := changed(old, now, perms.Override.SameRule)
	if len(differing) == 0 || len(differing) > 2 || len(differing) == 2 && !sameKey(differing[0])(differing[1]) {
		return nil, nil
	}
	for _, o := range differing {
		record := OverrideRecord(o)
		if containsRule(now, o) {
			after = record
		} else {
			before = record
		}
	}
	return before, after
}

func containsRule(list []perms.Override, o perms.Override) bool {
	for _, b := range list {
		if b.SameRule(o) {
			return true
		}
	}
	return false
}

// scope returns the tenant that the change touches: the single one in which roles or overrides differ, or what the user's tenants say.
func (c *change) scope(d difference, password bool) perms.Scope {
	if d.record || d.tenants || c.verb != 0 || password {
		return touched(c.old, c.u)
	}
	var scopes []perms.Scope
	for _, r := range changed(c.old.Roles, c.u.Roles, perms.Assignment.Equal) {
		scopes = append(scopes, r.Scope)
	}
	for _, o := range changed(c.old.Overrides, c.u.Overrides, perms.Override.SameRule) {
		scopes = append(scopes, o.Scope)
	}
	if scopes = unique(scopes); len(scopes) == 1 && scopes[0] != perms.Anywhere {
		return scopes[0]
	}
	return touched(c.old, c.u)
}

// keepAdministrator is the lockout rule: it refuses the step from an administrator to none.
func (c *change) keepAdministrator(ctx context.Context) error {
	before, after := c.old.Subject(c.held), c.u.Subject(c.held)
	return keepAdministrator(ctx, c.tx, c.a, &before, &after)
}

func keepAdministrator(ctx context.Context, tx Store, a *perms.Authority, before, after *perms.Subject) error {
	if !perms.Administrator(a.Catalog(), before, a.Now) || perms.Administrator(a.Catalog(), after, a.Now) {
		return nil
	}
	left, err := perms.AnyAdministrator(ctx, tx, a.Catalog(), a.Now)
	if err != nil {
		return err
	}
	if !left {
		return perms.ErrLockout
	}
	return nil
}
