package store

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/seed-06a6a295/rolebook/perms"
)

// catalogue is what a Book knows of the stored catalogue. Others may add keys to it, and wildcards match these: so nobody is judged in a transaction before all
// keys are known that it has.
type catalogue struct {
	known atomic.Pointer[perms.Catalog]
	at    atomic.Pointer[perms.Head] // a position of the journal at which nothing stored is unknown
}

func newCatalogue(known *perms.Catalog, at perms.Head) *catalogue {
	c := &catalogue{}
	c.known.Store(known)
	c.at.Store(&at)
	return c
}

// copied returns one for a transaction: what it learns there is not committed yet.
func (c *catalogue) copied() *catalogue {
	at := c.at.Load()
	return newCatalogue(c.known.Load(), *at)
}

// learn adds stored keys. Of what several goroutines add at once, nothing is lost.
func (c *catalogue) learn(stored []perms.Key) error {
	for {
		known := c.known.Load()
		all, err := known.With(stored...)
		if err != nil {
			return fmt.Errorf("stored catalogue: %w", err)
		}
		if len(known.Missing(all)) == 0 || c.known.CompareAndSwap(known, all) {
			return nil
		}
	}
}

// reach reads the keys if the journal is not where it was when they were known. That is seldom: the Book hears of its own changes. The services judge before
// they write, so that the head is one that has been committed.
func (c *catalogue) reach(ctx context.Context, tx perms.Store, head perms.Head) error {
	at := c.at.Load()
	if head.Revision == at.Revision && head.At.Equal(at.At) {
		return nil
	}
	keys, err := tx.Keys(ctx)
	if err != nil {
		return fmt.Errorf("read catalogue: %w", err)
	}
	if err := c.learn(keys); err != nil {
		return err
	}
	if head.Revision >= at.Revision { // and not a snapshot from before
		c.at.CompareAndSwap(at, &head)
	}
	return nil
}

// begin is reach for a transaction that has written nothing yet.
func (c *catalogue) begin(ctx context.Context, tx perms.Store) error {
	head, err := tx.Head(ctx)
	if err != nil {
		return fmt.Errorf("read head: %w", err)
	}
	return c.reach(ctx, tx, head)
}

// appended hears what a commit of the Book's store has written.
func (c *catalogue) appended(after perms.Head, entries []perms.Entry) {
	at := c.at.Load()
	grown := slices.ContainsFunc(entries, func(e perms.Entry) bool { return e.Action == perms.CatalogueUpdate })
	if grown || len(entries) == 0 || after.Revision != at.Revision || !after.At.Equal(at.At) {
		return
	}
	last := entries[len(entries)-1]
	c.at.CompareAndSwap(at, &perms.Head{Revision: last.Revision, At: last.At})
}
