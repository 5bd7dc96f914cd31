//go:build cgo

package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
	"github.com/seed-06a6a295/rolebook/users"
)

// otherFile names the file of the other process, which TestMain is then.
const otherFile = "ROLEBOOK_TEST_OTHER_PROCESS"

func TestMain(m *testing.M) {
	if path := os.Getenv(otherFile); path != "" {
		if err := otherProcess(path); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// otherProcess revokes and grants what its input says ("revoke <user>", "clear <user>"), and answers when it is done.
func otherProcess(path string) error {
	ctx, system := context.Background(), perms.System("other")
	st, err := sqlite.Open(ctx, path, sqlite.Options{})
	if err != nil {
		return err
	}
	defer st.Close()
	book, err := store.Connect(ctx, st, store.Options{})
	if err != nil {
		return err
	}
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		verb, id, _ := strings.Cut(in.Text(), " ")
		user, err := uuid.Parse(id)
		if err != nil {
			return err
		}
		if verb == "revoke" {
			err = book.Users.SetOverride(ctx, system, user, perms.Revoke("assets.view"))
		} else {
			err = book.Users.ClearOverride(ctx, system, user, "assets.view", perms.Anywhere)
		}
		if err != nil {
			return err
		}
		fmt.Println("done")
	}
	return nil
}

// TestOtherProcess: what another process has committed is known by the next check with [store.Always], and otherwise not later than MaxStaleness after.
func TestOtherProcess(t *testing.T) {
	const bound = 50 * time.Millisecond
	rounds := 100
	if testing.Short() {
		rounds = 10
	}
	path := filepath.Join(t.TempDir(), "book.db")
	always := others(t, path, store.Options{MaxStaleness: store.Always, Catalog: perms.NewCatalog("assets.view")})
	bounded := others(t, path, store.Options{MaxStaleness: bound, Catalog: perms.NewCatalog("assets.view")})
	viewer, err := always.Roles.Create(t.Context(), perms.System("test"), roles.New{Name: "Viewer", Permissions: []string{"assets.view"}})
	if err != nil {
		t.Fatal(err)
	}
	ann, err := always.Users.Create(t.Context(), perms.System("test"), users.New{Email: "ann@example.com", Name: "Ann", Roles: []string{viewer.Key}})
	if err != nil {
		t.Fatal(err)
	}
	tell := otherWriter(t, path)
	for i := range rounds {
		verb, want := "revoke", false
		if i%2 == 1 {
			verb, want = "clear", true
		}
		_ = bounded.Perms.Can(t.Context(), ann.ID, "assets.view", perms.Home)
		tell(verb + " " + ann.ID.String())
		told := time.Now()
		if got, err := always.Perms.Check(t.Context(), ann.ID, "assets.view", perms.Home); err != nil || got.Allowed != want {
			t.Fatalf("after %q, always asked: %+v, %v", verb, got, err)
		}
		for {
			asked := time.Now()
			got, err := bounded.Perms.Check(t.Context(), ann.ID, "assets.view", perms.Home)
			if err != nil {
				t.Fatal(err)
			}
			if got.Allowed == want {
				break
			}
			if age := asked.Sub(told); age > bound {
				t.Fatalf("%s after %q: %+v", age, verb, got)
			}
		}
	}
}

func others(t *testing.T, path string, o store.Options) *store.Book {
	t.Helper()
	b, err := store.Connect(t.Context(), open(t, path, sqlite.Options{}), o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// otherWriter starts a process that writes to a file, and returns what tells it to, and waits until it has.
func otherWriter(t *testing.T, path string) func(order string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), otherFile+"="+path)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	answers := bufio.NewScanner(out)
	return func(order string) {
		t.Helper()
		if _, err := fmt.Fprintln(in, order); err != nil {
			t.Fatal(err)
		}
		if !answers.Scan() || answers.Text() != "done" {
			t.Fatalf("the other process says %q, %v", answers.Text(), answers.Err())
		}
	}
}

// TestJoinedShowsAtOnce: what the host has committed is known from Committed on, however long the Book may be stale; and what it rolls back never was.
func TestJoinedShowsAtOnce(t *testing.T) {
	st := open(t, newPath(t), sqlite.Options{})
	book, err := store.Connect(t.Context(), st, store.Options{MaxStaleness: time.Hour, Catalog: perms.NewCatalog("assets.view")})
	if err != nil {
		t.Fatal(err)
	}
	ann, err := book.Users.Create(t.Context(), perms.System("test"), users.New{Email: "ann@example.com", Name: "Ann"})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{false, true, true} {
		if got := book.Perms.Can(t.Context(), ann.ID, "assets.view", perms.Home); got != (i == 2) {
			t.Errorf("before %d: %t", i, got)
		}
		tx, err := st.DB().BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		joined := st.Join(tx)
		inside := book.On(joined)
		if err := inside.Users.SetOverride(t.Context(), perms.System("test"), ann.ID, perms.Grant("assets.view")); err != nil {
			t.Fatal(err)
		}
		if !inside.Perms.Can(t.Context(), ann.ID, "assets.view", perms.Home) {
			t.Errorf("%d: not seen inside the transaction", i)
		}
		if i == 0 {
			err = tx.Rollback()
		} else if err = tx.Commit(); err == nil {
			err = joined.Committed(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := book.Perms.Can(t.Context(), ann.ID, "assets.view", perms.Home); got != want {
			t.Errorf("after %d: %t", i, got)
		}
	}
}
