package users_test

import (
	"errors"
	"testing"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		address        string
		ascii, unicode bool
	}{
		{"alice@example.com", true, true},
		{"a.b+c'd@sub.example", true, true},
		{"alıce@example.com", false, true},
		{"zoë@exämple.com", false, true},
		{"用户@例子.中国", false, true},
		{"a@b@c", false, false},
		{"@example.com", false, false},
		{"alice@", false, false},
		{"alice@-example.com", false, false},
		{"al ice@example.com", false, false},
		{"alice\u200d@example.com", false, false},
		{"alice\u202e@example.com", false, false},
		{"alice@example.com.", false, false},
		{"\"a b\"@example.com", false, false},
		{"alice@exa\u2024mple.com", false, false},
		{"\xff@example.com", false, false},
	} {
		for _, unicode := range []bool{false, true} {
			book, err := store.Connect(t.Context(), memory.New(), store.Options{Addresses: users.Addresses{Unicode: unicode}})
			if err != nil {
				t.Fatal(err)
			}
			want := c.ascii
			if unicode {
				want = c.unicode
			}
			_, err = book.Users.Create(t.Context(), system, users.New{Email: c.address, Name: "A"})
			if (err == nil) != want || err != nil && !errors.Is(err, perms.ErrInvalid) {
				t.Errorf("%q, Unicode %t: got %v, want accepted %t", c.address, unicode, err, want)
			}
		}
	}
}

// TestLookAlikesAreNeverMerged: whatever a database's or a language's idea of letter case, two addresses are one only if ASCII case alone differs.
func TestLookAlikesAreNeverMerged(t *testing.T) {
	book, err := store.Connect(t.Context(), memory.New(), store.Options{Addresses: users.Addresses{Unicode: true}})
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"mike@example.com", "mıke@example.com", "mi\u212ae@example.com", "straße@example.com", "strasse@example.com", "É@example.com", "é@example.com"} {
		if _, err := book.Users.Create(t.Context(), system, users.New{Email: address, Name: "A"}); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := book.Users.Create(t.Context(), system, users.New{Email: "MIKE@EXAMPLE.COM", Name: "A"}); !errors.Is(err, users.ErrAddressTaken) {
		t.Errorf("ASCII case: %v", err)
	}
}
