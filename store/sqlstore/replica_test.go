package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// copied is a store with a replica: a copy of its file as it was when it was last copied, in which everything is called otherwise.
type copied struct {
	*Store
	t     *testing.T
	file  *sql.DB
	world *world
	copy  *faulty
	pool  *sql.DB
}

// openCopied returns a store with a replica that shows all there is.
func openCopied(t *testing.T, lag time.Duration) *copied {
	t.Helper()
	c := &copied{t: t, copy: &faulty{err: errors.New("disk I/O error")}}
	c.copy.after.Store(-1)
	c.pool = sql.OpenDB(c.copy)
	t.Cleanup(func() { c.pool.Close() })
	c.pool.SetMaxIdleConns(-1) // each connection is to the latest copy
	c.Store, c.file = openShared(t, Options{Replica: c.pool, ReplicaLag: lag, LockWait: time.Minute})
	c.world = newWorld(t, c.Store)
	appendOne(t, c)
	c.follow()
	return c
}

// follow copies the file.
func (c *copied) follow() {
	c.t.Helper()
	path := filepath.Join(c.t.TempDir(), "copy.db")
	if _, err := c.file.ExecContext(c.t.Context(), `vacuum into ?`, path); err != nil {
		c.t.Fatal(err)
	}
	c.copy.dsn = "file:" + path
	for _, text := range []string{
		`update rolebook_users set status = 'suspended', full_name = 'copy'`,
		`update rolebook_journal set reason = 'copy'`,
		`update rolebook_credentials set hash = 'copy'`,
		`update rolebook_sessions set expires_at = created_at`,
		`update rolebook_throttles set failures = ''`,
	} {
		execute(c.t, c.pool, text)
	}
}

// viewed reports whether a view is of the copy.
func (c *copied) viewed() (copied bool) {
	c.t.Helper()
	must(c.t, c.View(c.t.Context(), func(tx store.Store) error {
		u, err := tx.User(c.t.Context(), c.world.user.ID)
		copied = u.Name.Full == "copy"
		return err
	}))
	return copied
}

// subject reports whether a subject is of the copy.
func (c *copied) subject() bool {
	c.t.Helper()
	s, err := c.Subject(c.t.Context(), c.world.user.ID)
	must(c.t, err)
	return s.Status == perms.Suspended
}

// journal reports whether the journal is that of the copy.
func (c *copied) journal() bool {
	c.t.Helper()
	entries, err := c.Journal(c.t.Context(), perms.JournalFilter{Limit: 10})
	must(c.t, err)
	return entries[0].Reason == "copy"
}

// want checks where everything is read that may be read from the copy.
func (c *copied) want(copied bool, when string) {
	c.t.Helper()
	for name, read := range map[string]func() bool{"View": c.viewed, "Subject": c.subject, "Journal": c.journal} {
		if got := read(); got != copied {
			c.t.Errorf("%s: %s is of the replica: %t", when, name, got)
		}
	}
}

// A replica is read as far as it has come, and no reader goes back in time.
func TestReplica(t *testing.T) {
	c := openCopied(t, time.Hour)
	c.want(true, "with all that was told of")
	appendOne(t, c)
	c.want(false, "behind what this store has written")
	c.follow()
	c.want(true, "when it has followed")
	tx := begin(t, c.file)
	joined := c.Join(tx)
	appendOne(t, joined)
	must(t, tx.Commit())
	must(t, joined.Committed(t.Context()))
	c.want(false, "behind what was committed with the host's rows")
	c.follow()
	other, err := New(t.Context(), c.file, SQLite, Options{})
	must(t, err)
	appendOne(t, other)
	c.want(true, "behind what others have written and nobody was told of")
	if _, err := c.Head(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.want(false, "behind a revision that was told of")
}

// What is told of by any way at all is never missing afterwards.
func TestReplicaAfterEachRead(t *testing.T) {
	for name, read := range map[string]func(c *copied) bool{"View": (*copied).viewed, "Subject": (*copied).subject, "Journal": (*copied).journal} {
		c := openCopied(t, time.Hour)
		c.want(true, name)
		path := c.copy.dsn
		appendOne(t, c.sibling())
		c.follow()
		if !read(c) {
			t.Errorf("%s: not of the replica", name)
		}
		c.copy.dsn = path // another replica, which is behind that one
		if c.viewed() {
			t.Errorf("after %s: back in time", name)
		}
	}
}

// What is read of the database itself counts, too.
func TestReplicaAfterFallingBack(t *testing.T) {
	for name, read := range map[string]func(c *copied) bool{"View": (*copied).viewed, "Subject": (*copied).subject, "Journal": (*copied).journal} {
		c := openCopied(t, time.Hour)
		c.want(true, "at first")
		path := c.copy.dsn
		appendOne(t, c)
		c.follow()
		ahead := c.copy.dsn
		appendOne(t, c.sibling())
		c.copy.dsn = path
		if read(c) {
			t.Errorf("%s: of a replica that is behind", name)
		}
		c.copy.dsn = ahead
		if c.viewed() {
			t.Errorf("back in time after %s of the database itself", name)
		}
	}
}

// An archived journal is no longer shown whole, though archiving is no change of the journal's.
func TestReplicaBehindTheArchive(t *testing.T) {
	for name, archived := range map[string]func(c *copied) *Store{"here": func(c *copied) *Store { return c.Store }, "elsewhere": (*copied).sibling} {
		c := openCopied(t, time.Hour)
		c.want(true, name)
		must(t, archived(c).InTx(t.Context(), func(tx store.Store) error { return tx.ArchiveJournal(t.Context(), 1, nil) }))
		c.db.replica.told.Revision = 0
		if name == "elsewhere" {
			c.db.replica.doubts()
		}
		if c.viewed() {
			t.Errorf("archived %s: viewed on a replica that does not know", name)
		}
		c.follow()
		if !c.viewed() {
			t.Errorf("archived %s: not viewed on a replica that knows", name)
		}
	}
}

// sibling is another store on the same database: another process.
func (c *copied) sibling() *Store {
	c.t.Helper()
	s, err := New(c.t.Context(), c.file, SQLite, Options{})
	must(c.t, err)
	return s
}

// The database itself is asked again when that was too long ago, and when nobody knows how a commit has ended.
func TestReplicaLag(t *testing.T) {
	c := openCopied(t, time.Nanosecond)
	c.want(true, "with everything")
	appendOne(t, c.sibling())
	c.want(false, "behind what others have written")
	for name, forget := range map[string]func(r *replica){
		"after a commit that may have happened": (*replica).doubts,
		"after an hour":                         func(r *replica) { r.asked = r.asked.Add(-time.Hour) },
		"after an hour's sleep of the machine":  func(r *replica) { r.askedWall -= int64(time.Hour) },
	} {
		c := openCopied(t, time.Hour)
		c.want(true, name)
		appendOne(t, c.sibling())
		forget(c.db.replica)
		c.want(false, name)
	}
}

// A position that another process has told is one of the database's, though the replica has not come there yet; one that nobody has come to is none.
func TestReplicaBehindAPosition(t *testing.T) {
	c := openCopied(t, time.Hour)
	c.want(true, "with everything")
	system := perms.System("test")
	book, err := store.Connect(t.Context(), c, store.Options{})
	must(t, err)
	c.follow()
	_, told, err := book.Journal.Entries(t.Context(), system, 0, 10)
	must(t, err)
	other := c.sibling()
	appendOne(t, other)
	appendOne(t, other)
	entries, last, err := book.Journal.Entries(t.Context(), system, told+1, 10)
	if err != nil || len(entries) != 1 || last != told+2 {
		t.Errorf("after a position that the replica has not: %d entries to %d, %v", len(entries), last, err)
	}
	if _, _, err := book.Journal.Entries(t.Context(), system, told+3, 10); !errors.Is(err, perms.ErrNoPosition) {
		t.Errorf("after a position that there is not: %v", err)
	}
}

// What signs users in, and what is not of a view, is read of the database itself, and so is all in a transaction.
func TestReplicaIsNotRead(t *testing.T) {
	c := openCopied(t, time.Hour)
	ctx, user := t.Context(), c.world.user.ID
	must(t, c.InTx(ctx, func(tx store.Store) error { return tx.SetCredential(ctx, user, "$argon2id$") }))
	token := session.Digest{7}
	must(t, c.InsertSession(ctx, session.Session{Digest: token, User: user, CreatedAt: noon, ExpiresAt: noon.Add(time.Hour)}))
	failure := []users.Throttle{{Key: "key", Limit: 1, Window: time.Hour}}
	if _, err := c.Charge(ctx, failure, noon); err != nil {
		t.Fatal(err)
	}
	c.follow()
	c.want(true, "with everything")
	if u, err := c.UserByAddress(ctx, "ann@example.com"); err != nil || u.Status != perms.Active {
		t.Errorf("UserByAddress: %v, %v", u.Status, err)
	}
	if h, err := c.Credential(ctx, user); err != nil || h.Reveal() == "copy" {
		t.Errorf("Credential: %v, %v", h.Reveal(), err)
	}
	if s, u, err := c.Session(ctx, token); err != nil || u.Status != perms.Active || !s.ExpiresAt.After(s.CreatedAt) {
		t.Errorf("Session: %v, %v, %v", s, u.Status, err)
	}
	if wait, err := c.Throttled(ctx, failure, noon); err != nil || wait == 0 {
		t.Errorf("Throttled: %v, %v", wait, err)
	}
	must(t, c.InTx(ctx, func(tx store.Store) error {
		s, err := tx.Subject(ctx, user)
		if s.Status != perms.Active {
			t.Error("a transaction reads the replica")
		}
		return errors.Join(err, tx.View(ctx, func(tx store.Store) error {
			u, err := tx.User(ctx, user)
			if u.Status != perms.Active {
				t.Error("a transaction's view reads the replica")
			}
			return err
		}))
	}))
}

// A replica that cannot be reached is passed over, and then left alone for a while; one that fails in the middle of a single read, too.
func TestReplicaFails(t *testing.T) {
	c := openCopied(t, time.Hour)
	c.copy.after.Store(0)
	if c.viewed() {
		t.Error("viewed by a statement that has failed")
	}
	c.copy.after.Store(0)
	c.want(false, "left alone")
	if c.copy.after.Load() != 0 {
		t.Error("it was not left alone")
	}
	c.db.replica.shun = time.Now()
	c.copy.after.Store(-1)
	c.want(true, "after a while")
	c.copy.after.Store(1)
	if c.subject() {
		t.Error("a subject of a replica that failed")
	}
	if c.copy.after.Load() >= 0 {
		t.Error("nothing has failed")
	}
	c.copy.after.Store(2) // after its opening, that is
	err := c.View(t.Context(), func(tx store.Store) error {
		_, err := tx.User(t.Context(), c.world.user.ID)
		return err
	})
	if !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a view that fails half way: %v", err)
	}
	if n := c.pool.Stats().InUse; n > 0 {
		t.Errorf("%d connections to the replica in use", n)
	}
}

// A view leaves nothing open on a connection that is used again.
func TestReplicaIsGivenBack(t *testing.T) {
	c := openCopied(t, time.Hour)
	c.pool.SetMaxIdleConns(1)
	for range 2 {
		c.want(true, "with everything")
	}
}

// A read ends with its ctx, and fails while the database itself cannot be asked; it is not that the replica would know better.
func TestReplicaAlone(t *testing.T) {
	c := openCopied(t, time.Hour)
	c.want(true, "at first")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Subject(ctx, c.world.user.ID); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of ctx: %v", err)
	}
	must(t, c.file.Close())
	c.want(true, "without having to ask")
	c.db.replica.doubts()
	for name, read := range map[string]func() error{
		"View":    func() error { return c.View(t.Context(), func(store.Store) error { return nil }) },
		"Subject": func() error { _, err := c.Subject(t.Context(), c.world.user.ID); return err },
	} {
		if err := read(); !errors.Is(err, store.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
