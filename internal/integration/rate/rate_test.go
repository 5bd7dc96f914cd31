package rate_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// The size of the measurement: 100,000 users, 1,000 of them of the tenant that is listed.
const (
	allUsers    = 100_000
	tenantUsers = 1_000
	rounds      = 5
	clients     = 4
)

// least is the rate that rolebook reaches, as a part of the handler's by hand.
const least = 0.40

// request is one request of the measurement.
type request struct {
	method, path, body string
}

// kinds are what is measured: n requests each in a round.
func kinds() map[string]func(i int) request {
	return map[string]func(i int) request{
		"list of one tenant's 1,000 users": func(int) request { return request{"GET", "/api/users?tenant_id=2", ""} },
		"update": func(i int) request {
			return request{"PUT", fmt.Sprintf("/api/users/%d", 3+i%tenantUsers), fmt.Sprintf(`{"name":"Renamed %d","email":"person%d@example.com","role_id":5}`, i, 3+i%tenantUsers)}
		},
		"create": func(i int) request {
			return request{"POST", "/api/users", fmt.Sprintf(`{"name":"New %d","email":"new%d@example.com","password":"new-river-%d","role_id":5,"tenant_id":2}`, i, i, i)}
		},
	}
}

func perRound(kind string) int {
	if strings.HasPrefix(kind, "list") {
		return 40
	}
	return 300
}

// BenchmarkMSP measures msp's list, update and create over SQLite in a database of 100,000 users, side by side with a handler by hand that does the same
// statements, session look-up and durability, in alternating rounds of one run. It fails below the rate that is promised.
func BenchmarkMSP(b *testing.B) {
	dir := b.TempDir()
	token := build(b, filepath.Join(dir, "built.db"))
	for kind, make := range kinds() {
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				measure(b, dir, token, kind, make)
			}
		})
	}
}

func measure(b *testing.B, dir, token, kind string, make func(int) request) {
	n := perRound(kind)
	recorded, answers := record(b, dir, token, n*rounds, make)
	ours := serve(b, rolebook(b, open(b, "sqlite3", copyOf(b, dir))))
	hand := serve(b, raw(b, copyOf(b, dir), recorded, answers))
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var ratios, per []float64
	for round := range rounds {
		first, last := round*n, (round+1)*n
		theirs := timed(b, hand, token, first, last, func(i int) request { return request{"POST", fmt.Sprint("/", i), make(i).body} })
		mine := timed(b, ours, token, first, last, make)
		ratios = append(ratios, theirs.Seconds()/mine.Seconds())
		per = append(per, mine.Seconds()*1e6/float64(n))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	slices.Sort(ratios)
	slices.Sort(per)
	b.ReportMetric(ratios[rounds/2], "of-raw")
	b.ReportMetric(per[rounds/2], "µs/request")
	b.ReportMetric(float64(len(recorded[0])), "statements")
	b.ReportMetric((float64(after.HeapAlloc)-float64(before.HeapAlloc))/(1<<20), "MiB-grown")
	if ratios[rounds/2] < least {
		b.Errorf("%s: %.2f of the handler by hand, want %.2f", kind, ratios[rounds/2], least)
	}
}

// timed sends the requests from first up to last by several clients, and returns how long it took.
func timed(b *testing.B, s *httptest.Server, token string, first, last int, make func(int) request) time.Duration {
	start := time.Now()
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for i := first + c; i < last; i += clients {
				send(b, s, token, make(i))
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}

func send(b *testing.B, s *httptest.Server, token string, r request) []byte {
	req, err := http.NewRequest(r.method, s.URL+r.path, strings.NewReader(r.body))
	if err != nil {
		b.Error(err)
		return nil
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.Client().Do(req)
	if err != nil {
		b.Error(err)
		return nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		b.Errorf("%s %s: %d %s %v", r.method, r.path, resp.StatusCode, body, err)
	}
	return body
}

func serve(b *testing.B, h http.Handler) *httptest.Server {
	s := httptest.NewServer(h)
	s.Client().Transport.(*http.Transport).MaxIdleConnsPerHost = clients
	b.Cleanup(s.Close)
	return s
}

// record sends the requests one by one, and returns the statements and the answer of each.
func record(b *testing.B, dir, token string, n int, make func(int) request) ([][]statement, [][]byte) {
	s := serve(b, rolebook(b, open(b, "sqlite3-recorded", copyOf(b, dir))))
	theRecorder.take()
	lists, answers := [][]statement{}, [][]byte{}
	for i := range n {
		answers = append(answers, send(b, s, token, make(i)))
		lists = append(lists, theRecorder.take())
	}
	return lists, answers
}

// raw is the handler by hand: it decodes the body, does the statements of the request and encodes the answer.
func raw(b *testing.B, path string, recorded [][]statement, answers [][]byte) http.Handler {
	write, read := databases(b, "sqlite3", path)
	h := &byHand{write: write, read: read}
	type user struct {
		ID         int64   `json:"id"`
		Name       string  `json:"name"`
		Email      string  `json:"email"`
		RoleID     *int64  `json:"role_id"`
		Role       any     `json:"role"`
		TenantID   *int64  `json:"tenant_id"`
		IsMSPStaff bool    `json:"is_msp_staff"`
		Active     bool    `json:"active"`
		CreatedAt  string  `json:"created_at"`
		Password   *string `json:"password,omitempty"`
	}
	decoded := map[int]any{}
	for i, a := range answers {
		var v any = new(user)
		if bytes.HasPrefix(a, []byte("[")) {
			v = new([]user)
		}
		if err := json.Unmarshal(a, v); err != nil {
			b.Fatal(err)
		}
		decoded[i] = v
	}
	hasher := cheap(b)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in user
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil && err != io.EOF {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if in.Password != nil {
			if _, err := hasher.Hash(r.Context(), *in.Password); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
		}
		var i int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d", &i); err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		if err := h.do(r.Context(), recorded[i]); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(decoded[i])
	})
}

func rolebook(b *testing.B, s store.Store) http.Handler {
	book, err := store.Connect(b.Context(), s, store.Options{Hasher: cheap(b)})
	if err != nil {
		b.Fatal(err)
	}
	api, err := httpapi.New(book, httpapi.Options{Authenticator: httpapi.Sessions(book)})
	if err != nil {
		b.Fatal(err)
	}
	return msp.Handler(api, nil)
}

func cheap(b *testing.B) *password.Hasher {
	h, err := password.New(password.Options{Params: password.Insecure()})
	if err != nil {
		b.Fatal(err)
	}
	return h
}

// databases opens a file as sqlite.Open does: one connection that writes, several that read, every commit on the disk.
func databases(b *testing.B, driver, path string) (write, read *sql.DB) {
	base := url.Values{"_busy_timeout": {"5000"}, "_foreign_keys": {"on"}, "_stmt_cache_size": {"200"}, "_cache_size": {"-65536"}, "mode": {"rwc"}}
	w := url.Values{"_txlock": {"immediate"}, "_journal_mode": {"wal"}, "_synchronous": {"full"}}
	for k, v := range base {
		w[k] = v
	}
	base.Set("_query_only", "on")
	write, err := sql.Open(driver, "file:"+path+"?"+w.Encode())
	if err != nil {
		b.Fatal(err)
	}
	write.SetMaxOpenConns(1)
	if read, err = sql.Open(driver, "file:"+path+"?"+base.Encode()); err != nil {
		b.Fatal(err)
	}
	read.SetMaxOpenConns(4)
	read.SetMaxIdleConns(4)
	b.Cleanup(func() { write.Close(); read.Close() })
	return write, read
}

func open(b *testing.B, driver, path string) store.Store {
	write, read := databases(b, driver, path)
	if err := sqlstore.Migrate(b.Context(), write, sqlstore.SQLite); err != nil {
		b.Fatal(err)
	}
	s, err := sqlstore.New(b.Context(), write, sqlstore.SQLite, sqlstore.Options{Read: read})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

var copies int

// copyOf returns a copy of the built database.
func copyOf(b *testing.B, dir string) string {
	copies++
	to := filepath.Join(dir, fmt.Sprintf("copy%d.db", copies))
	data, err := os.ReadFile(filepath.Join(dir, "built.db"))
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o600); err != nil {
		b.Fatal(err)
	}
	return to
}

// build fills a database and returns a token of its administrator.
func build(b *testing.B, path string) string {
	ctx, system := context.Background(), perms.System("build")
	write, _ := databases(b, "sqlite3", path)
	s := open(b, "sqlite3", path)
	book, err := store.Connect(ctx, s, store.Options{Hasher: cheap(b)})
	if err != nil {
		b.Fatal(err)
	}
	if err := book.Seed(ctx, system, msp.Preset()); err != nil {
		b.Fatal(err)
	}
	root, err := book.Users.Create(ctx, system, users.New{Email: "root@example.com", Name: "Root", Roles: []string{"msp_admin"}, Tenants: []perms.Tenancy{perms.EveryTenant}})
	if err != nil {
		b.Fatal(err)
	}
	viewer, err := book.Roles.Find(ctx, system, roles.ByKey("client_viewer"), perms.RolesRead)
	if err != nil {
		b.Fatal(err)
	}
	var tenants []uuid.UUID
	for i := range allUsers / tenantUsers {
		t, err := book.Tenants.Create(ctx, system, users.NewTenant{Name: fmt.Sprint("Tenant ", i), Slug: fmt.Sprint("tenant-", i)})
		if err != nil {
			b.Fatal(err)
		}
		tenants = append(tenants, t.ID)
	}
	err = s.InTx(ctx, func(tx store.Store) error { return fill(ctx, tx, tenants, viewer.ID) })
	if err != nil {
		b.Fatal(err)
	}
	token, _, err := book.Sessions.Issue(ctx, root.ID)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := write.Exec("pragma wal_checkpoint(truncate)"); err != nil {
		b.Fatal(err)
	}
	return token.Reveal()
}

// fill adds the users, tenant by tenant.
func fill(ctx context.Context, tx store.Store, tenants []uuid.UUID, role uuid.UUID) error {
	now := time.Now().UTC().Truncate(time.Microsecond)
	for i := range allUsers {
		number, err := tx.NextNumber(ctx, perms.KindUser)
		if err != nil {
			return err
		}
		email := fmt.Sprintf("person%d@example.com", number)
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		err = tx.InsertUser(ctx, users.User{ID: id, Number: number, Email: email, Username: email, Name: users.FullName(fmt.Sprint("Person ", number)), Status: perms.Active,
			Tenants: []perms.Tenancy{perms.TenantOf(tenants[i/tenantUsers])}, Roles: []perms.Assignment{{Role: role, Scope: perms.Anywhere}},
			CreatedAt: now, UpdatedAt: now, Version: 1})
		if err != nil {
			return err
		}
	}
	return nil
}
