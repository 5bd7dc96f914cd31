package native

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// answerUser answers with a user as the caller may see him.
func answerUser(c *httpapi.Call, status int, u users.User) error {
	n, err := namesFor(c, c.Actor, u)
	if err != nil {
		return err
	}
	c.Header().Set("ETag", etag(u.Version))
	return c.JSON(status, n.user(u))
}

func answerTenant(c *httpapi.Call, status int, t users.Tenant) error {
	c.Header().Set("ETag", etag(t.Version))
	return c.JSON(status, tenantOf(t))
}

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// located tells where the thing is that a request to its collection has made: behind the collection's own path, whatever it is mounted at.
func located(c *httpapi.Call, name string) {
	path := c.Request.URL.EscapedPath()
	if sent, err := url.ParseRequestURI(c.Request.RequestURI); err == nil {
		path = sent.EscapedPath()
	}
	c.Header().Set("Location", path+"/"+name)
}

// unmatched is a version that nothing has.
const unmatched = -1

// expected returns the version that a change of what has the version now must find: 0 for any, and one that nothing has when the request's If-Match names
// others (RFC 9110, section 13.1.1; the comparison is strong).
func expected(r *http.Request, now int64) int64 {
	sent := r.Header.Values("If-Match")
	if len(sent) == 0 {
		return 0
	}
	for tag := range strings.SplitSeq(strings.Join(sent, ","), ",") {
		switch strings.Trim(tag, " \t") {
		case "*":
			return 0
		case etag(now):
			return now
		}
	}
	return unmatched
}

const (
	defaultLimit = 50
	maxLimit     = 200
)

// paging is what a request says of the page that it wants.
type paging struct {
	after   int64
	limit   int
	filters []string // the list and what chooses its items: the cursor holds for these
}

// readPaging reads limit and cursor of a list, which no other has the name of. The filters are what else chooses the items, in a fixed order.
func readPaging(q *wire.Query, name string, filters ...string) (paging, error) {
	filters = append([]string{name}, filters...)
	p := paging{limit: int(q.Int("limit", 1, maxLimit).Or(defaultLimit)), filters: filters}
	cursor := q.String("cursor")
	if err := q.Err(); err != nil || !cursor.Set {
		return p, err
	}
	after, ok := wire.ParseCursor(cursor.Value, filters...)
	if !ok {
		return p, &wire.ParamError{In: wire.InQuery, Name: "cursor", Reason: "is none of this list with these filters"}
	}
	p.after = after
	return p, nil
}

// sentFilters returns the parameters that were sent, with their names.
func sentFilters(q *wire.Query, names ...string) []string {
	var sent []string
	for _, name := range names {
		if value := q.String(name); value.Set {
			sent = append(sent, name, value.Value)
		}
	}
	return sent
}

// admit asks the route's gate after what makes a query unreadable (400) and before what is refused in one (422).
func admit(c *httpapi.Call, query error) error {
	var refused *wire.Invalid
	if query != nil && !errors.As(query, &refused) {
		return query
	}
	if err := c.Admit(); err != nil {
		return err
	}
	return query
}

// pageOf makes a page of one item more than its limit, or fewer.
func pageOf[T, W any](p paging, list []T, number func(T) int64, show func(T) W) page[W] {
	out := page[W]{Items: []W{}}
	if len(list) > p.limit {
		list = list[:p.limit]
		next := wire.Cursor(number(list[p.limit-1]), p.filters...)
		out.NextCursor = &next
	}
	for _, item := range list {
		out.Items = append(out.Items, show(item))
	}
	return out
}

// readTenantScope reads a parameter that names a tenant, or any for the whole platform; the zero Scope when it is absent.
func readTenantScope(q *wire.Query, name string) (perms.Scope, error) {
	sent := q.String(name)
	if !sent.Set {
		return perms.Scope{}, nil
	}
	if sent.Value == "any" {
		return perms.Anywhere, nil
	}
	id, ok := wire.UUID(sent.Value)
	if !ok {
		return perms.Scope{}, &wire.ParamError{In: wire.InQuery, Name: name, Reason: "must be a uuid, or any"}
	}
	return perms.In(id), nil
}
