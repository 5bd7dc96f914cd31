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
}

// Follow yields the entries after a revision that the actor may see, as [History.Entries] does, and then waits for more: in the process that writes it wakes
// at each commit, and for those of other processes it looks every now and then. It is a host's outbox: entries come in commit order, each once, and none is
// missed.
//
// It ends only with an error, which comes as the last pair, beside the zero Entry: the one of ctx when that has ended, [ErrArchived] when entries after the
// revision have been archived, or the store's. The host then begins anew, after the last entry that it has handled. Revision 0 is before the first.
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
		for {
			news := h.news.next() // before the journal is read, so that no commit falls between
			entries, next, err := h.Entries(ctx, actor, after, MaxEntries)
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
			if next == after {
				await(ctx, news, o.Poll)
			}
			after = next
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
