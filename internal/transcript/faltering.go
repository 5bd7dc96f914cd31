package transcript

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// Faltering returns the host as a server that gets every request of its transcripts several times before it counts: each time another one fails of the reads
// that the request takes. It has to answer then with a failure of the server: what could not be read must not look like something that is not there. What it
// does meanwhile is undone. The paths are those at which it may succeed all the same, and leave something out.
func (h Host) Faltering(t *testing.T, lenient ...string) Host {
	f := &faltering{left: new(int)}
	open, mount, failures := h.Open, h.Mount, 0
	h.Open = func(tb testing.TB, clock func() time.Time) store.Store {
		f.Store = open(tb, clock)
		return f.Store
	}
	h.Mount = func(book *store.Book) (http.Handler, error) {
		rehearsed, err := mount(book.On(f))
		if err != nil {
			return nil, err
		}
		next, err := mount(book)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			failures += f.rehearse(t, rehearsed, r, slices.Contains(lenient, r.URL.Path))
			next.ServeHTTP(w, r)
		}), err
	}
	t.Cleanup(func() {
		if failures < 500 {
			t.Errorf("%d reads have failed: too few to show anything", failures)
		}
	})
	return h
}

// rehearse sends a request until none of its reads is left to fail, and returns how many there were.
func (s *faltering) rehearse(t *testing.T, handler http.Handler, r *http.Request, lenient bool) int {
	body, err := io.ReadAll(r.Body)
	must(t, err)
	whole := s.Store
	defer func() {
		s.Store = whole
		r.Body = io.NopCloser(bytes.NewReader(body))
	}()
	for k := 0; ; k++ {
		w := httptest.NewRecorder()
		err := whole.InTx(r.Context(), func(tx store.Store) error {
			s.Store, *s.left = tx, k
			sent := r.Clone(r.Context())
			sent.Body = io.NopCloser(bytes.NewReader(body))
			handler.ServeHTTP(w, sent)
			return errUndone
		})
		if !errors.Is(err, errUndone) {
			t.Fatal(err)
		}
		if *s.left >= 0 {
			return k
		}
		if w.Code < 500 && !(lenient && w.Code < 300) {
			t.Errorf("%s %s %s: without its read %d it answers %d %s", r.Method, r.URL, body, k+1, w.Code, w.Body)
		}
	}
}

// errFaltering is how a read fails.
var errFaltering = errors.New("transcript: the store falters")

// faltering is a store of which one read fails. It is over another transaction at every try.
type faltering struct {
	store.Store
	left *int // reads that succeed before the one that fails; negative when it has
}

// read reads, unless it is the read that fails.
func read[K, T any](ctx context.Context, s *faltering, do func(context.Context, K) (T, error), key K) (T, error) {
	*s.left--
	if *s.left == -1 {
		var none T
		return none, errFaltering
	}
	return do(ctx, key)
}

func (s *faltering) InTx(ctx context.Context, fn func(store.Store) error) error {
	return s.Store.InTx(ctx, func(tx store.Store) error { return fn(&faltering{tx, s.left}) })
}

func (s *faltering) View(ctx context.Context, fn func(store.Store) error) error {
	return s.Store.View(ctx, func(tx store.Store) error { return fn(&faltering{tx, s.left}) })
}

func (s *faltering) Subject(ctx context.Context, id uuid.UUID) (perms.Subject, error) {
	return read(ctx, s, s.Store.Subject, id)
}

func (s *faltering) Subjects(ctx context.Context, ids []uuid.UUID) ([]perms.Subject, error) {
	return read(ctx, s, s.Store.Subjects, ids)
}

func (s *faltering) TenantTypes(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]perms.TenantType, error) {
	return read(ctx, s, s.Store.TenantTypes, ids)
}

func (s *faltering) TenantsOfType(ctx context.Context, typ perms.TenantType) ([]uuid.UUID, error) {
	return read(ctx, s, s.Store.TenantsOfType, typ)
}

func (s *faltering) Journal(ctx context.Context, f perms.JournalFilter) ([]perms.Entry, error) {
	return read(ctx, s, s.Store.Journal, f)
}

func (s *faltering) HeadAt(ctx context.Context, t time.Time) (perms.Head, error) {
	return read(ctx, s, s.Store.HeadAt, t)
}

func (s *faltering) Baselines(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]perms.Members, error) {
	return read(ctx, s, s.Store.Baselines, ids)
}

func (s *faltering) RoleIDs(ctx context.Context, keys []string) (map[string]uuid.UUID, error) {
	return read(ctx, s, s.Store.RoleIDs, keys)
}

func (s *faltering) Role(ctx context.Context, id uuid.UUID) (roles.Role, error) {
	return read(ctx, s, s.Store.Role, id)
}

func (s *faltering) RoleByKey(ctx context.Context, key string) (roles.Role, error) {
	return read(ctx, s, s.Store.RoleByKey, key)
}

func (s *faltering) RoleByNumber(ctx context.Context, number int64) (roles.Role, error) {
	return read(ctx, s, s.Store.RoleByNumber, number)
}

func (s *faltering) RolesByID(ctx context.Context, ids []uuid.UUID) ([]roles.Role, error) {
	return read(ctx, s, s.Store.RolesByID, ids)
}

func (s *faltering) Roles(ctx context.Context, f roles.Filter) ([]roles.Role, error) {
	return read(ctx, s, s.Store.Roles, f)
}

func (s *faltering) User(ctx context.Context, id uuid.UUID) (users.User, error) {
	return read(ctx, s, s.Store.User, id)
}

func (s *faltering) UserByNumber(ctx context.Context, number int64) (users.User, error) {
	return read(ctx, s, s.Store.UserByNumber, number)
}

func (s *faltering) UserByAddress(ctx context.Context, canonical string) (users.User, error) {
	return read(ctx, s, s.Store.UserByAddress, canonical)
}

func (s *faltering) Users(ctx context.Context, f users.Filter) ([]users.User, error) {
	return read(ctx, s, s.Store.Users, f)
}

func (s *faltering) Tombstone(ctx context.Context, number int64) (users.Tombstone, error) {
	return read(ctx, s, s.Store.Tombstone, number)
}

func (s *faltering) Credential(ctx context.Context, user uuid.UUID) (password.Hash, error) {
	return read(ctx, s, s.Store.Credential, user)
}

func (s *faltering) Avatar(ctx context.Context, user uuid.UUID) (users.Avatar, error) {
	return read(ctx, s, s.Store.Avatar, user)
}

func (s *faltering) Tenant(ctx context.Context, id uuid.UUID) (users.Tenant, error) {
	return read(ctx, s, s.Store.Tenant, id)
}

func (s *faltering) TenantByNumber(ctx context.Context, number int64) (users.Tenant, error) {
	return read(ctx, s, s.Store.TenantByNumber, number)
}

func (s *faltering) TenantsByID(ctx context.Context, ids []uuid.UUID) ([]users.Tenant, error) {
	return read(ctx, s, s.Store.TenantsByID, ids)
}

func (s *faltering) Tenants(ctx context.Context, f users.TenantFilter) ([]users.Tenant, error) {
	return read(ctx, s, s.Store.Tenants, f)
}

func (s *faltering) Group(ctx context.Context, id uuid.UUID) (users.Group, error) {
	return read(ctx, s, s.Store.Group, id)
}

func (s *faltering) GroupByNumber(ctx context.Context, number int64) (users.Group, error) {
	return read(ctx, s, s.Store.GroupByNumber, number)
}

func (s *faltering) GroupsByID(ctx context.Context, ids []uuid.UUID) ([]users.Group, error) {
	return read(ctx, s, s.Store.GroupsByID, ids)
}

func (s *faltering) Groups(ctx context.Context, tenant uuid.UUID) ([]users.Group, error) {
	return read(ctx, s, s.Store.Groups, tenant)
}

func (s *faltering) MemberCounts(ctx context.Context, groups []uuid.UUID) (map[uuid.UUID]int, error) {
	return read(ctx, s, s.Store.MemberCounts, groups)
}

func (s *faltering) Invite(ctx context.Context, number int64) (invites.Invite, error) {
	return read(ctx, s, s.Store.Invite, number)
}

func (s *faltering) InviteByDigest(ctx context.Context, d session.Digest) (invites.Invite, error) {
	return read(ctx, s, s.Store.InviteByDigest, d)
}

func (s *faltering) Link(ctx context.Context, number int64) (invites.Link, error) {
	return read(ctx, s, s.Store.Link, number)
}

func (s *faltering) LinkByDigest(ctx context.Context, d session.Digest) (invites.Link, error) {
	return read(ctx, s, s.Store.LinkByDigest, d)
}

func (s *faltering) Links(ctx context.Context, f invites.Filter) ([]invites.Link, error) {
	return read(ctx, s, s.Store.Links, f)
}

// What does not read by one thing, or does not return one, is put in that form.

func (s *faltering) Head(ctx context.Context) (perms.Head, error) {
	return read(ctx, s, func(ctx context.Context, _ struct{}) (perms.Head, error) { return s.Store.Head(ctx) }, struct{}{})
}

func (s *faltering) Archived(ctx context.Context) (perms.Head, error) {
	return read(ctx, s, func(ctx context.Context, _ struct{}) (perms.Head, error) { return s.Store.Archived(ctx) }, struct{}{})
}

func (s *faltering) Keys(ctx context.Context) ([]perms.Key, error) {
	return read(ctx, s, func(ctx context.Context, _ struct{}) ([]perms.Key, error) { return s.Store.Keys(ctx) }, struct{}{})
}

func (s *faltering) Rules(ctx context.Context, scopes ...perms.Scope) ([]perms.Rule, error) {
	return read(ctx, s, func(ctx context.Context, scopes []perms.Scope) ([]perms.Rule, error) {
		return s.Store.Rules(ctx, scopes...)
	}, scopes)
}

func (s *faltering) Candidates(ctx context.Context, f perms.Candidates) (found []perms.Candidate, next int64, err error) {
	found, err = read(ctx, s, func(ctx context.Context, f perms.Candidates) (list []perms.Candidate, err error) {
		list, next, err = s.Store.Candidates(ctx, f)
		return list, err
	}, f)
	return found, next, err
}

func (s *faltering) PendingInvites(ctx context.Context, f invites.Filter, now time.Time) ([]invites.Invite, error) {
	return read(ctx, s, func(ctx context.Context, f invites.Filter) ([]invites.Invite, error) {
		return s.Store.PendingInvites(ctx, f, now)
	}, f)
}

func (s *faltering) Session(ctx context.Context, d session.Digest) (found session.Session, u users.User, err error) {
	found, err = read(ctx, s, func(ctx context.Context, d session.Digest) (found session.Session, err error) {
		found, u, err = s.Store.Session(ctx, d)
		return found, err
	}, d)
	return found, u, err
}
