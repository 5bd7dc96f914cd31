package storetest

import (
	"context"
	"encoding/json"
	"maps"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// tables reads the same state from the tables.
func tables(ctx context.Context, tx store.Store) (state, error) {
	s := state{}
	for _, read := range []func(context.Context, store.Store) error{s.readKeys, s.readRoles, s.readTenants, s.readUsers, s.readInvites, s.readLinks} {
		if err := read(ctx, tx); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// normal returns members as they come back from JSON, so that lists and numbers have the same types everywhere.
func normal(m perms.Members) thing {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // members are JSON values
	}
	out := thing{}
	if err := json.Unmarshal(b, &out); err != nil {
		panic(err)
	}
	return out
}

func (s state) readKeys(ctx context.Context, tx store.Store) error {
	keys, err := tx.Keys(ctx)
	for _, k := range keys {
		s.put(perms.KindCatalogue, string(k.Permission), thing{"permission": string(k.Permission), "description": k.Description, "feature": k.Feature})
	}
	return err
}

func (s state) readRoles(ctx context.Context, tx store.Store) error {
	all, err := tx.Roles(ctx, roles.Filter{All: true})
	for _, r := range all {
		t := normal(roles.Record(r))
		t["created_at"], t["created_by"], t["version"] = stamp(r.CreatedAt), r.CreatedBy.String(), float64(r.Version)
		s.put(perms.KindRole, r.ID.String(), t)
	}
	return err
}

func (s state) readTenants(ctx context.Context, tx store.Store) error {
	all, err := tx.Tenants(ctx, users.TenantFilter{All: true})
	if err != nil {
		return err
	}
	for _, t := range all {
		s.put(perms.KindTenant, t.ID.String(), thing{"number": float64(t.Number), "slug": t.Slug, "name": t.Name, "type": string(t.Type),
			"require_approval": t.RequireApproval, "created_at": stamp(t.CreatedAt), "version": float64(t.Version)})
		groups, err := tx.Groups(ctx, t.ID)
		if err != nil {
			return err
		}
		for _, g := range groups {
			objects := []any{}
			for _, o := range g.Objects {
				objects = append(objects, thing{"tenant": o.Tenant.String(), "type": o.Object.Type, "id": float64(o.Object.ID)})
			}
			s.put(perms.KindGroup, g.ID.String(), thing{"number": float64(g.Number), "tenant": g.Tenant.String(), "name": g.Name,
				"description": g.Description, "color": g.Color, "objects": objects, "created_at": stamp(g.CreatedAt)})
		}
	}
	return nil
}

func (s state) readUsers(ctx context.Context, tx store.Store) error {
	all, err := tx.Users(ctx, users.Filter{Statuses: []perms.Status{perms.Active, perms.Pending, perms.Suspended, perms.Deleted}})
	if err != nil {
		return err
	}
	list, err := tx.Roles(ctx, roles.Filter{All: true})
	if err != nil {
		return err
	}
	held := map[uuid.UUID]roles.Role{}
	for _, r := range list {
		held[r.ID] = r
	}
	for _, u := range all {
		members, personal := users.Record(u, held)
		t := normal(members)
		maps.Copy(t, personal)
		t["created_at"], t["updated_at"], t["deleted_at"] = stamp(u.CreatedAt), stamp(u.UpdatedAt), stamp(u.DeletedAt)
		t["created_by"], t["version"] = u.CreatedBy.String(), float64(u.Version)
		s.put(perms.KindUser, u.ID.String(), t)
	}
	gone, err := tx.Tombstones(ctx)
	for _, g := range gone {
		s.put("tombstone", g.ID.String(), thing{"number": float64(g.Number), "name": g.Name, "at": stamp(g.PurgedAt)})
	}
	return err
}

func (s state) readInvites(ctx context.Context, tx store.Store) error {
	all, err := tx.Invites(ctx)
	if err != nil {
		return err
	}
	for _, i := range all {
		key, err := roleKey(ctx, tx, i.Role)
		if err != nil {
			return err
		}
		t := thing{"number": float64(i.Number), "email": i.Email, "name": i.Name, "role": key, "tenant": i.Tenant.String(),
			"expires_at": stamp(i.ExpiresAt), "created_at": stamp(i.CreatedAt), "created_by": i.CreatedBy.String()}
		if !i.AcceptedAt.IsZero() {
			t["accepted_at"], t["accepted_by"] = stamp(i.AcceptedAt), i.AcceptedBy.String()
		}
		s.put(perms.KindInvite, i.ID.String(), t)
	}
	return nil
}

func (s state) readLinks(ctx context.Context, tx store.Store) error {
	all, err := tx.Links(ctx, invites.Filter{All: true})
	if err != nil {
		return err
	}
	for _, l := range all {
		key, err := roleKey(ctx, tx, l.Role)
		if err != nil {
			return err
		}
		s.put(perms.KindLink, l.ID.String(), thing{"number": float64(l.Number), "tenant": l.Tenant.String(), "role": key, "label": l.Label, "max_uses": limit(l.MaxUses),
			"uses": float64(l.Uses), "expires_at": stamp(l.ExpiresAt), "created_at": stamp(l.CreatedAt), "created_by": l.CreatedBy.String()})
	}
	return nil
}

// roleKey returns a role's key, nil for none.
func roleKey(ctx context.Context, tx store.Store, id uuid.UUID) (any, error) {
	if id == uuid.Nil {
		return nil, nil
	}
	r, err := tx.Role(ctx, id)
	return r.Key, err
}

// limit returns the greatest number of uses, nil for none.
func limit(uses int64) any {
	if uses == 0 {
		return nil
	}
	return float64(uses)
}
