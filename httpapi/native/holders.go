package native

import (
	"errors"
	"net/http"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// listHolders is GET /v1/permissions/{key}/holders.
func listHolders(c *httpapi.Call) error {
	scope, err := readTenantScope(c.Query, "tenant")
	if err != nil {
		return err
	}
	key := perms.Permission(c.Path("key"))
	p, err := readPaging(c.Query, "holders", append(sentFilters(c.Query, "tenant"), "key", string(key))...)
	var refused *wire.Invalid
	if err != nil && !errors.As(err, &refused) {
		return err
	}
	if err := c.Admit(); err != nil {
		return err
	}
	if !c.Book.Catalog().Has(key) {
		return errNoPermission
	}
	if err != nil {
		return err
	}
	list, revision, err := c.Book.Users.Holders(c.Context(), c.Actor, key, scope, p.after, p.limit+1)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, wireHolders{pageOf(p, list, func(h users.Holder) int64 { return h.User.Number }, holderOf), revision})
}

func holderOf(h users.Holder) wireHolder {
	out := wireHolder{User: wireUserName{h.User.ID, h.User.Number, h.User.Name.Full, orNull(h.User.Email)}, Tenants: []string{}}
	for _, scope := range h.Where {
		out.Tenants = append(out.Tenants, scope.String())
	}
	return out
}
