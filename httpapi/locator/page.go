package locator

import (
	"math"
	"net/http"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
)

// The greatest counts of a page. More is refused and not cut short: a client that adds its count to the offset would skip what was cut off.
const (
	maxCount      = 100
	maxBasicCount = 1000
)

// page is what a request says of the page that it wants.
type page struct {
	offset, count int
	extended      bool // the answer says whether the list ends here
}

func readPage(q *wire.Query, most int64) (page, error) {
	offset := q.Int("offset", 0, wire.MaxInteger)
	count := q.Int("count", 1, most)
	extended := q.Bool("extended")
	return page{int(min(offset.Value, math.MaxInt32)), int(count.Or(most)), extended.Or(true)}, q.Err()
}

// cut returns the items of the page, of which one more was asked for, and whether the list ends here.
func cut[T any](p page, found []T) (items []T, completed bool) {
	if len(found) > p.count {
		return found[:p.count], false
	}
	return found, true
}

// answerPage answers with a page.
func answerPage[T any](c *httpapi.Call, p page, items []T, completed bool) error {
	if !p.extended {
		return c.JSON(http.StatusOK, items)
	}
	return c.JSON(http.StatusOK, list[T]{completed, items})
}
