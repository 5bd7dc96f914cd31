package sqlstore

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
)

// Who has read a subject knows the head in a transaction, and after each entry; what is rolled back to a savepoint was never the head.
func TestHeadIsKnown(t *testing.T) {
	s, _, f := openFaulty(t)
	w := newWorld(t, s)
	head := func(tx store.Store, want perms.Revision, statements int64) {
		t.Helper()
		const ample = 1000
		f.after.Store(ample)
		h, err := tx.Head(t.Context())
		took := ample - f.after.Load()
		f.after.Store(-1)
		if err != nil || h.Revision != want || took != statements {
			t.Errorf("head %d, %v, by %d statements; want %d by %d", h.Revision, err, took, want, statements)
		}
	}
	entry := perms.Entry{At: noon, Action: perms.UserUpdate, Target: perms.Target{Kind: perms.KindUser, ID: uuid.New()}, Tenant: perms.Anywhere}
	undone := errors.New("undone")
	read := func(tx store.Store) {
		t.Helper()
		_, err := tx.Subject(t.Context(), w.user.ID)
		must(t, err)
	}
	must(t, s.InTx(t.Context(), func(tx store.Store) error {
		head(tx, 0, 1)
		read(tx)
		head(tx, 0, 0)
		err := tx.InTx(t.Context(), func(inner store.Store) error {
			_, err := inner.Append(t.Context(), entry)
			must(t, err)
			head(inner, 1, 0)
			return undone
		})
		if err != undone {
			t.Error(err)
		}
		head(tx, 0, 0)
		_, err = tx.Append(t.Context(), entry)
		return err
	}))
	must(t, s.View(t.Context(), func(tx store.Store) error {
		read(tx)
		head(tx, 1, 0)
		return nil
	}))
	read(s)
	head(s, 1, 1)
}

// In a transaction of the host's the head may move for as long as it is not locked.
func TestHeadIsReadWhenJoined(t *testing.T) {
	s, db := openShared(t, Options{})
	w := newWorld(t, s)
	tx := begin(t, db)
	joined := s.Join(tx)
	_, err := joined.Subject(t.Context(), w.user.ID)
	must(t, err)
	_, err = tx.ExecContext(t.Context(), `update rolebook_head set revision = 7`)
	must(t, err)
	if h, err := joined.Head(t.Context()); err != nil || h.Revision != 7 {
		t.Errorf("head %d, %v", h.Revision, err)
	}
}

// Inside InTx of a joined store the head is locked, and known. After that, the host may have gone back to a savepoint of his own.
func TestHeadIsKnownWhileLocked(t *testing.T) {
	s, db, f := openFaulty(t)
	tx := begin(t, db)
	joined := s.Join(tx)
	entry := perms.Entry{At: noon, Action: perms.UserUpdate, Target: perms.Target{Kind: perms.KindUser, ID: uuid.New()}, Tenant: perms.Anywhere}
	_, err := tx.ExecContext(t.Context(), `savepoint host`)
	must(t, err)
	must(t, joined.InTx(t.Context(), func(tx store.Store) error {
		for want := range perms.Revision(2) {
			f.after.Store(0)
			h, err := tx.Head(t.Context())
			f.after.Store(-1)
			if err != nil || h.Revision != want {
				t.Errorf("head %d, %v; want %d", h.Revision, err, want)
			}
			_, err = tx.Append(t.Context(), entry)
			must(t, err)
		}
		return nil
	}))
	_, err = tx.ExecContext(t.Context(), `rollback to savepoint host`)
	must(t, err)
	if h, err := joined.Head(t.Context()); err != nil || h.Revision != 0 {
		t.Errorf("head %d, %v", h.Revision, err)
	}
	must(t, joined.InTx(t.Context(), func(tx store.Store) error {
		h, err := tx.Append(t.Context(), entry)
		if h.Revision != 1 {
			t.Errorf("appended at %d", h.Revision)
		}
		return err
	}))
}

// A transaction of very many entries is told of without them: to keep them all would take more memory than to read the journal.
func TestMostTold(t *testing.T) {
	s, _ := openShared(t, Options{})
	var told []int
	commits := 0
	s.OnAppend(func(_ perms.Head, entries []perms.Entry) { told = append(told, len(entries)) })
	s.OnCommit(func(perms.Head) { commits++ })
	entry := perms.Entry{At: noon, Action: perms.UserUpdate, Target: perms.Target{Kind: perms.KindUser, ID: uuid.New()}, Tenant: perms.Anywhere}
	for _, n := range []int{mostTold, mostTold + 1, mostTold + 2, 1} {
		must(t, s.InTx(t.Context(), func(tx store.Store) error {
			for range n {
				if _, err := tx.Append(t.Context(), entry); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	if want := []int{mostTold, 1}; !slices.Equal(told, want) || commits != 4 {
		t.Errorf("told of %v entries, and of %d commits; want %v, and 4", told, commits, want)
	}
}

// Those who are told of entries are told what the journal says, whatever becomes of the members that were given; of what cannot be copied they read there.
func TestToldIsACopy(t *testing.T) {
	s, _ := openShared(t, Options{})
	var told []perms.Entry
	s.OnAppend(func(_ perms.Head, entries []perms.Entry) { told = append(told, entries...) })
	entry := perms.Entry{At: noon, Action: perms.RoleUpdate, Target: perms.Target{Kind: perms.KindRole, ID: uuid.New()}, Tenant: perms.Anywhere}
	list, inner := []any{"a.b"}, map[string]any{"c": []any{true}}
	entry.After = perms.Members{"permissions": list, "inner": inner, "none": nil, "number": 1.0}
	must(t, s.InTx(t.Context(), func(tx store.Store) error {
		_, err := tx.Append(t.Context(), entry)
		list[0], inner["c"], entry.After["new"] = "x.y", false, 2.0
		return err
	}))
	written, err := s.Journal(t.Context(), perms.JournalFilter{Limit: 1})
	must(t, err)
	if len(told) != 1 || !reflect.DeepEqual(told[0].After, written[0].After) {
		t.Errorf("told of %+v, and %+v is written", told, written)
	}
	entry.After = perms.Members{"permissions": []string{"a.b"}}
	must(t, s.InTx(t.Context(), func(tx store.Store) error {
		_, err := tx.Append(t.Context(), entry)
		return err
	}))
	if len(told) != 1 {
		t.Errorf("told of %+v", told[1:])
	}
}
