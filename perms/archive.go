package perms

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/internal/fault"
)

// ErrArchived says that what is asked for is from before what is left of the journal; an [*ArchivedError] says how far back that reaches.
var ErrArchived error = fault.New(fault.Invalid, "perms: the journal does not reach back so far")

// errMovedOn: somebody else has archived the same entries at the same time.
var errMovedOn error = fault.New(fault.Conflict, "perms: the journal has been archived meanwhile")

// ArchivedError says how far back the journal reaches. It wraps [ErrArchived].
type ArchivedError struct {
	Archived Head   // the last archived entry: instants from its time on can be asked about, and revisions from it on can be read after
	field    string // that asked for more
}

// Error returns the cause and how far back the journal reaches.
func (e *ArchivedError) Error() string {
	return fmt.Sprintf("%v: only to revision %d, %s", ErrArchived, e.Archived.Revision, e.Archived.At.Format(time.RFC3339Nano))
}

// Unwrap returns ErrArchived and an [*InvalidError] for the value that asked for more.
func (e *ArchivedError) Unwrap() []error {
	text := fmt.Sprintf("is from before what is left of the journal, which begins after revision %d of %s", e.Archived.Revision, e.Archived.At.Format(time.RFC3339Nano))
	return []error{ErrArchived, Invalid(e.field, Range, text)}
}

// Archived returns the last position that has been archived: the zero Head if the journal is whole.
func (h *History) Archived(ctx context.Context) (Head, error) {
	var head Head
	err := h.view(ctx, func(tx Store) (err error) {
		head, err = tx.Archived(ctx)
		return err
	})
	return head, err
}

// Archive hands the entries from before an instant to keep, in their order, at most [MaxEntries] at a time, and deletes those for which it has returned nil,
// with the personal values beside them. It returns the last position that has been archived, also with an error. It is for trusted code alone ([System]).
//
// What was known then of users, roles, groups, tenants and the catalogue stays in the store, so that [History.AsOf] answers as before for every instant from
// the last archived entry on. Revisions go on as they were. Who follows the journal from before it learns that he has missed entries: [ErrArchived].
//
// keep runs outside of any transaction, and each time is followed by a short one. If Archive is interrupted between the two, the next one hands the same
// entries out again. Purging a person no longer reaches what keep has kept of him.
func (h *History) Archive(ctx context.Context, actor Actor, before time.Time, keep func([]Entry) error) (Head, error) {
	var done Head
	if actor.Kind() != SystemActor {
		return done, fmt.Errorf("archive journal: %w", ErrForbidden)
	}
	for {
		var page []Entry
		err := h.view(ctx, func(tx Store) (err error) {
			done, page, err = oldest(ctx, tx, before)
			return err
		})
		if err != nil {
			return done, fmt.Errorf("read journal: %w", err)
		}
		if len(page) == 0 {
			return done, nil
		}
		if err := keep(page); err != nil {
			return done, fmt.Errorf("keep entries: %w", err)
		}
		if err := h.write(ctx, func(tx Store) error { return archive(ctx, tx, page) }); err != nil {
			return done, fmt.Errorf("archive journal: %w", err)
		}
	}
}

// oldest returns the last archived position, and the first entries that are not archived and from before an instant.
func oldest(ctx context.Context, tx Store, before time.Time) (Head, []Entry, error) {
	done, err := tx.Archived(ctx)
	if err != nil {
		return done, nil, err
	}
	page, err := tx.Journal(ctx, JournalFilter{After: done.Revision, Limit: MaxEntries})
	for i, e := range page {
		if !e.At.Before(before) {
			return done, page[:i], err
		}
	}
	return done, page, err
}

// archive puts what the entries tell into the baselines, and deletes the entries.
func archive(ctx context.Context, tx Store, page []Entry) error {
	done, err := tx.Archived(ctx)
	if err != nil {
		return err
	}
	if page[0].Revision != done.Revision+1 {
		return errMovedOn
	}
	var ids []uuid.UUID
	for i := range page {
		if tellsOfRights(&page[i]) {
			ids = append(ids, page[i].About()...)
		}
	}
	known, err := tx.Baselines(ctx, ids)
	if err != nil {
		return err
	}
	for i := range page {
		if !tellsOfRights(&page[i]) {
			continue
		}
		for _, id := range page[i].About() {
			known[id] = Fold(known[id], &page[i], id)
		}
	}
	return tx.ArchiveJournal(ctx, page[len(page)-1].Revision, known)
}

// tellsOfRights reports whether rights follow from an entry. Those that are about an invite or link itself say nothing of anybody's.
func tellsOfRights(e *Entry) bool {
	switch e.Action {
	case InviteCreate, InviteRevoke, LinkCreate, LinkDelete:
		return false
	}
	return true
}
