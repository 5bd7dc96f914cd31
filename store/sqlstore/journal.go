package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

type headRow struct {
	Revision int64   `db:"revision"`
	At       instant `db:"at"`
}

func (r headRow) head() perms.Head {
	return perms.Head{Revision: perms.Revision(r.Revision), At: r.At.Time}
}

// Head implements [perms.Store].
func (s *Store) Head(ctx context.Context) (perms.Head, error) {
	const query = `
		select revision, at
		from rolebook_head`
	if s.unit != nil && s.unit.seen != nil {
		return *s.unit.seen, s.usable(ctx)
	}
	var row headRow
	err := s.reading(ctx, func(u *unit) (err error) {
		if err = u.scan(ctx, nil, []any{&row.Revision, &row.At}, query); err == nil {
			u.sees(row.head())
		}
		return err
	})
	if err == nil && s.unit == nil {
		s.db.replica.tells(row.head().Revision)
	}
	return row.head(), err
}

// Append implements [perms.Store].
func (s *Store) Append(ctx context.Context, e perms.Entry) (perms.Head, error) {
	const (
		advance = `
			update rolebook_head
			set revision = ?, at = ?`
		insert = `
			insert into rolebook_journal (
				revision, at, actor_kind, actor_user, actor_label, action, target_kind, target_id, scope,
				old_members, new_members, person, old_personal, new_personal, reason, request_id)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
		keep = `
			insert into rolebook_personal (revision, person, old_members, new_members)
			values (?, ?, ?, ?)`
	)
	u, err := s.writing(ctx)
	if err != nil {
		return perms.Head{}, err
	}
	texts, err := memberTexts(e.Before, e.After, nameless(e.PersonBefore), nameless(e.PersonAfter), e.PersonBefore, e.PersonAfter)
	if err != nil {
		return perms.Head{}, fmt.Errorf("sqlstore: journal entry %s: %w", e.Action, err)
	}
	head, err := s.Head(ctx) // which the transaction mostly knows, and nobody else can move
	if err != nil {
		return perms.Head{}, err
	}
	head = perms.Head{Revision: head.Revision + 1, At: later(head.At, e.At)}
	if _, err := u.exec(ctx, advance, int64(head.Revision), head.At); err != nil {
		return perms.Head{}, err
	}
	if _, err := u.exec(ctx, insert,
		int64(head.Revision), head.At, string(e.Actor.Kind), e.Actor.User, e.Actor.Label, string(e.Action), string(e.Target.Kind), e.Target.ID, e.Tenant,
		texts[0], texts[1], e.Person, texts[2], texts[3], e.Reason, e.RequestID); err != nil {
		return perms.Head{}, err
	}
	if texts[4] != nil || texts[5] != nil {
		if _, err := u.exec(ctx, keep, int64(head.Revision), e.Person, texts[4], texts[5]); err != nil {
			return perms.Head{}, err
		}
	}
	if e.Action == perms.GroupMembers {
		if err := u.keepMembers(ctx, int64(head.Revision), e.About()); err != nil {
			return perms.Head{}, err
		}
	}
	e.Revision, e.At = head.Revision, head.At
	u.notes(e)
	u.head = head
	u.sees(head)
	return head, nil
}

// later returns the later of two times, as they are stored.
func later(a, b time.Time) time.Time {
	if b = b.UTC().Truncate(time.Microsecond); b.After(a) {
		return b
	}
	return a
}

// keepMembers writes down whom an entry about the members of a group is about.
func (u *unit) keepMembers(ctx context.Context, revision int64, users []uuid.UUID) error {
	const insert = `
		insert into rolebook_journal_members (user_id, revision)
		values `
	rows := mapped(unique(users), func(id uuid.UUID) []any { return []any{id, revision} })
	return u.insert(ctx, insert, rows, "")
}

// nameless returns the names of personal members without their values: what stays when a person is purged.
func nameless(m perms.Members) perms.Members {
	if len(m) == 0 {
		return nil
	}
	out := make(perms.Members, len(m))
	for name := range m {
		out[name] = nil
	}
	return out
}

// memberTexts returns members as they are stored, NULL for none.
func memberTexts(all ...perms.Members) ([]any, error) {
	texts := make([]any, len(all))
	for i, m := range all {
		if len(m) == 0 {
			continue
		}
		var text strings.Builder
		if err := json.NewEncoder(&text).Encode(m); err != nil {
			return nil, err
		}
		texts[i] = strings.TrimSuffix(text.String(), "\n")
	}
	return texts, nil
}

type entryRow struct {
	Revision    int64     `db:"revision"`
	At          instant   `db:"at"`
	ActorKind   string    `db:"actor_kind"`
	ActorUser   uuid.UUID `db:"actor_user"`
	ActorLabel  string    `db:"actor_label"`
	Action      string    `db:"action"`
	TargetKind  string    `db:"target_kind"`
	TargetID    uuid.UUID `db:"target_id"`
	Scope       scope     `db:"scope"`
	Before      members   `db:"old_members"`
	After       members   `db:"new_members"`
	Person      uuid.UUID `db:"person"`
	OldPersonal members   `db:"old_personal"`
	NewPersonal members   `db:"new_personal"`
	Reason      string    `db:"reason"`
	RequestID   string    `db:"request_id"`
}

func (r entryRow) entry() perms.Entry {
	return perms.Entry{
		Revision: perms.Revision(r.Revision), At: r.At.Time,
		Actor:  perms.ActorRef{Kind: perms.ActorKind(r.ActorKind), User: r.ActorUser, Label: r.ActorLabel},
		Action: perms.Action(r.Action), Target: perms.Target{Kind: perms.Kind(r.TargetKind), ID: r.TargetID}, Tenant: r.Scope.Scope,
		Before: r.Before.Members, After: r.After.Members,
		Person: r.Person, PersonBefore: r.OldPersonal.Members, PersonAfter: r.NewPersonal.Members,
		Reason: r.Reason, RequestID: r.RequestID,
	}
}

// The statement that reads the journal: what it reads, from where, and in which order. What is about somebody is found by whom it is about: the plus keeps
// planners, who do not know how much lies between two revisions, from reading everything that does.
const (
	entries = `
		select
			j.revision, j.at, j.actor_kind, j.actor_user, j.actor_label, j.action, j.target_kind, j.target_id, j.scope,
			j.old_members, j.new_members, j.person,
			coalesce(p.old_members, j.old_personal) as old_personal, coalesce(p.new_members, j.new_personal) as new_personal,
			j.reason, j.request_id`
	fromAll = `
		from rolebook_journal j
		left join rolebook_personal p on p.revision = j.revision and p.revision > ?
		where j.revision > ? and j.revision <= ?` // the page is bounded twice: a join of two orders would begin where the other table does
	fromAbout = `
		from (
			select revision
			from rolebook_journal
			where coalesce(person, target_id, '00000000-0000-0000-0000-000000000000') {in ids} and action <> 'group.members'
				and +revision > ? and +revision <= ?
			union
			select revision
			from rolebook_journal_members
			where user_id {in ids} and +revision > ? and +revision <= ?
		) a
		join rolebook_journal j on j.revision = a.revision
		left join rolebook_personal p on p.revision = j.revision`
	inOrder = `
		order by j.revision
		limit ?`
)

// Journal implements [perms.Store].
func (s *Store) Journal(ctx context.Context, f perms.JournalFilter) ([]perms.Entry, error) {
	if err := bounded("limit", f.Limit, 1); err != nil {
		return nil, err
	}
	until := int64(f.Until)
	if until == 0 {
		until = unbounded
	}
	text, args := entries+fromAll+inOrder, []any{int64(f.After), int64(f.After), until, f.Limit}
	if len(f.About) > 0 {
		ids := array(f.About)
		text, args = entries+fromAbout+inOrder, []any{ids, int64(f.After), until, ids, int64(f.After), until, f.Limit}
	}
	var found []entryRow
	err := s.following(ctx, func(u *unit) (err error) {
		found, err = list[entryRow](ctx, u, text, args...)
		return err
	})
	if n := len(found); n > 0 && s.unit == nil {
		s.db.replica.tells(perms.Revision(found[n-1].Revision))
	}
	return mapped(found, entryRow.entry), err
}
