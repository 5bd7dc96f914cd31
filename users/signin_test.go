package users_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
	"github.com/seed-06a6a295/rolebook/users/session"
)

const here = "192.0.2.1"

// signIn opens a session with a name's first password, or another one.
func (w *world) signIn(name, plain string) (session.Token, error) {
	token, _, err := w.Sessions.SignIn(w.ctx, name+"@example.com", plain, here)
	return token, err
}

func (w *world) mustSignIn(name string) session.Token {
	w.t.Helper()
	token, err := w.signIn(name, name+"-river-2041")
	w.must(err)
	return token
}

// live reports whether a token's session is there.
func (w *world) live(token session.Token) bool {
	w.t.Helper()
	_, err := w.Sessions.Authenticate(w.ctx, token.Reveal())
	if err != nil && !errors.Is(err, users.ErrNoSession) {
		w.t.Fatal(err)
	}
	return err == nil
}

func TestSignIn(t *testing.T) {
	w := newWorld(t)
	token := w.mustSignIn("vic")
	got, err := w.Sessions.Authenticate(w.ctx, token.Reveal())
	w.must(err)
	if got.User.ID != w.id("vic") || !got.Session.ExpiresAt.Equal(w.now.Add(session.Lifetime)) {
		t.Errorf("session of %v until %v", got.User.ID, got.Session.ExpiresAt)
	}
	if _, _, err := w.Sessions.SignIn(w.ctx, "VIC@Example.com", "vic-river-2041", here); err != nil {
		t.Errorf("other case of the address: %v", err)
	}
	if _, _, err := w.Sessions.SignIn(w.ctx, " vic@example.com\t", "vic-river-2041", here); err != nil {
		t.Errorf("space around the address: %v", err)
	}
}

// TestOver: a session is over at its end, and stays so when the clock is set back.
func TestOver(t *testing.T) {
	w := newWorld(t)
	token, unseen := w.mustSignIn("vic"), w.mustSignIn("vic")
	before := w.now
	w.now = w.now.Add(session.Lifetime)
	if w.live(token) {
		t.Error("a session lasts longer than its lifetime")
	}
	w.now = before
	if w.live(token) || !w.live(unseen) {
		t.Error("the clock was set back, and a session that was over is not")
	}
}

// A session that is over is none, also where nothing can be written to end it.
func TestOverInAView(t *testing.T) {
	w := newWorld(t)
	token := w.mustSignIn("vic")
	w.now = w.now.Add(session.Lifetime)
	w.must(w.View(w.ctx, func(b *store.Book) error {
		if _, err := b.Sessions.Authenticate(w.ctx, token.Reveal()); !errors.Is(err, users.ErrNoSession) {
			t.Error(err)
		}
		return nil
	}))
}

// TestSignInFailsUniformly holds every failure to one answer.
func TestSignInFailsUniformly(t *testing.T) {
	w := newWorld(t)
	w.must(verb(users.Suspend)(w, system, "hal"))
	w.must(verb(users.Delete)(w, system, "ada"))
	_, err := w.Users.Create(w.ctx, system, users.New{Email: "pen@example.com", Name: "Pen", Password: "pen-river-2041", Status: perms.Pending})
	w.must(err)
	_, err = w.Users.Create(w.ctx, system, users.New{Email: "nopw@example.com", Name: "Nopw"})
	w.must(err)
	var texts []string
	for _, c := range []struct{ name, plain string }{
		{"nobody", "nobody-river-2041"}, {"vic", "wrong"}, {"vic", ""}, {"hal", "hal-river-2041"}, {"ada", "ada-river-2041"}, {"pen", "pen-river-2041"},
		{"nopw", ""}, {"nopw", "nopw-river-2041"}, {"vic", string(make([]byte, 5000))},
	} {
		_, err := w.signIn(c.name, c.plain)
		if !errors.Is(err, users.ErrBadCredentials) {
			t.Errorf("%s: got %v", c.name, err)
			continue
		}
		texts = append(texts, err.Error())
	}
	for _, text := range texts {
		if text != texts[0] {
			t.Errorf("different texts: %q and %q", text, texts[0])
		}
	}
}

func TestSessionExpires(t *testing.T) {
	w := newWorld(t)
	token := w.mustSignIn("vic")
	w.now = w.now.Add(session.Lifetime - time.Microsecond)
	if !w.live(token) {
		t.Error("over before its end")
	}
	w.now = w.now.Add(time.Microsecond)
	if w.live(token) {
		t.Error("alive at its end")
	}
}

func TestSessionsEndWithThePassword(t *testing.T) {
	w := newWorld(t)
	mine, other := w.mustSignIn("vic"), w.mustSignIn("vic")
	w.must(w.Users.ChangePassword(w.ctx, w.as("vic").From(here), "vic-river-2041", "vic-river-2041", mine.Digest()))
	if !w.live(other) {
		t.Error("the present password as the new one ended a session")
	}
	w.must(w.Users.ChangePassword(w.ctx, w.as("vic").From(here), "vic-river-2041", "heron-lake-77", mine.Digest()))
	if !w.live(mine) || w.live(other) {
		t.Errorf("after one's own change: mine %t, other %t; want true, false", w.live(mine), w.live(other))
	}
	w.must(w.Users.SetPassword(w.ctx, w.as("ann"), w.id("vic"), "heron-lake-77", false))
	if !w.live(mine) {
		t.Error("the present password, set by somebody else, ended a session")
	}
	w.must(w.Users.SetPassword(w.ctx, w.as("ann"), w.id("vic"), "otter-hill-78", true))
	if w.live(mine) {
		t.Error("a password set by somebody else left a session")
	}
	if !w.read("vic").MustChangePassword {
		t.Error("a temporary password need not be changed")
	}
	if _, err := w.signIn("vic", "otter-hill-78"); err != nil {
		t.Errorf("new password: %v", err)
	}
	w.must(w.Users.ChangePassword(w.ctx, w.as("vic").From(here), "otter-hill-78", "otter-hill-79", session.Digest{}))
	if w.read("vic").MustChangePassword {
		t.Error("must-change survives one's own change")
	}
}

// Whoever asks with a session is told the status of its user, also when he has been deleted: it is for an API to refuse him (wire/README.md, section 3.1).
func TestAStatusEndsNoSession(t *testing.T) {
	w := newWorld(t)
	token := w.mustSignIn("vic")
	for _, step := range []struct {
		do   users.Verb
		want perms.Status
	}{{users.Suspend, perms.Suspended}, {users.Reactivate, perms.Active}, {users.Delete, perms.Deleted}} {
		w.must(verb(step.do)(w, system, "vic"))
		got, err := w.Sessions.Authenticate(w.ctx, token.Reveal())
		w.must(err)
		if got.User.Status != step.want {
			t.Errorf("status %v, want %v", got.User.Status, step.want)
		}
	}
	_, err := w.Users.Purge(w.ctx, system, users.ByID(w.id("vic")), true, 0)
	w.must(err)
	if w.live(token) {
		t.Error("a purged user has a session")
	}
}

func TestChangePasswordRefuses(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		current, next string
		field         string
		code          perms.FieldCode
	}{
		"wrong current": {"wrong", "heron-lake-77", "current_password", perms.Incorrect},
		"short":         {"vic-river-2041", "short", "new_password", perms.TooShort},
		"common":        {"vic-river-2041", "password1", "new_password", perms.NotAllowed},
		"own address":   {"vic-river-2041", "VIC@example.com", "new_password", perms.NotAllowed},
	} {
		err := w.Users.ChangePassword(w.ctx, w.as("vic").From(here), c.current, c.next, session.Digest{})
		var invalid *perms.InvalidError
		if !errors.As(err, &invalid) || len(invalid.Fields) != 1 || invalid.Fields[0].Field != c.field || invalid.Fields[0].Code != c.code {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestGuessingIsSlow(t *testing.T) {
	w := newWorld(t)
	for i := range users.FailuresPerAccount {
		if _, err := w.signIn("vic", "wrong"); !errors.Is(err, users.ErrBadCredentials) {
			t.Fatalf("failure %d: %v", i+1, err)
		}
	}
	_, err := w.signIn("vic", "vic-river-2041")
	var many *users.TooManyError
	if !errors.As(err, &many) || many.Wait != users.FailureWindow {
		t.Fatalf("after ten failures: %v", err)
	}
	if _, _, err := w.Sessions.SignIn(w.ctx, "vic@example.com", "vic-river-2041", "198.51.100.7"); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
	if err := w.Users.ChangePassword(w.ctx, w.as("vic").From(here), "vic-river-2041", "heron-lake-77", session.Digest{}); !errors.Is(err, users.ErrTooMany) {
		t.Errorf("change of the password from there: %v", err)
	}
	w.now = w.now.Add(users.FailureWindow)
	w.mustSignIn("vic")
}

func TestSuccessForgetsFailures(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		for range users.FailuresPerAccount - 1 {
			if _, err := w.signIn("vic", "wrong"); !errors.Is(err, users.ErrBadCredentials) {
				t.Fatal(err)
			}
		}
		w.mustSignIn("vic")
	}
}

func TestManyAccountsFromOneAddress(t *testing.T) {
	w := newWorld(t)
	for i := range users.FailuresPerAddress {
		if _, err := w.signIn(fmt.Sprintf("guess%d", i), "wrong"); !errors.Is(err, users.ErrBadCredentials) {
			t.Fatalf("failure %d: %v", i+1, err)
		}
	}
	if _, err := w.signIn("vic", "vic-river-2041"); !errors.Is(err, users.ErrTooMany) {
		t.Errorf("after a hundred failures: %v", err)
	}
}

// TestConcurrentGuesses holds the limit when all guesses are in flight at once.
func TestConcurrentGuesses(t *testing.T) {
	w := newWorld(t)
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		judged int
	)
	for range 40 {
		wg.Go(func() {
			_, err := w.signIn("vic", "wrong")
			mu.Lock()
			defer mu.Unlock()
			if errors.Is(err, users.ErrBadCredentials) {
				judged++
			} else if !errors.Is(err, users.ErrTooMany) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if judged != users.FailuresPerAccount {
		t.Errorf("%d guesses were judged, want %d", judged, users.FailuresPerAccount)
	}
}

// TestChangingIsNoWayToGuess: who may set passwords learns by "no change" whether he has guessed, so each miss counts as a failed sign-in.
func TestChangingIsNoWayToGuess(t *testing.T) {
	w := newWorld(t)
	for i := range users.FailuresPerAccount + 2 {
		w.must(w.Users.SetPassword(w.ctx, w.as("ann").From(here), w.id("vic"), fmt.Sprintf("guess-river-%d", i), false))
	}
	if _, err := w.signIn("vic", "guess-river-11"); !errors.Is(err, users.ErrTooMany) {
		t.Errorf("sign-in from the guesser's address: %v", err)
	}
	if _, _, err := w.Sessions.SignIn(w.ctx, "vic@example.com", "guess-river-11", "198.51.100.7"); err != nil {
		t.Errorf("sign-in from elsewhere: %v", err)
	}
}

func TestImportedHashIsRenewed(t *testing.T) {
	w := newWorld(t)
	w.importHash("vic", bcryptOfVic)
	if _, err := w.signIn("vic", "imported-river-9"); err != nil {
		t.Fatal(err)
	}
	if now := w.storedHash("vic"); now == bcryptOfVic {
		t.Error("the imported hash was not renewed")
	}
	if _, err := w.signIn("vic", "imported-river-9"); err != nil {
		t.Errorf("after the renewal: %v", err)
	}
}

// beaten is a store in which somebody else has always just set another credential.
type beaten struct {
	store.Store
	by func() password.Hash
}

func (s beaten) SwapCredential(ctx context.Context, user uuid.UUID, old, h password.Hash) (bool, error) {
	if _, err := s.Store.SwapCredential(ctx, user, old, s.by()); err != nil {
		return false, err
	}
	return s.Store.SwapCredential(ctx, user, old, h)
}

// Whoever knows the password signs in, also when another sign-in renews the hash at the same time; whoever knows the one before it does not.
func TestRenewedMeanwhile(t *testing.T) {
	w := newWorld(t)
	hasher, err := password.New(password.Options{Params: password.Insecure()})
	w.must(err)
	for _, c := range []struct {
		set  string
		want error
	}{{"imported-river-9", nil}, {"another-river-9", users.ErrBadCredentials}} {
		w.importHash("vic", bcryptOfVic)
		book, err := store.Connect(w.ctx, beaten{w.db, func() password.Hash {
			h, err := hasher.Hash(w.ctx, c.set)
			w.must(err)
			return h
		}}, store.Options{Hasher: hasher, Clock: func() time.Time { return w.now }})
		w.must(err)
		if _, _, err := book.Sessions.SignIn(w.ctx, "vic@example.com", "imported-river-9", here); !errors.Is(err, c.want) {
			t.Errorf("the password set meanwhile is %s: %v, want %v", c.set, err, c.want)
		}
	}
}

// TestPurgedWhileSigningIn: who is erased between the comparison and the session gets the uniform answer.
func TestPurgedWhileSigningIn(t *testing.T) {
	w := newWorld(t)
	purging := purgingStore{w.db, func() { w.must(purge(w, system, "vic")) }}
	book, err := store.Connect(w.ctx, purging, store.Options{Hasher: cheapHasher(t)})
	w.must(err)
	if _, _, err := book.Sessions.SignIn(w.ctx, "vic@example.com", "vic-river-2041", here); !errors.Is(err, users.ErrBadCredentials) {
		t.Errorf("got %v", err)
	}
}

// purgingStore does something just before a session is added.
type purgingStore struct {
	store.Store
	before func()
}

func (s purgingStore) InsertSession(ctx context.Context, made session.Session) error {
	s.before()
	return s.Store.InsertSession(ctx, made)
}
