package teams

import (
	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/users"
)

// inOrganization returns the handler of a route that is about one organization, behind its gate there. A platform-wide caller acts in the one that he
// names, or in the default tenant; what others name is ignored, for they have one already.
func inOrganization(next httpapi.Handler) httpapi.Handler {
	return func(c *httpapi.Call) error {
		if c.User.Staff() {
			if err := chooseOrganization(c); err != nil {
				return err
			}
		}
		if err := c.Admit(); err != nil {
			return err
		}
		return next(c)
	}
}

// chooseOrganization narrows a platform-wide caller to one organization. Whoever does not pass the gate anywhere is not told which ones there are.
func chooseOrganization(c *httpapi.Call) error {
	number := c.Query.Number("organization_id")
	if err := c.Query.Err(); err != nil {
		return err
	}
	if err := c.Admit(); err != nil {
		return err
	}
	organization, err := organizationOf(c, number)
	c.Actor = c.Actor.In(organization.ID)
	return err
}

func organizationOf(c *httpapi.Call, number wire.Opt[int64]) (users.Tenant, error) {
	if !number.Set {
		return c.Book.Tenants.Default(c.Context())
	}
	return c.Book.Tenants.ByNumber(c.Context(), c.Actor, number.Value)
}

// userRef returns the user whom the path names.
func userRef(c *httpapi.Call, param string) (users.Ref, error) {
	number, err := numberOf(c, param, "Invalid user ID")
	return users.ByNumber(number), err
}

// groupRef returns the group that the path names.
func groupRef(c *httpapi.Call) (users.Ref, error) {
	number, err := numberOf(c, "groupId", "Invalid group ID")
	return users.ByNumber(number), err
}

func numberOf(c *httpapi.Call, param, otherwise string) (int64, error) {
	number, err := c.Number(param)
	if err != nil {
		return 0, &refusal{otherwise, err}
	}
	return number, nil
}

// addressedUser returns the user whom the path names, if the caller passes the gate on him.
func addressedUser(c *httpapi.Call) (users.User, error) {
	ref, err := userRef(c, "id")
	if err != nil {
		return users.User{}, err
	}
	return c.Book.Users.Find(c.Context(), c.Actor, c.Operation, ref)
}
