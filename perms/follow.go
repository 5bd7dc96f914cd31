package perms

import (
	"context"
	"iter"
	"sync"
	"time"
)

// FollowPoll is how often [History.Follow] looks for entries of other processes, unless the host says otherwise.
const FollowPoll = time.Second

// FollowOptions say how a journal is followed. The zero FollowOptions work.
type FollowOptions struct {
	Poll time.Duration // how often to look for what other processes have written; 0 for [FollowPoll]
	// At is the time of the entry after which to begin. A host that keeps it beside the revision learns by [ErrNoPosition] that another journal has come as far
	// as this one had, as after a backup was put back. Zero asks for none.
	At time.Time
}

// Follow yields the entries after a revision that the actor may see, as [History.Entries] does, and then waits for more: in the process that writes it wakes
// at each commit, and for those of other processes it looks every now and then. It is a host's outbox: entries come in commit order, each once, and none is
// missed of the journal that the revision is a position of.
//
// It ends only with an error, which comes as the last pair, beside the zero Entry: the one of ctx when that has ended, [ErrArchived] when entries after the
// revision have been archived, or the store's. The host then begins anew, after the last entry that it has handled. Revision 0 is before the first.
//
// A database that is put back from a backup loses the last entries, and gives their revisions to others. A position that it has lost is [ErrNoPosition], at the
// beginning and while it is followed: what was handled of the lost entries is for the host to judge. It is told from the one that has taken its place by
// [FollowOptions.At]; without it, only as long as the journal is shorter than it was.
//
// Where the host keeps that revision decides what it gets. Stored after an entry was handled, each entry is handled at least once: again if the process ended
// between the two. Stored in the same transaction in which the host writes what follows from the entry, exactly once.
//
// While the loop's body runs, Follow holds nothing of the store's. On a Book inside a transaction it sees nothing new, and ends with it.
func (h *History) Follow(ctx context.Context, actor Actor, after Revision, o FollowOptions) iter.Seq2[Entry, error] {
	if o.Poll <= 0 {
		o.Poll = FollowPoll
	}
	return func(yield func(Entry, error) bool) {
		at := Head{after, o.At}
		for {
			news := h.news.next() // before the journal is read, so that no commit falls between
			entries, next, err := h.entries(ctx, actor, at, MaxEntries)
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(Entry{}, err)
				return
			}
			for _, e := range entries {
				if !yield(e, nil) {
					return
				}
			}
			if next.Revision == at.Revision {
				await(ctx, news, o.Poll)
			}
			at = next
		}
	}
}

// await returns when there are news, the time is over, or ctx has ended.
func await(ctx context.Context, news <-chan struct{}, most time.Duration) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-news:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// Committed wakes whoever follows the journal. It is a listener for the store's OnCommit; store.Connect registers it.
func (h *History) Committed(Head) { h.news.tell() }

// news wakes any number of waiters. The zero news is ready for use.
type news struct {
	mu   sync.Mutex
	wake chan struct{} // closed by the next tell; nil while nobody waits
}

// next returns a channel that is closed when there are news.
func (n *news) next() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.wake == nil {
		n.wake = make(chan struct{})
	}
	return n.wake
}

func (n *news) tell() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.wake != nil {
		close(n.wake)
		n.wake = nil
	}
}
