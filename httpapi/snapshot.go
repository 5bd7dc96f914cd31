package httpapi

import (
	"bytes"

	"github.com/seed-06a6a295/rolebook/store"
)

// onSnapshot runs a handler that changes nothing on one snapshot of the store. What it answers is held back until the snapshot is over, so that no client
// keeps one open by reading slowly.
func (a *API) onSnapshot(c *Call, handle Handler) error {
	c.w.held = new(bytes.Buffer)
	done := false
	defer func() {
		c.Book = a.book
		c.w.release(done)
	}()
	err := a.book.View(c.Context(), func(b *store.Book) error {
		c.Book = b
		return handle(c)
	})
	done = err == nil
	return err
}

// release ends holding back: what is held is sent, or forgotten.
func (w *answer) release(send bool) {
	held := w.held
	w.held = nil
	switch {
	case !send:
		w.status = 0
	case w.status != 0:
		w.ResponseWriter.WriteHeader(w.status)
		_, _ = held.WriteTo(w.ResponseWriter) // a client that has gone needs no answer
	}
}
