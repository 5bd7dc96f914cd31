package storetest_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/store/storetest"
	"github.com/seed-06a6a295/rolebook/users"
)

// What was rolled back has left nothing, and a test can say so.
func ExampleDump() {
	ctx := context.Background()
	s := memory.New()
	before, _ := storetest.Dump(ctx, s)
	err := s.InTx(ctx, func(tx store.Store) error {
		_ = tx.PutKeys(ctx, []perms.Key{{Permission: "assets.view"}})
		inside, _ := storetest.Dump(ctx, tx)
		fmt.Println(inside == before)
		return errors.New("second thoughts")
	})
	after, _ := storetest.Dump(ctx, s)
	fmt.Println(err, after == before)
	// Output:
	// false
	// second thoughts true
}

var noon = time.Date(2041, 3, 1, 12, 0, 0, 0, time.UTC)

// Every kind of change shows in a dump, and no dump shows a secret.
func TestDumpShowsEverything(t *testing.T) {
	ctx := t.Context()
	s := memory.New()
	home, err := s.TenantByNumber(ctx, users.DefaultTenant)
	if err != nil {
		t.Fatal(err)
	}
	role := roles.Role{ID: uuid.New(), Number: 1, Key: "viewer", Name: "Viewer", Scope: perms.Anywhere, Version: 1}
	ann := users.User{ID: uuid.New(), Number: 1, Email: "ann@example.com", Status: perms.Active, Version: 1}
	bob := users.User{ID: uuid.New(), Number: 2, Email: "bob@example.com", Status: perms.Deleted, Version: 1}
	group := users.Group{ID: uuid.New(), Number: 1, Tenant: home.ID, Name: "Day"}
	at := func(change func(*users.User)) func(store.Store) error {
		return func(tx store.Store) error {
			old, err := tx.User(ctx, ann.ID)
			if err != nil {
				return err
			}
			u := old.Clone()
			change(&u)
			return tx.UpdateUser(ctx, old, u)
		}
	}
	second := func(_ any, err error) error { return err }
	dumps := map[string]int{}
	for i, step := range []func(tx store.Store) error{
		func(store.Store) error { return nil },
		func(tx store.Store) error { return tx.PutKeys(ctx, []perms.Key{{Permission: "a.b"}}) },
		func(tx store.Store) error { return tx.PutKeys(ctx, []perms.Key{{Permission: "a.b", Feature: true}}) },
		func(tx store.Store) error { return tx.InsertRole(ctx, role) },
		func(tx store.Store) error { return tx.InsertUser(ctx, ann) },
		func(tx store.Store) error { return tx.InsertUser(ctx, bob) },
		at(func(u *users.User) { u.Roles = []perms.Assignment{{Role: role.ID, Scope: perms.Anywhere}} }),
		at(func(u *users.User) { u.Roles[0].Scope = perms.In(home.ID) }),
		at(func(u *users.User) { u.Roles[0].ExpiresAt = noon }),
		at(func(u *users.User) { u.Tenants = []perms.Tenancy{perms.EveryTenant} }),
		at(func(u *users.User) { u.Overrides = []perms.Override{perms.Revoke("a.b")} }),
		func(tx store.Store) error { return tx.SetCredential(ctx, ann.ID, "$secret") },
		func(tx store.Store) error { return tx.SetCredential(ctx, ann.ID, "$secret2") },
		func(tx store.Store) error { return tx.SetAvatar(ctx, ann.ID, users.Avatar{Tag: "a", Image: []byte{1}}) },
		func(tx store.Store) error { return tx.SetAvatar(ctx, ann.ID, users.Avatar{Tag: "a", Image: []byte{2}}) },
		func(tx store.Store) error { return tx.InsertGroup(ctx, group) },
		func(tx store.Store) error { return second(tx.AddMembers(ctx, group.ID, []uuid.UUID{ann.ID})) },
		func(tx store.Store) error {
			return tx.InsertTenant(ctx, users.Tenant{ID: uuid.New(), Number: 2, Slug: "acme"})
		},
		func(tx store.Store) error {
			return second(tx.InsertInvite(ctx, invites.Invite{ID: uuid.New(), Number: 1, Role: role.ID, Tenant: perms.EveryTenant, Digest: sha256.Sum256([]byte("i"))}))
		},
		func(tx store.Store) error {
			return tx.InsertLink(ctx, invites.Link{ID: uuid.New(), Number: 1, Tenant: home.ID, Digest: sha256.Sum256([]byte("l"))})
		},
		func(tx store.Store) error {
			return second(tx.Append(ctx, perms.Entry{Person: ann.ID, PersonAfter: perms.Members{"name": "Ann", "list": []any{1.5}}}))
		},
		func(tx store.Store) error { return tx.PurgeUser(ctx, bob.ID, users.Tombstone{ID: bob.ID, Number: 2}) },
	} {
		if err := s.InTx(ctx, step); err != nil {
			t.Fatal(err)
		}
		text, err := storetest.Dump(ctx, s)
		if err != nil {
			t.Fatal(err)
		}
		if before, seen := dumps[text]; seen {
			t.Errorf("step %d looks like step %d", i, before)
		}
		if dumps[text] = i; strings.Contains(text, "$secret") {
			t.Error("a credential is shown")
		}
	}
}

// A dump that cannot be read to its end is an error.
func TestDumpOfClosedStore(t *testing.T) {
	s := memory.New()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := storetest.Dump(t.Context(), s); !errors.Is(err, store.ErrClosed) {
		t.Errorf("error is %v", err)
	}
}
