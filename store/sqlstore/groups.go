package sqlstore

import (
	"context"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

type groupRow struct {
	ID          uuid.UUID `db:"id"`
	Number      int64     `db:"number"`
	Tenant      uuid.UUID `db:"tenant_id"`
	Name        string    `db:"name"`
	Description string    `db:"description"`
	Color       string    `db:"color"`
	CreatedAt   instant   `db:"created_at"`
}

func (r groupRow) group() users.Group {
	return users.Group{ID: r.ID, Number: r.Number, Tenant: r.Tenant, Name: r.Name, Description: r.Description, Color: r.Color, CreatedAt: r.CreatedAt.Time}
}

const selectGroups = `
	select id, number, tenant_id, name, description, color, created_at
	from rolebook_groups`

// Group implements [users.Store].
func (s *Store) Group(ctx context.Context, id uuid.UUID) (users.Group, error) {
	const query = selectGroups + `
		where id = ?`
	return s.group(ctx, query, id)
}

// GroupByNumber implements [users.Store].
func (s *Store) GroupByNumber(ctx context.Context, number int64) (users.Group, error) {
	const query = selectGroups + `
		where number = ?`
	return s.group(ctx, query, number)
}

func (s *Store) group(ctx context.Context, query string, key any) (users.Group, error) {
	found, err := s.groups(ctx, query, key)
	return only(found, users.ErrGroupNotFound, err)
}

// GroupsByID implements [users.Store].
func (s *Store) GroupsByID(ctx context.Context, ids []uuid.UUID) ([]users.Group, error) {
	const query = selectGroups + `
		where id {in ids}
		order by number`
	return s.groups(ctx, query, array(unique(ids)))
}

// Groups implements [users.Store].
func (s *Store) Groups(ctx context.Context, tenant uuid.UUID) ([]users.Group, error) {
	const query = selectGroups + `
		where tenant_id = ?
		order by number`
	return s.groups(ctx, query, tenant)
}

// groups returns the groups of a query with their objects, by two statements.
func (s *Store) groups(ctx context.Context, query string, key any) ([]users.Group, error) {
	const objects = `
		select group_id, tenant_id, type, object_id
		from rolebook_group_objects
		where group_id {in ids}
		order by group_id, tenant_id, type, object_id`
	type objectRow struct {
		Group  uuid.UUID `db:"group_id"`
		Tenant uuid.UUID `db:"tenant_id"`
		Type   string    `db:"type"`
		ID     int64     `db:"object_id"`
	}
	var found []users.Group
	err := s.snapshot(ctx, func(u *unit) error {
		rows, err := list[groupRow](ctx, u, query, key)
		found = mapped(rows, groupRow.group)
		if err != nil || len(rows) == 0 {
			return err
		}
		granted, err := list[objectRow](ctx, u, objects, array(mapped(rows, func(r groupRow) uuid.UUID { return r.ID })))
		byGroup := map[uuid.UUID][]perms.ObjectGrant{}
		for _, o := range granted {
			byGroup[o.Group] = append(byGroup[o.Group], perms.ObjectGrant{Tenant: o.Tenant, Object: perms.Object{Type: o.Type, ID: o.ID}})
		}
		for i := range found {
			found[i].Objects = byGroup[found[i].ID]
		}
		return err
	})
	return found, err
}

// InsertGroup implements [users.Store].
func (s *Store) InsertGroup(ctx context.Context, g users.Group) error {
	const insert = `
		insert into rolebook_groups (number, id, tenant_id, name, folded_name, description, color, created_at)
		values (?, ?, ?, ?, ?, ?, ?, ?)
		on conflict do nothing`
	u, err := s.writing(ctx)
	if err != nil {
		return err
	}
	if err := u.checkGroup(ctx, g); err != nil {
		return err
	}
	inserted, err := u.exec(ctx, insert, g.Number, g.ID, g.Tenant, g.Name, perms.FoldName(g.Name), g.Description, g.Color, g.CreatedAt)
	if err != nil {
		return err
	}
	if inserted == 0 {
		return errExists("group")
	}
	return u.writeGroupObjects(ctx, g, false)
}

// UpdateGroup implements [users.Store].
func (s *Store) UpdateGroup(ctx context.Context, g users.Group) error {
	const update = `
		update rolebook_groups
		set name = ?, folded_name = ?, description = ?, color = ?
		where id = ?`
	u, err := s.writing(ctx)
	if err != nil {
		return err
	}
	if g.Tenant, err = u.groupTenant(ctx, g.ID); err != nil {
		return err
	}
	if err := u.checkGroup(ctx, g); err != nil {
		return err
	}
	if _, err := u.exec(ctx, update, g.Name, perms.FoldName(g.Name), g.Description, g.Color, g.ID); err != nil {
		return err
	}
	return u.writeGroupObjects(ctx, g, true)
}

// groupTenant returns the tenant of a group, or ErrGroupNotFound.
func (u *unit) groupTenant(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	const query = `
		select tenant_id
		from rolebook_groups
		where id = ?`
	return scalar[uuid.UUID](ctx, u, users.ErrGroupNotFound, query, id)
}

// checkGroup returns ErrGroupNameTaken if another group of the tenant has the name, and an error for a tenant that does not exist.
func (u *unit) checkGroup(ctx context.Context, g users.Group) error {
	const query = `
		select count(*)
		from rolebook_groups
		where tenant_id = ? and folded_name = ? and id <> ?`
	if err := u.none(ctx, users.ErrGroupNameTaken, query, g.Tenant, perms.FoldName(g.Name), g.ID); err != nil {
		return err
	}
	tenants := []uuid.UUID{g.Tenant}
	for _, o := range g.Objects {
		tenants = append(tenants, o.Tenant)
	}
	return u.checkExist(ctx, tenants, nil, nil)
}

func (u *unit) writeGroupObjects(ctx context.Context, g users.Group, filled bool) error {
	const (
		remove = `
			delete from rolebook_group_objects
			where group_id = ?`
		insert = `
			insert into rolebook_group_objects (group_id, tenant_id, type, object_id)
			values `
	)
	rows := mapped(g.Objects, func(o perms.ObjectGrant) []any { return []any{g.ID, o.Tenant, o.Object.Type, o.Object.ID} })
	return u.replace(ctx, filled, remove, g.ID, insert, rows)
}

// DeleteGroup implements [users.Store].
func (s *Store) DeleteGroup(ctx context.Context, id uuid.UUID) error {
	u, err := s.writing(ctx)
	if err != nil {
		return err
	}
	if _, err := u.groupTenant(ctx, id); err != nil {
		return err
	}
	deletions := []string{
		"delete from rolebook_memberships where group_id = ?",
		"delete from rolebook_group_objects where group_id = ?",
		"delete from rolebook_groups where id = ?",
	}
	for _, d := range deletions {
		if _, err := u.exec(ctx, d, id); err != nil {
			return err
		}
	}
	return nil
}
