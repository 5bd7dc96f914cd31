package teams

import (
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// dashboardType is the type of the objects that are shared here.
const dashboardType = "dashboards"

// getUserDashboards is route 13.
func (t *teams) getUserDashboards(c *httpapi.Call) error {
	ref, err := userRef(c, "id")
	if err != nil {
		return err
	}
	shared, err := c.Book.Users.Objects(c.Context(), c.Actor, ref, uuid.Nil, dashboardType)
	if err != nil {
		return err
	}
	return t.answer(c, http.StatusOK, toUserDashboards(shared))
}

// setUserDashboards is route 14.
func (t *teams) setUserDashboards(c *httpapi.Call) error {
	u, err := addressedUser(c)
	if err != nil {
		return err
	}
	organization, err := sharedIn(c, u)
	if err != nil {
		return err
	}
	form, ids, err := t.readDashboards(c, organization, u.Objects)
	if err != nil {
		return err
	}
	shared, err := c.Book.Users.SetObjects(c.Context(), c.Actor, users.ByID(u.ID), organization, dashboardType, ids)
	if err != nil {
		return refused(form, err, dashboardMember)
	}
	return t.answer(c, http.StatusOK, toUserDashboards(shared))
}

// sharedIn returns the organization of which the dashboards of a user are meant: the caller's, for staff the user's home or else the default tenant.
func sharedIn(c *httpapi.Call, u users.User) (uuid.UUID, error) {
	if current, ok := c.Actor.Narrowed(); ok {
		return current, nil
	}
	if home, ok := u.Home(); ok {
		return home, nil
	}
	usual, err := c.Book.Tenants.Default(c.Context())
	return usual.ID, err
}

// getGroupDashboards is route 22.
func (t *teams) getGroupDashboards(c *httpapi.Call) error {
	g, err := addressedGroup(c, perms.GrantsRead)
	if err != nil {
		return err
	}
	return t.answer(c, http.StatusOK, groupDashboards{dashboardsOf(g.Objects, g.Tenant)})
}

// setGroupDashboards is route 23.
func (t *teams) setGroupDashboards(c *httpapi.Call) error {
	g, err := addressedGroup(c, perms.GrantsWrite)
	if err != nil {
		return err
	}
	form, ids, err := t.readDashboards(c, g.Tenant, g.Objects)
	if err != nil {
		return err
	}
	ids, err = c.Book.Groups.SetObjects(c.Context(), c.Actor, users.ByID(g.ID), dashboardType, ids)
	if err != nil {
		return refused(form, err, dashboardMember)
	}
	return t.answer(c, http.StatusOK, groupDashboards{ids})
}

// readDashboards reads the dashboards that are to be shared in an organization. Those that are shared already may be sent back, whatever has become of them.
func (t *teams) readDashboards(c *httpapi.Call, organization uuid.UUID, now []perms.ObjectGrant) (*wire.Form, []int64, error) {
	form, ids, err := readIDs(c, "dashboard_ids")
	if err != nil || t.dashboards == nil {
		return form, ids, err
	}
	present := dashboardsOf(now, organization)
	added := slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return slices.Contains(present, id) })
	known, err := t.dashboards(c.Context(), organization, added)
	if err != nil {
		return nil, nil, err
	}
	if slices.ContainsFunc(added, func(id int64) bool { return !slices.Contains(known, id) }) {
		form.Fail("dashboard_ids", wire.CodeUnknown, "names no dashboard of the organization")
	}
	return form, ids, form.Err()
}

// dashboardsOf returns the dashboards among what is shared in an organization.
func dashboardsOf(list []perms.ObjectGrant, organization uuid.UUID) []int64 {
	ids := []int64{}
	for _, o := range list {
		if o.Tenant == organization && o.Object.Type == dashboardType {
			ids = append(ids, o.Object.ID)
		}
	}
	return ids
}

// readIDs reads a body that is a list of integers. Whether they name anything, the service says.
func readIDs(c *httpapi.Call, name string) (*wire.Form, []int64, error) {
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return nil, nil, err
	}
	ids := form.Ints(name, wire.Required).Value
	return form, ids, form.Err()
}

// dashboardMember returns the member in which there are dashboards. A user who is not in the organization that is meant cannot have any there.
func dashboardMember(string) string { return "dashboard_ids" }
