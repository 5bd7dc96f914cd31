package httpapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/store"
)

// dryRun is the parameter that asks for a rehearsal of a change.
const dryRun = "dry_run"

// DryRun returns the route with the parameter dry_run. Where it is true the same handler runs on a Book that changes nothing ([store.Book.Rehearse]), and
// the dialect says what would have come of it. A failure is answered as ever.
func (r Route) DryRun() Route {
	r.rehearsable = true
	r.params = append(slices.Clone(r.params), dryRun)
	return r
}

// handle runs the route's handler, for real or not.
func (s *server) handle(c *Call, r *Route) error {
	if !r.rehearsable {
		return r.handle(c)
	}
	rehearsed := c.Query.Bool(dryRun)
	if err := c.Query.Err(); err != nil {
		return err
	}
	if rehearsed.Value {
		return s.rehearse(c, r)
	}
	return r.handle(c)
}

// rehearse runs the handler on a Book that changes nothing, and tells what it answered and who would gain and lose what.
func (s *server) rehearse(c *Call, r *Route) error {
	would, report, err := record(c, r.handle)
	if err != nil {
		return err
	}
	out := s.dialect.DryRun(c, would, report)
	return wire.JSON(c.w, out.Status, out.Body)
}

// record runs a handler on a Book that changes nothing, and returns its answer instead of sending it.
func record(c *Call, handle Handler) (would Answer, report store.Report, err error) {
	w, book := c.w, c.Book
	defer func() { c.w, c.Book = w, book }()
	kept := &recorder{header: http.Header{}}
	c.w = &answer{ResponseWriter: kept}
	report, err = book.Rehearse(c.Context(), c.Actor, func(b *store.Book) error {
		c.Book = b
		return handle(c)
	})
	return Answer{Status: c.w.status, Body: json.RawMessage(kept.body.Bytes())}, report, err
}

// recorder keeps an answer.
type recorder struct {
	header http.Header
	body   bytes.Buffer
}

// Header returns the headers, of which none is sent.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader does nothing: the status is known where it comes from.
func (r *recorder) WriteHeader(int) {}

// Write keeps p.
func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }
