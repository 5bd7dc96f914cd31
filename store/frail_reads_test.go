package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// frailOffice is an office over a store of whose reads one can fail, with an auditor whose only tenant it is, a user who has been purged, and one with every
// tenant of a type.
type frailOffice struct {
	*office
	reads                  *frail
	auditor, purged, typed users.User
}

func newFrailOffice(t *testing.T) *frailOffice {
	t.Helper()
	o := &frailOffice{office: newOffice(t, 1)}
	o.reads = newFrail(o.store)
	o.store = o.reads
	o.Book = o.connect(perms.Invariant{Name: "payers", AtLeast: 1, Permissions: []perms.Permission{"bills.pay"}, Scope: perms.In(o.in)})
	ctx := t.Context()
	o.must(o.Seed(ctx, setup, roles.Preset{Roles: []roles.PresetRole{{Key: "auditor", Name: "Auditor", Patterns: []perms.Pattern{"audit.read", "bills.read"}}}}))
	hire := func(name string, tenant perms.Tenancy) users.User {
		u, err := o.Users.Create(ctx, setup, users.New{Email: name + "@example.com", Name: name, Roles: []string{"auditor"}, Tenants: []perms.Tenancy{tenant}})
		o.must(err)
		return u
	}
	o.auditor, o.purged, o.typed = hire("aud", perms.TenantOf(o.in)), hire("pat", perms.TenantOf(o.in)), hire("typ", perms.TenantsOfType(perms.TestTenant))
	_, err := o.Groups.Create(ctx, setup, users.NewGroup{Tenant: o.in, Name: "Clerks"})
	o.must(err)
	_, err = o.Users.Purge(ctx, setup, users.ByID(o.purged.ID), true, 0)
	o.must(err)
	return o
}

// previewing returns a preview of a change.
func (o *frailOffice) previewing(change func(ctx context.Context, b *store.Book) error) func() error {
	return func() error {
		_, err := o.Preview(o.Context(), func(b *store.Book) error { return change(o.Context(), b) })
		return err
	}
}

// questions are what is asked of the office and changes nothing.
func (o *frailOffice) questions() map[string]func() error {
	ctx := o.Context()
	asOf := func(actor perms.Actor, u users.User, scope perms.Scope) func() error {
		return func() error {
			_, err := o.Journal.AsOf(ctx, actor, u.ID, scope, o.now)
			return err
		}
	}
	home, err := o.Tenants.Default(ctx)
	o.must(err)
	fix := perms.Fix{Action: perms.GrantOverride, Permission: "bills.read", Scope: perms.In(o.in)}
	return map[string]func() error{
		"a role": o.previewing(o.narrow),
		"a user": o.previewing(func(ctx context.Context, b *store.Book) error {
			_, err := b.Users.Do(ctx, setup, o.ann.ID, users.Suspend)
			return err
		}),
		"a user of a type": o.previewing(func(ctx context.Context, b *store.Book) error {
			return b.Users.SetOverride(ctx, setup, o.typed.ID, perms.Grant("bills.pay"))
		}),
		"a tenant": o.previewing(func(ctx context.Context, b *store.Book) error {
			_, err := b.Tenants.Update(ctx, setup, o.in, users.TenantUpdate{Type: new(perms.TestTenant)})
			return err
		}),
		"the catalogue": o.previewing(func(ctx context.Context, b *store.Book) error {
			return b.Seed(ctx, setup, roles.Preset{Keys: []perms.Key{{Permission: "bills.burn"}}})
		}),
		"for somebody": func() error {
			_, err := o.Rehearse(ctx, perms.As(o.auditor.ID), func(b *store.Book) error { return o.narrow(ctx, b) })
			return err
		},
		"the past of himself":      asOf(perms.As(o.auditor.ID), o.auditor, perms.Home),
		"the past of a colleague":  asOf(perms.As(o.auditor.ID), o.ann, perms.In(o.in)),
		"the past of nobody there": func() error { return unless(perms.ErrNoSubject, asOf(perms.As(o.auditor.ID), o.purged, perms.Home)()) },
		"the past of the system":   asOf(setup, o.auditor, perms.Home),
		"the past of a beginning":  asOf(setup, o.ann, perms.In(home.ID)),
		"the journal, of a type": func() error {
			_, _, err := o.Journal.Entries(ctx, perms.As(o.typed.ID), 0, 10)
			return unless(perms.ErrForbidden, err)
		},
		"why": func() error {
			_, err := o.Perms.Explain(ctx, o.auditor.ID, "bills.pay", perms.In(o.in), perms.Object{})
			return err
		},
		"whether he may": func() error {
			return unless(perms.ErrForbidden, o.Perms.MayFix(ctx, perms.As(o.auditor.ID), o.ann.ID, fix))
		},
		"who holds it": func() error {
			_, err := o.Perms.Holders(ctx, perms.HolderQuery{Permission: "bills.read", Limit: 10})
			return err
		},
		"who holds it there": func() error {
			_, err := o.Perms.Holders(ctx, perms.HolderQuery{Permission: "bills.read", Scope: perms.In(o.in), Limit: 10})
			return err
		},
		"how many hold it": func() error {
			_, _, err := o.Perms.CountHolders(ctx, "bills.read", perms.Scope{})
			return err
		},
		"the journal": func() error {
			_, _, err := o.Journal.Entries(ctx, perms.As(o.auditor.ID), 0, 10)
			return err
		},
		"what is archived": func() error {
			_, err := o.Journal.Archived(ctx)
			return err
		},
	}
}

// narrow takes the printing of bills from the clerks.
func (o *office) narrow(ctx context.Context, b *store.Book) error {
	_, err := b.Roles.Update(ctx, setup, o.clerk.ID, roles.Update{Remove: []string{"bills.*"}, Add: []string{"bills.read", "bills.pay"}})
	return err
}

// unless returns err if it is not the one that is to be expected, and an error if there is none at all.
func unless(expected, err error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return errors.Join(err, errors.New("nothing was refused"))
}

// Whatever cannot be read ends the question with its error: nothing is answered from half of it.
func TestEveryReadCanFail(t *testing.T) {
	o := newFrailOffice(t)
	for name, ask := range o.questions() {
		o.failing(name, ask)
	}
	archive := func() error {
		_, err := o.Journal.Archive(t.Context(), setup, o.now.Add(time.Hour), func([]perms.Entry) error { return nil })
		return err
	}
	o.failing("archiving", archive)
	o.failing("archiving nothing", archive)
	o.failing("the past from a baseline", o.questions()["the past of a colleague"])
}

// failing asks again and again, and each time one read more succeeds.
func (o *frailOffice) failing(name string, ask func() error) {
	o.Helper()
	for k := 0; ; k++ {
		o.reads.left = k
		err := ask()
		struck := o.reads.left < 0
		o.reads.left = -1
		switch {
		case struck && !errors.Is(err, errFrail):
			o.Errorf("%s: read %d fails, and the answer is %v", name, k, err)
		case !struck && (err != nil || k == 0):
			o.Errorf("%s: %v after %d reads", name, err, k)
		}
		if !struck {
			return
		}
	}
}
