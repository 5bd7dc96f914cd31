package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/locator"
	"github.com/seed-06a6a295/rolebook/store"
)

// least is the part of the rate of a handler by hand that is promised on PostgreSQL.
const least = 0.40

// BenchmarkPostgresHTTP measures requests side by side with a handler that somebody has written by hand for that route, over the same database, with the same
// session look-up, permission check and durability. A change goes to users of its own on either side.
func BenchmarkPostgresHTTP(b *testing.B) {
	s := Spec{Users: 20_000, Seed: 1}.complete()
	db := durable(b)
	if err := Fill(b.Context(), db, postgresServer{}, s); err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(8)
	db.SetMaxIdleConns(8)
	st := openPostgres(b, db)
	book := connectWith(b, st, store.Options{})
	token, _, err := book.Sessions.Issue(b.Context(), byNumber(b, st, root+1).ID)
	if err != nil {
		b.Fatal(err)
	}
	api, err := httpapi.New(book, httpapi.Options{Authenticator: httpapi.Sessions(book)})
	if err != nil {
		b.Fatal(err)
	}
	bed := newBed(b, s, st)
	ours, byHand := serve(b, locator.Handler(api, nil)), serve(b, (&hand{db: db, catalog: book.Catalog()}).handler())
	for _, k := range []struct {
		name   string
		method string
		path   func(i int) string
		body   func(i int) string
	}{
		{"get", "GET", func(i int) string { return "/auth/users/" + bed.folk[i%200].ID.String() }, func(int) string { return "" }},
		{"list of 50", "GET", func(i int) string { return fmt.Sprint("/auth/users/list?count=50&offset=", 50*(i%20)) }, func(int) string { return "" }},
		{"change", "PATCH", func(i int) string { return "/auth/users/" + bed.folk[i%200].ID.String() },
			func(i int) string { return fmt.Sprintf(`{"firstName":"Renamed","lastName":"%d"}`, i) }},
	} {
		b.Run(k.name, func(b *testing.B) {
			for i := range 5 {
				if got, want := send(b, ours, token.Reveal(), k.method, k.path(i), k.body(i)), send(b, byHand, token.Reveal(), k.method, k.path(i), k.body(i)); !reflect.DeepEqual(got, want) {
					b.Fatalf("by hand it is\n%v, want\n%v", want, got)
				}
			}
			var ratios []float64
			round := 0
			for b.Loop() {
				var spent [2]time.Duration
				for n := range 20 {
					for side, server := range []*httptest.Server{ours, byHand} {
						start := time.Now()
						i := 40*round + 2*n + side
						send(b, server, token.Reveal(), k.method, k.path(i), k.body(i))
						spent[side] += time.Since(start)
					}
				}
				ratios = append(ratios, float64(spent[1])/float64(spent[0]))
				round++
			}
			slices.Sort(ratios)
			reached := ratios[len(ratios)/2]
			b.ReportMetric(reached, "of-hand")
			if reached < least {
				b.Errorf("%s: %.2f of the rate by hand, %.2f are promised", k.name, reached, least)
			}
		})
	}
}

func serve(b *testing.B, h http.Handler) *httptest.Server {
	s := httptest.NewServer(h)
	b.Cleanup(s.Close)
	return s
}

// send returns the answer to a request.
func send(b *testing.B, s *httptest.Server, token, method, path, body string) any {
	r, err := http.NewRequestWithContext(b.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := s.Client().Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		b.Fatalf("%s %s: %d %s, %v", method, path, resp.StatusCode, text, err)
	}
	var answer any
	if err := json.Unmarshal(text, &answer); err != nil {
		b.Fatal(err)
	}
	return answer
}
