package users

import (
	"context"
	"fmt"

	"github.com/seed-06a6a295/rolebook/perms"
)

// write puts a judged change into the store: the record, the credential, the end of sessions, one journal entry. Then it asks whether enough of those
// are left without whom nobody may be.
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
	if c.u.Status == perms.Deleted && c.old.Status != perms.Deleted {
		c.u.DeletedAt = c.a.Now
	}
	if err := c.tx.UpdateUser(ctx, c.old, c.u); err != nil {
		return whichAddress(ctx, c.tx, c.u, err)
	}
	if err := c.writeCredential(ctx, password); err != nil {
		return err
	}
	if err := c.service.journal(ctx, c.tx, c.entry(d, password), c.old, c.u); err != nil {
		return err
	}
	return c.keepInvariants(ctx)
}

func (c *change) writeCredential(ctx context.Context, password bool) error {
	if !password {
		return nil
	}
	if err := c.tx.SetCredential(ctx, c.old.ID, c.cred.hash); err != nil {
		return fmt.Errorf("write credential: %w", err)
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

// keepInvariants is the lockout rule, and those of the host's.
func (c *change) keepInvariants(ctx context.Context) error {
	before, after := c.old.Subject(c.held), c.u.Subject(c.held)
	return c.a.Keep(ctx, c.tx, &before, &after)
}
