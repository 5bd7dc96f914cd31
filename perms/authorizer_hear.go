package perms

import "slices"

// Appended hears what a commit has written after a position, so that the journal need not be read for it. It is a listener for the store's OnAppend;
// store.Connect registers it. What does not go on from where the cache is, it leaves to whoever reads the journal next: of a position, its time says
// whether it is the same one.
func (a *Authorizer) Appended(after Head, entries []Entry) {
	if a.cache == nil || slices.ContainsFunc(entries, func(e Entry) bool { return e.Action == CatalogueUpdate }) {
		return
	}
	a.cache.hear(after, entries)
}

func (c *cache) hear(after Head, entries []Entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.round != nil || Revision(c.applied.Load()) != after.Revision || !c.since.Equal(after.At) {
		return
	}
	n := unread{entries: entries, to: last(entries), whole: true}
	if n.follows(after, false) {
		c.apply(&n)
	}
}
