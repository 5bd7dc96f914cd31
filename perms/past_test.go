package perms_test

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

func (st *fakeStore) HeadAt(_ context.Context, t time.Time) (perms.Head, error) {
	head := st.archived
	for _, e := range st.journal {
		if !e.At.After(t) {
			head = perms.Head{Revision: e.Revision, At: e.At}
		}
	}
	return head, st.fails
}

func (st *fakeStore) Archived(context.Context) (perms.Head, error) { return st.archived, st.fails }

func (st *fakeStore) ArchiveJournal(_ context.Context, until perms.Revision, baselines map[uuid.UUID]perms.Members) error {
	st.archived.Revision, st.baselines = until, baselines
	st.journal = slices.DeleteFunc(st.journal, func(e perms.Entry) bool { return e.Revision <= until })
	return st.fails
}

func (st *fakeStore) Baselines(context.Context, []uuid.UUID) (map[uuid.UUID]perms.Members, error) {
	return map[uuid.UUID]perms.Members{}, st.fails
}

func (st *fakeStore) RoleIDs(context.Context, []string) (map[string]uuid.UUID, error) {
	return map[string]uuid.UUID{}, st.fails
}
