package perms

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Store is what this package, and every package above it, reads and writes of one rolebook store, or of one transaction on it.
//
// Reads see what the same transaction has written. What changes something needs a writing transaction unless it says otherwise, and is
// store.ErrReadOnly without one. Slices and maps are copies, both ways; an empty one inside a record reads back as nil. Of a role's patterns, subjects
// that are read together may share one copy. Times are UTC in whole microseconds: others are converted, and cut off, when they are written. Texts are
// ordered by their bytes.
//
// A documented error leaves everything as it was, and the transaction usable. After any other error, too, nothing was done, but the transaction can
// only be rolled back. A ctx that has ended is its own error. A limit or offset below zero, or a limit of zero where it has to be positive, is
// [ErrInvalid].
type Store interface {
	// Head returns the newest position of the journal: the zero Head for an empty one.
	Head(ctx context.Context) (Head, error)
	// Subject returns everything that bears on what a user may do, as of one revision. A soft-deleted user has one; for an unknown or purged user
	// it is [ErrNoSubject]. Roles are in the user's order, overrides by permission and the text of the scope,
	// objects by tenant, type and id, each once.
	Subject(ctx context.Context, user uuid.UUID) (Subject, error)
	// Subjects returns the subjects of the given users, each once, in ascending order of number, as of one revision; unknown ones are left out.
	Subjects(ctx context.Context, users []uuid.UUID) ([]Subject, error)
	// EachActive calls yield with the subjects of active users, in ascending order of number, beginning after a number, as of one revision: with limit of them
	// at most, which is positive. It returns the number after which to go on, or 0 when there are no more. What yield is given is there until it returns, but
	// for the patterns of rules, which nobody changes. It must not use the store.
	EachActive(ctx context.Context, after int64, limit int, yield func(*Subject)) (next int64, err error)
	// Candidates returns those whom the filter chooses, in ascending order of number, beginning after f.After: at most f.Limit of them, which is
	// positive, and the number after which to go on, or 0 when there are no more. There may be fewer, even none, and still more to come.
	// If f.Lean is set, the plain ones among them are lean, and nobody else.
	Candidates(ctx context.Context, f Candidates) (found []Candidate, next int64, err error)
	// CountPlain returns how many of those whom the filter chooses are plain (see [Candidates]). Where it begins and how far it goes do not count.
	CountPlain(ctx context.Context, f Candidates) (int64, error)
	// Rules returns what the roles say that are bound to any of the scopes, in ascending order of the roles' numbers; those of all roles without a scope.
	Rules(ctx context.Context, scopes ...Scope) ([]Rule, error)
	// StaffSubjects returns up to limit active users whose scope is every tenant, in ascending order of number, beginning after a number, and the
	// number of the last of them, or after where there are none. The limit is positive.
	StaffSubjects(ctx context.Context, after int64, limit int) ([]Subject, int64, error)
	// TenantTypes returns the types of the given tenants; unknown ones are left out, duplicates do no harm. The map is never nil.
	TenantTypes(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]TenantType, error)
	// TenantsOfType returns the tenants of one type, in ascending order of number.
	TenantsOfType(ctx context.Context, typ TenantType) ([]uuid.UUID, error)
	// Keys returns the catalogue as stored, sorted by permission. It is empty in a new store.
	Keys(ctx context.Context) ([]Key, error)
	// PutKeys adds keys to the stored catalogue; a key that is there takes the new description and mark. None is ever removed.
	PutKeys(ctx context.Context, keys []Key) error
	// NextNumber gives the next number of a kind, ascending from 1 (of tenants from 2: the default tenant is 1). What is rolled back was never
	// given; what is deleted or purged is not given again.
	NextNumber(ctx context.Context, kind Kind) (int64, error)
	// Append writes an entry at the head's revision plus one and returns the new head. Its time is the later of e.At and the head's time.
	Append(ctx context.Context, e Entry) (Head, error)
	// Journal returns entries in ascending order of revision.
	Journal(ctx context.Context, f JournalFilter) ([]Entry, error)
	// HeadAt returns the newest position at or before an instant, archived ones but for the last left out: the zero Head for none.
	HeadAt(ctx context.Context, t time.Time) (Head, error)
	// Archived returns the newest position that has been archived: the zero Head for a journal that is whole.
	Archived(ctx context.Context) (Head, error)
	// ArchiveJournal deletes the entries up to a revision, with the personal values beside them, puts members in the place of the baselines of the same ids,
	// and drops those of ids whose members are empty. The revision is after the archived one and not after the head's, which stays as it is.
	ArchiveJournal(ctx context.Context, until Revision, baselines map[uuid.UUID]Members) error
	// Baselines returns the baselines of the given ids; those without are left out, duplicates do no harm. The map is never nil.
	Baselines(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]Members, error)
	// RoleIDs returns the ids of the roles with the given keys; unknown keys are left out, duplicates do no harm. The map is never nil.
	RoleIDs(ctx context.Context, keys []string) (map[string]uuid.UUID, error)
}
