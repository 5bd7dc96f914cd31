package native

import (
	"cmp"
	"net/http"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// readPermissions is GET /v1/users/{id}/permissions. Of the past it takes another permission than the route's gate says, which the journal asks for.
func readPermissions(c *httpapi.Call) error {
	id, err := c.UUID("id")
	if err != nil {
		return err
	}
	scope, malformed := readTenantScope(c.Query, "tenant")
	asOf := c.Query.Time("as_of")
	if err := cmp.Or(malformed, c.Query.Err()); err != nil {
		return err
	}
	if !asOf.Set {
		now, err := c.Book.Users.Permissions(c.Context(), c.Actor, c.Operation.OrDeleted(), users.ByID(id), scope)
		if err != nil {
			return err
		}
		return c.JSON(http.StatusOK, wirePermissions{id, now.Scope.String(), wire.FormatTime(now.At), now.Revision, now.Computed.Strings()})
	}
	then, err := c.Book.Journal.AsOf(c.Context(), c.Actor, id, cmp.Or(scope, perms.Home), asOf.Value)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, wirePermissions{id, then.Scope.String(), wire.FormatTime(then.At), then.Revision, then.Computed().Strings()})
}
