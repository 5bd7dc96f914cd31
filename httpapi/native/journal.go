package native

import (
	"errors"
	"net/http"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
)

const defaultEntries = 100

// readJournal is GET /v1/journal.
func readJournal(c *httpapi.Call) error {
	after := c.Query.Int("after", 0, wire.MaxInteger)
	limit := c.Query.Int("limit", 1, perms.MaxEntries).Or(defaultEntries)
	if err := admit(c, c.Query.Err()); err != nil {
		return err
	}
	list, next, err := c.Book.Journal.Entries(c.Context(), c.Actor, perms.Revision(after.Value), int(limit))
	var reach *perms.ArchivedError
	if errors.As(err, &reach) && !after.Set { // from the beginning of what is left
		list, next, err = c.Book.Journal.Entries(c.Context(), c.Actor, reach.Archived.Revision, int(limit))
	}
	if err != nil {
		return err
	}
	items := make([]wireEntry, len(list))
	for i, e := range list {
		items[i] = entryOf(e)
	}
	return c.JSON(http.StatusOK, struct {
		Items []wireEntry    `json:"items"`
		Next  perms.Revision `json:"next"`
	}{items, next})
}
