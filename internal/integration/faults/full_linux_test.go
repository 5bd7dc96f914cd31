package faults

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/internal/integration/pg"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/users"
)

// room is what a store has for its files. It can be made short, and large enough again.
type room interface {
	fill(t *testing.T)
	free(t *testing.T)
}

// While a disk is full, what cannot be written is refused as unavailable, as a whole, and reads go on. When there is room again, so do writes, by themselves.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	if !apart(t) {
		return
	}
	t.Run("sqlite", func(t *testing.T) {
		d := newDisk(t, "8m", 32<<10)
		s := openFile(t, filepath.Join(d.dir, "book.db"), sqlite.Options{})
		inShort(t, s, d)
		sound(t, s)
	})
	t.Run("postgres", func(t *testing.T) {
		d := newDisk(t, "24m", 32<<10)
		s, db := onTablespace(t, d.dir)
		inShort(t, s, d)
		const check = `
			select count(bt_index_check(index => i.indexrelid, heapallindexed => true))
			from pg_index i
			join pg_class c on c.oid = i.indexrelid
			where c.relname like 'rolebook%'`
		execute(t, db, "create extension amcheck")
		var checked int
		must(t, db.QueryRowContext(t.Context(), check).Scan(&checked))
		if checked == 0 {
			t.Error("no index was checked")
		}
	})
}

// A file that must not grow any further is a disk that fails, and is treated alike.
func TestFileLimit(t *testing.T) {
	s := openFile(t, newFile(t), sqlite.Options{})
	inShort(t, s, newLimit(t))
	sound(t, s)
}

// limit is the largest size of this process's files.
type limit struct{ syscall.Rlimit }

func newLimit(t *testing.T) *limit {
	t.Helper()
	l := &limit{}
	must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &l.Rlimit))
	signal.Ignore(syscall.SIGXFSZ)
	t.Cleanup(func() {
		l.free(t)
		signal.Reset(syscall.SIGXFSZ)
	})
	return l
}

func (l *limit) fill(t *testing.T) {
	t.Helper()
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 128 << 10, Max: l.Max}))
}

func (l *limit) free(t *testing.T) {
	t.Helper()
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l.Rlimit))
}

// sound checks what SQLite says of its file.
func sound(t *testing.T, s *sqlite.Store) {
	t.Helper()
	var said string
	must(t, s.DB().QueryRowContext(t.Context(), "pragma integrity_check").Scan(&said))
	if said != "ok" {
		t.Error(said)
	}
}

// onTablespace returns a store in a folder, while the rest of the server is elsewhere.
func onTablespace(t *testing.T, dir string) (*sqlstore.Store, *sql.DB) {
	t.Helper()
	c := pg.Start(t, pg.Options{})
	socket, err := os.Stat(c.Socket())
	must(t, err)
	owner := socket.Sys().(*syscall.Stat_t)
	space := filepath.Join(dir, "space")
	must(t, os.Mkdir(space, 0o700))
	must(t, os.Chown(space, int(owner.Uid), int(owner.Gid)))
	admin := open(t, c.DSN("postgres"))
	execute(t, admin, "create tablespace small location '"+space+"'")
	execute(t, admin, "create database short tablespace small")
	db := open(t, c.DSN("short"))
	return migrate(t, db, sqlstore.Options{}), db
}

// inShort lets a store run short of room, again and again.
func inShort(t *testing.T, s store.Store, r room) {
	t.Helper()
	b := connectBook(t, s, store.Always)
	seed(t, b)
	h := &shortage{t: t, store: s, book: b, ann: person(t, b, "ann"), w: newWriting(func() {})}
	h.client(b)
	for n := range full(3, 50) {
		r.fill(t)
		h.exhaust(n)
		h.refuses(n)
		h.reads()
		r.free(t)
		if status := h.request("PATCH", "/v1/users/"+h.ann.String(), fmt.Sprintf(`{"name":"Ann %d"}`, n)); status != http.StatusOK {
			t.Fatalf("there is room again, and the answer is %d", status)
		}
		must(t, h.change(fmt.Sprint("again", n)))
	}
	h.w.stop(t)
	h.w.check(t, s)
	lost := 0
	known := reasons(t, s)
	for name := range h.w.refused { // the control: who took a refusal for a yes
		if known[name] == 0 {
			lost++
		}
	}
	if lost < full(3, 50) {
		t.Errorf("%d changes were refused: the disk was not full", lost)
	}
}

// shortage is a store that runs short of room, and those who use it.
type shortage struct {
	t      *testing.T
	store  store.Store
	book   *store.Book
	ann    uuid.UUID
	w      *writing
	server *httptest.Server
	token  string
}

// client signs an administrator in.
func (h *shortage) client(b *store.Book) {
	h.t.Helper()
	u, err := b.Users.Create(h.t.Context(), system, users.New{
		Email: "root@example.com", Name: "Root", Roles: []string{"root"}, Tenants: []perms.Tenancy{perms.EveryTenant}})
	must(h.t, err)
	token, _, err := b.Sessions.Issue(h.t.Context(), u.ID)
	must(h.t, err)
	api, err := httpapi.New(b, httpapi.Options{Authenticator: httpapi.Sessions(b)})
	must(h.t, err)
	h.token, h.server = token.Reveal(), httptest.NewServer(native.Handler(api, nil))
	h.t.Cleanup(h.server.Close)
}

// request returns the status of the answer.
func (h *shortage) request(method, path, body string) int {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.server.URL+path, strings.NewReader(body))
	must(h.t, err)
	r.Header.Set("Authorization", "Bearer "+h.token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	must(h.t, err)
	must(h.t, answer.Body.Close())
	return answer.StatusCode
}

// change makes a change that takes room, and notes how it ended.
func (h *shortage) change(name string) error {
	h.t.Helper()
	before := dump(h.t, h.store)
	given := perms.Grant(view)
	given.Reason = name + strings.Repeat(".", 450)
	err := h.book.Users.SetOverride(h.t.Context(), system.Because(name), h.ann, given)
	if err != nil && dump(h.t, h.store) != before {
		h.t.Errorf("%s left something, and %v", name, err)
	}
	h.w.heard(name, err)
	return err
}

// exhaust writes until nothing can be written any more.
func (h *shortage) exhaust(n int) {
	h.t.Helper()
	for i := 0; h.change(fmt.Sprintf("fill%d-%d", n, i)) == nil; i++ {
		if i == 10_000 {
			h.t.Fatal("it never fills up")
		}
	}
}

// refuses tries changes of many kinds. Small ones may still find room.
func (h *shortage) refuses(n int) {
	h.t.Helper()
	ctx := h.t.Context()
	for what, do := range map[string]func(by perms.Actor, name string) error{
		"user": func(by perms.Actor, name string) error {
			_, err := h.book.Users.Create(ctx, by, users.New{Email: name + "@example.com", Name: strings.Repeat("N", 90)})
			return err
		},
		"role": func(by perms.Actor, name string) error {
			_, err := h.book.Roles.Create(ctx, by, roles.New{Name: name, Description: strings.Repeat("d", 400), Permissions: []string{string(view)}})
			return err
		},
		"append": func(_ perms.Actor, name string) error { return appendOne(ctx, h.store, name) },
	} {
		for i := range 5 {
			name := fmt.Sprintf("%s%d-%d", what, n, i)
			before := dump(h.t, h.store)
			err := do(system.Because(name), name)
			if err != nil && dump(h.t, h.store) != before {
				h.t.Errorf("%s left something, and %v", name, err)
			}
			h.w.heard(name, err)
		}
	}
	for i := range 100 {
		switch status := h.request("PATCH", "/v1/users/"+h.ann.String(), fmt.Sprintf(`{"name":"%s %d"}`, strings.Repeat("A", 90), i)); status {
		case http.StatusServiceUnavailable:
			return
		case http.StatusOK:
		default:
			h.t.Fatalf("the disk is full, and the answer is %d", status)
		}
	}
	h.t.Error("the disk is full, and whatever is asked for is done")
}

// reads reads what there is.
func (h *shortage) reads() {
	h.t.Helper()
	allowed(h.t, h.book, h.ann)
	allowed(h.t, connectBook(h.t, h.store, store.Always), h.ann)
	if status := h.request("GET", "/v1/users", ""); status != http.StatusOK {
		h.t.Errorf("the disk is full, and the answer to a reader is %d", status)
	}
}
