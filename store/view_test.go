package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

// counting counts how often it is asked who somebody is.
type counting struct {
	store.Store
	asked *int
}

func (s counting) View(ctx context.Context, fn func(store.Store) error) error {
	return s.Store.View(ctx, func(tx store.Store) error { return fn(counting{tx, s.asked}) })
}

func (s counting) Subject(ctx context.Context, user uuid.UUID) (perms.Subject, error) {
	*s.asked++
	return s.Store.Subject(ctx, user)
}

// In a view each actor is read once, whoever asks; the next view reads him again.
func TestViewReadsActorsOnce(t *testing.T) {
	ctx, setup, asked := t.Context(), perms.System("setup"), 0
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	book, err := store.Connect(ctx, counting{memory.New(), &asked}, store.Options{})
	must(err)
	ann, err := book.Users.Create(ctx, setup, users.New{Email: "ann@example.com", Name: "Ann"})
	must(err)
	bob, err := book.Users.Create(ctx, setup, users.New{Email: "bob@example.com", Name: "Bob"})
	must(err)
	must(book.Users.SetOverride(ctx, setup, ann.ID, perms.Grant(perms.UsersRead)))
	asked = 0
	find := func(b *store.Book, as perms.Actor) error {
		_, err := b.Users.Find(ctx, as, users.Needs(perms.UsersRead), users.ByID(bob.ID))
		return err
	}
	must(book.View(ctx, func(b *store.Book) error {
		if _, err := b.Tenants.Mine(ctx, perms.As(ann.ID)); err != nil {
			return err
		}
		if err := find(b, perms.As(bob.ID)); !errors.Is(err, perms.ErrForbidden) {
			t.Errorf("of another actor it is %v", err)
		}
		if err := find(b, perms.As(ann.ID).In(uuid.Max)); !errors.Is(err, perms.ErrForbidden) {
			t.Errorf("of the same actor in another tenant it is %v", err)
		}
		return find(b, perms.As(ann.ID))
	}))
	if asked != 3 {
		t.Errorf("three actors have been read %d times", asked)
	}
	must(book.Users.ClearOverride(ctx, setup, ann.ID, perms.UsersRead, perms.Anywhere))
	err = book.View(ctx, func(b *store.Book) error { return find(b, perms.As(ann.ID)) })
	if !errors.Is(err, perms.ErrForbidden) {
		t.Errorf("after the permission has gone it is %v", err)
	}
}

// Nothing can be changed in a view.
func TestViewReadOnly(t *testing.T) {
	book, err := store.Connect(t.Context(), memory.New(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = book.View(t.Context(), func(b *store.Book) error {
		_, err := b.Users.Create(t.Context(), perms.System("setup"), users.New{Email: "ann@example.com", Name: "Ann"})
		return err
	})
	if !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("it is %v", err)
	}
}
