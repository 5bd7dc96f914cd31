package rate_test

import (
	"context"
	"database/sql"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-06a6a295/rolebook/perms"
)

func (h *hand) mspList() http.Handler {
	const (
		roles = `
			select id, number, key, name
			from rolebook_roles`
		users = `
			select u.number, u.full_name, u.email, u.status, u.created_at, t.number,
				(select a.role_id from rolebook_assignments a where a.user_number = u.number and a.scope = 'any' order by a.position limit 1),
				exists (select 1 from rolebook_tenancies s where s.user_number = u.number and s.tenancy = 'any')
			from rolebook_tenants t
			join rolebook_users u on u.home_tenant = t.id
			where t.number = ? and u.status <> 'deleted'
			order by u.number`
	)
	return h.route(http.StatusOK, perms.UsersList, func(ctx context.Context, r *http.Request, c *caller) (any, error) {
		if !c.staff {
			return nil, errDenied
		}
		known, err := h.mspRoles(ctx, roles)
		if err != nil {
			return nil, err
		}
		out := []mspUser{}
		return &out, each(ctx, h.read, func(rows *sql.Rows) error {
			var (
				u       mspUser
				status  string
				created int64
				role    sql.NullString
			)
			err := rows.Scan(&u.ID, &u.Name, &u.Email, &status, &created, &u.TenantID, &role, &u.IsMSPStaff)
			u.Active, u.CreatedAt = status == "active", stamp(created)
			if held := known[role.String]; held != nil {
				u.RoleID, u.Role = &held.ID, held
			}
			out = append(out, u)
			return err
		}, users, r.URL.Query().Get("tenant_id"))
	})
}

func (h *hand) mspRoles(ctx context.Context, query string) (map[string]*mspRole, error) {
	known := map[string]*mspRole{}
	return known, each(ctx, h.read, func(rows *sql.Rows) error {
		var (
			id string
			r  mspRole
		)
		err := rows.Scan(&id, &r.ID, &r.Name, &r.DisplayName)
		known[id] = &r
		return err
	}, query)
}

func (h *hand) companyGroups() http.Handler {
	const query = `
		select number, name, patterns
		from rolebook_roles
		where scope in ('any', ?)
		order by number`
	return h.route(http.StatusOK, perms.RolesList, func(ctx context.Context, _ *http.Request, c *caller) (any, error) {
		out := []companyGroup{}
		return &out, each(ctx, h.read, func(rows *sql.Rows) error {
			var (
				g    companyGroup
				text string
			)
			err := rows.Scan(&g.ID, &g.Name, &text)
			g.Permissions = h.expanded(text)
			out = append(out, g)
			return err
		}, query, c.tenant)
	})
}

// rightsOf is the second statement of routes that show rights: of one user, or of those whose numbers a JSON array has. The patterns are a role's, or the
// permission is an override's.
const (
	rightsOf = `
		select a.user_number, a.position, r.key, r.name, r.patterns, 1
		from rolebook_assignments a
		join rolebook_roles r on r.id = a.role_id
		where a.user_number {whose} and a.scope = 'any'
		union all
		select user_number, 0, null, null, permission, granted
		from rolebook_overrides
		where user_number {whose} and scope = 'any'
		order by 1, 2`
	oneUser   = "= ?"
	manyUsers = "in (select value from json_each(+?))"
)

// held are the rights of a user.
type held struct {
	keys, names []string
	rights      caller
}

func (h *hand) rights(ctx context.Context, db querier, whose string, arg any) (map[int64]*held, error) {
	found := map[int64]*held{}
	return found, each(ctx, db, func(rows *sql.Rows) error {
		var (
			user, position int64
			key, name      sql.NullString
			text           string
			granted        bool
		)
		if err := rows.Scan(&user, &position, &key, &name, &text, &granted); err != nil {
			return err
		}
		u := found[user]
		if u == nil {
			u = &held{}
			found[user] = u
		}
		switch {
		case key.Valid:
			u.keys, u.names = append(u.keys, key.String), append(u.names, name.String)
			u.rights.granted = append(u.rights.granted, patterns(text)...)
		case granted:
			u.rights.granted = append(u.rights.granted, perms.Pattern(text))
		default:
			u.rights.revoked = append(u.rights.revoked, text)
		}
		return nil
	}, strings.ReplaceAll(rightsOf, "{whose}", whose), arg, arg)
}

// permissions returns what a user holds in all.
func (h *hand) permissions(u *held) []string {
	out := []string{}
	for _, p := range h.catalog.Expand(u.rights.granted).Strings() {
		if !slices.Contains(u.rights.revoked, p) {
			out = append(out, p)
		}
	}
	return out
}

const locatorUsers = `
	select u.number, u.id, u.given_name, u.family_name, u.username, u.email,
		(select group_concat(t.tenancy, ' ') from rolebook_tenancies t where t.user_number = u.number)
	from rolebook_users u`

func scanLocator(rows *sql.Rows) (number int64, u locatorUser, err error) {
	var tenants sql.NullString
	err = rows.Scan(&number, &u.Locator, &u.FirstName, &u.LastName, &u.UserName, &u.Email, &tenants)
	u.Tenants = strings.Fields(tenants.String)
	return number, u, err
}

func (h *hand) locatorGet() http.Handler {
	const query = locatorUsers + `
		where u.id = ? and u.status <> 'deleted'`
	return h.route(http.StatusOK, perms.UsersRead, func(ctx context.Context, r *http.Request, c *caller) (any, error) {
		list, err := h.locators(ctx, query, last(r))
		if err != nil || len(list) == 0 || !c.staff {
			return nil, errDenied
		}
		return &list[0], nil
	})
}

func (h *hand) locatorList() http.Handler {
	const query = locatorUsers + `
		where u.status <> 'deleted'
		order by u.number
		limit 51 offset ?`
	return h.route(http.StatusOK, perms.UsersRead, func(ctx context.Context, r *http.Request, c *caller) (any, error) {
		list, err := h.locators(ctx, query, r.URL.Query().Get("offset"))
		if err != nil || !c.staff {
			return nil, errDenied
		}
		return &locatorPage{len(list) <= 50, list[:min(50, len(list))]}, nil
	})
}

// locators returns users with their rights, by two statements.
func (h *hand) locators(ctx context.Context, query string, arg any) ([]locatorUser, error) {
	var (
		list    []locatorUser
		numbers []int64
	)
	err := each(ctx, h.read, func(rows *sql.Rows) error {
		number, u, err := scanLocator(rows)
		list, numbers = append(list, u), append(numbers, number)
		return err
	}, query, arg)
	if err != nil {
		return nil, err
	}
	rights, err := h.rightsOfAll(ctx, numbers)
	for i, number := range numbers {
		if u := rights[number]; u != nil {
			list[i].Roles, list[i].Permissions = u.keys, h.permissions(u)
		}
	}
	return list, err
}

func (h *hand) rightsOfAll(ctx context.Context, numbers []int64) (map[int64]*held, error) {
	if len(numbers) == 1 {
		return h.rights(ctx, h.read, oneUser, numbers[0])
	}
	return h.rights(ctx, h.read, manyUsers, array(numbers))
}

func (h *hand) teamsList() http.Handler {
	const query = `
		select number, email, full_name, status, avatar_tag, created_at
		from rolebook_users
		where home_tenant = ? and status <> 'deleted'
		order by number`
	types := map[string]int64{"msp_admin": 1, "client_admin": 2, "client_viewer": 6}
	words := map[int64]string{1: "Superadmin", 2: "Admin", 3: "Member", 6: "Client"}
	return h.route(http.StatusOK, perms.UsersRead, func(ctx context.Context, _ *http.Request, c *caller) (any, error) {
		out := teamsList{1, []teamsUser{}}
		var numbers []int64
		err := each(ctx, h.read, func(rows *sql.Rows) error {
			var (
				u           teamsUser
				status, tag string
				created     int64
			)
			err := rows.Scan(&u.UserID, &u.UserEmail, &u.UserName, &status, &tag, &created)
			u.UserStatus, u.UserStatusName, u.CreatedAt = 1, "Active", stamp(created)
			out.Data, numbers = append(out.Data, u), append(numbers, u.UserID)
			return err
		}, query, c.tenant)
		if err != nil {
			return nil, err
		}
		rights, err := h.rightsOfAll(ctx, numbers)
		for i := range out.Data {
			u := &out.Data[i]
			u.UserType = 6
			if held := rights[u.UserID]; held != nil {
				for _, key := range held.keys {
					typ, known := types[key]
					if !known {
						typ = 3
					}
					u.UserType = min(u.UserType, typ)
				}
				u.AIAccess = held.rights.holds(perms.FeaturesAI)
			}
			u.UserTypeName = words[u.UserType]
		}
		return &out, err
	})
}

const nativeUsers = `
	select u.number, u.id, u.external, u.username, u.email, u.full_name, u.given_name, u.family_name, u.phone, u.status, u.home_tenant, u.mfa,
		u.must_reset_mfa, u.must_change_password, u.created_at, u.created_by, u.updated_at, u.version,
		(select group_concat(t.tenancy, ' ') from rolebook_tenancies t where t.user_number = u.number)
	from rolebook_users u`

func (h *hand) nativeGet() http.Handler {
	const query = nativeUsers + `
		where u.id = ?`
	return h.route(http.StatusOK, perms.UsersRead, func(ctx context.Context, r *http.Request, c *caller) (any, error) {
		list, err := h.natives(ctx, query, last(r))
		if err != nil || len(list) == 0 || !c.staff {
			return nil, errDenied
		}
		return &list[0], nil
	})
}

func (h *hand) nativeList() http.Handler {
	const query = nativeUsers + `
		where u.status <> 'deleted'
		order by u.number
		limit 51`
	return h.route(http.StatusOK, perms.UsersRead, func(ctx context.Context, _ *http.Request, c *caller) (any, error) {
		list, err := h.natives(ctx, query)
		if err != nil || !c.staff {
			return nil, errDenied
		}
		out := nativePage{Items: list}
		if len(list) > 50 {
			out.Items = list[:50]
			next := strconv.FormatInt(list[49].Number, 36)
			out.NextCursor = &next
		}
		return &out, nil
	})
}

// natives returns users with their roles and groups, by three statements.
func (h *hand) natives(ctx context.Context, query string, args ...any) ([]nativeUser, error) {
	const groups = `
		select m.user_number, g.id, g.number, g.name
		from rolebook_memberships m
		join rolebook_groups g on g.id = m.group_id
		where m.user_number in (select value from json_each(+?))
		order by g.number`
	list := []nativeUser{}
	var numbers []int64
	at := map[int64]int{}
	err := each(ctx, h.read, func(rows *sql.Rows) error {
		u, err := scanNative(rows)
		at[u.Number] = len(list)
		list, numbers = append(list, u), append(numbers, u.Number)
		return err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	rights, err := h.rightsOfAll(ctx, numbers)
	if err != nil {
		return nil, err
	}
	for i, number := range numbers {
		if u := rights[number]; u != nil {
			for n, key := range u.keys {
				list[i].Roles = append(list[i].Roles, nativeAssignment{Role: key, Name: u.names[n], Tenant: "any"})
			}
		}
	}
	return list, each(ctx, h.read, func(rows *sql.Rows) error {
		var (
			user int64
			g    nativeGroup
		)
		err := rows.Scan(&user, &g.ID, &g.Number, &g.Name)
		list[at[user]].Groups = append(list[at[user]].Groups, g)
		return err
	}, groups, array(numbers))
}

func scanNative(rows *sql.Rows) (nativeUser, error) {
	var (
		u                nativeUser
		created, updated int64
		email            string
		tenants          sql.NullString
	)
	err := rows.Scan(&u.Number, &u.ID, &u.External, &u.Username, &email, &u.Name, &u.FirstName, &u.LastName, &u.Phone, &u.Status, &u.HomeTenant, &u.MFA,
		&u.MustResetMFA, &u.MustChangePassword, &created, &u.CreatedBy, &updated, &u.Version, &tenants)
	u.Tenants, u.Roles, u.Groups = strings.Fields(tenants.String), []nativeAssignment{}, []nativeGroup{}
	u.Staff = slices.Contains(u.Tenants, "any")
	u.CreatedAt, u.UpdatedAt = stamp(created), stamp(updated)
	if email != "" {
		u.Email = &email
	}
	return u, err
}
