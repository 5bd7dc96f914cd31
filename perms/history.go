package perms

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/seed-06a6a295/rolebook/internal/fault"
)

// MaxEntries is the greatest number of entries that [History.Entries] returns at once.
const MaxEntries = 500

// History reads the journal: page by page ([History.Entries]), as a stream ([History.Follow]), or for what was allowed in the past ([History.AsOf]). A host
// that does not want to keep it for ever archives its beginning ([History.Archive]).
type History struct {
	store Store
	write func(context.Context, func(Store) error) error
	view  func(context.Context, func(Store) error) error
	env   Env
	news  news
}

// NewHistory returns a History over a store: write opens a writing transaction, view a consistent snapshot. Hosts get theirs as store.Book.Journal.
func NewHistory(st Store, write, view func(context.Context, func(Store) error) error, env Env) *History {
	return &History{store: st, write: write, view: view, env: env}
}

// ErrNoPosition says that the journal has no such position: it is of another database, perhaps of this one before it was put back from a backup.
var ErrNoPosition error = fault.New(fault.Invalid, "perms: no such position in the journal")

// Entries returns entries after a revision, ascending, at most limit of those looked at (1 to [MaxEntries]), and the last revision looked at: after
// itself when there is nothing new. Where entries after that revision have been archived it is [ErrArchived], and [ErrNoPosition] where the journal has not
// come so far. It takes audit.read: platform-wide for everything; in some tenants for the entries that touch one of them alone, without what the lists in them
// hold of other tenants.
func (h *History) Entries(ctx context.Context, actor Actor, after Revision, limit int) ([]Entry, Revision, error) {
	entries, last, err := h.entries(ctx, actor, Head{Revision: after}, limit)
	return entries, last.Revision, err
}

// entries is Entries after a position, whose time the journal must have there too, unless it is zero. The last position looked at has its time.
func (h *History) entries(ctx context.Context, actor Actor, after Head, limit int) ([]Entry, Head, error) {
	if limit < 1 || limit > MaxEntries {
		return nil, after, Invalid("limit", Range, fmt.Sprintf("must be 1 to %d", MaxEntries))
	}
	if after.Revision < 0 {
		return nil, after, Invalid("after", Range, "must not be negative")
	}
	entries, last, err := h.read(ctx, actor, after, limit)
	if errors.Is(err, ErrNoPosition) {
		// It may have been a replica, which is behind what others have told. That the store itself has come further, its views know from now on.
		head, failed := h.store.Head(ctx)
		switch {
		case failed != nil:
			err = failed
		case head.Revision >= after.Revision:
			entries, last, err = h.read(ctx, actor, after, limit)
		}
	}
	if err != nil {
		return nil, after, fmt.Errorf("read journal: %w", err)
	}
	return entries, last, nil
}

// read is entries in one view.
func (h *History) read(ctx context.Context, actor Actor, after Head, limit int) (entries []Entry, last Head, err error) {
	entries = []Entry{}
	err = h.view(ctx, func(tx Store) error {
		a, err := h.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		sight, err := a.Gate(AuditRead)
		if err != nil {
			return err
		}
		var found []Entry
		if found, last, err = readAfter(ctx, tx, after, limit); err != nil {
			return err
		}
		for _, e := range found {
			last = Head{e.Revision, e.At}
			if sight.Shows(e.Tenant) {
				e.Before, e.After = sight.part(e.Before), sight.part(e.After)
				entries = append(entries, e)
			}
		}
		return nil
	})
	return entries, last, err
}

// readAfter reads the entries after a position, and the one that is there with them: that it has been there shows by nothing else once others have taken its
// place. It returns the position with its time.
func readAfter(ctx context.Context, tx Store, after Head, limit int) ([]Entry, Head, error) {
	there, err := tx.Archived(ctx)
	if err != nil {
		return nil, after, err
	}
	if after.Revision < there.Revision {
		return nil, after, &ArchivedError{there, "after"}
	}
	f := JournalFilter{After: after.Revision, Limit: limit}
	if after.Revision > there.Revision {
		f = JournalFilter{After: after.Revision - 1, Limit: limit + 1}
	}
	read, err := tx.Journal(ctx, f)
	if err != nil {
		return nil, after, err
	}
	if f.After < after.Revision && len(read) > 0 {
		there, read = Head{read[0].Revision, read[0].At}, read[1:]
	}
	if there.Revision != after.Revision || !after.At.IsZero() && !after.At.Equal(there.At) {
		return nil, after, fmt.Errorf("%w: %w", ErrNoPosition, Invalid("after", Range, "is no position of this journal"))
	}
	return read, there, nil
}

// part returns the members of an entry without the elements of its lists that belong to tenants which the sight does not show: a change that touches one
// tenant alone is recorded with whole lists, of a user who may be in others too.
func (s Sight) part(m Members) Members {
	if s.ShowsAll() || m == nil {
		return m
	}
	out := make(Members, len(m))
	for name, value := range m {
		if list, ok := value.([]any); ok {
			value = slices.DeleteFunc(slices.Clone(list), s.hides)
		}
		out[name] = value
	}
	return out
}

// hides reports whether an element of a list names a tenant that the sight does not show: its own, or that of the role which it assigns.
func (s Sight) hides(element any) bool {
	members, _ := element.(map[string]any)
	for _, name := range []string{"tenant", "role_tenant"} {
		text, _ := members[name].(string)
		if scope, err := ParseScope(text); err == nil && scope != Anywhere && !s.Shows(scope) {
			return true
		}
	}
	return false
}
