package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// Follow lets many write through one Book while others follow the journal through another, which may be the same, or one over the same database by other
// connections: each sees every revision once, in order, also if it ends every now and then and begins anew where it was.
func Follow(t *testing.T, writer, reader *store.Book, changes int) {
	const writers, restarting = 8, 2
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	_, from, err := reader.Journal.Entries(ctx, perms.System("test"), 0, perms.MaxEntries)
	if err != nil {
		t.Fatal(err)
	}
	until := from + perms.Revision(writers*changes)
	var wg sync.WaitGroup
	for i := range 2 + restarting {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(i), 7))
			last := perms.Head{Revision: from}
			for last.Revision < until && !t.Failed() {
				run := int(until - from)
				if i < restarting {
					run = 1 + random.IntN(20)
				}
				last = followSome(ctx, t, reader, last, until, run)
			}
		})
	}
	for i := range writers {
		wg.Go(func() { writeSome(ctx, t, writer, i, changes) })
	}
	wg.Wait()
}

// followSome handles up to n entries after a position and returns the last one's.
func followSome(ctx context.Context, t *testing.T, b *store.Book, last perms.Head, until perms.Revision, n int) perms.Head {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for e, err := range b.Journal.Follow(ctx, perms.System("test"), last.Revision, perms.FollowOptions{Poll: 5 * time.Millisecond, At: last.At}) {
		if err != nil || e.Revision != last.Revision+1 {
			t.Errorf("after %v came %d, %v", last, e.Revision, err)
			return last
		}
		last = perms.Head{Revision: e.Revision, At: e.At}
		if n--; n == 0 || last.Revision == until {
			break
		}
	}
	return last
}

// writeSome makes as many changes, of one entry each.
func writeSome(ctx context.Context, t *testing.T, b *store.Book, writer, changes int) {
	u, err := b.Users.Create(ctx, perms.System("test"), users.New{Email: fmt.Sprintf("writer%d@example.com", writer), Name: "Writer"})
	if err != nil {
		t.Error(err)
	}
	for i := range changes - 1 {
		o := perms.Grant("assets.view").Because(fmt.Sprint(i))
		if err := b.Users.SetOverride(ctx, perms.System("test"), u.ID, o); err != nil {
			t.Error(err)
		}
	}
}
