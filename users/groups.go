package users

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Limits of groups.
const (
	MaxGroupName = 100  // code points of a name
	MaxMembers   = 1000 // users added or removed at once
)

// color is a colour as style sheets write it.
var color = regexp.MustCompile("^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")

// Groups reads and changes groups. Who is a member, and what is shared with a group, is no right that somebody has to hold in order to give it; but nobody
// changes his own memberships, and no member shares with a group what he could not see himself.
type Groups struct {
	write Tx
	view  Tx
	env   perms.Env
}

// NewGroups returns the service over one store: write opens a writing transaction, view a consistent snapshot. Hosts get theirs from store.Connect.
func NewGroups(write, view Tx, env perms.Env) *Groups { return &Groups{write, view, env} }

// NewGroup describes a group to be created.
type NewGroup struct {
	Tenant      uuid.UUID // as for a user who is created without tenants, if uuid.Nil
	Name        string
	Description string
	Color       string // "" or "#" and 3 or 6 hexadecimal digits
}

// GroupUpdate says what is to change of a group; what is nil stays.
type GroupUpdate struct {
	Name        *string
	Description *string
	Color       *string // "" unsets it
}

// Validate checks the values of a group to be created, apart from what only the store knows. It returns nil or an [*perms.InvalidError] whose fields are name,
// description and color.
func (s *Groups) Validate(in NewGroup) error {
	g := in.group()
	return checkGroup(&g, Group{})
}

// group returns the group that is described, without an identity.
func (in NewGroup) group() Group {
	return Group{Tenant: in.Tenant, Name: in.Name, Description: in.Description, Color: in.Color}
}

// checkGroup trims and checks the values of a group that differ from the old ones: what is there may be older than the limits.
func checkGroup(g *Group, old Group) error {
	all := &perms.InvalidError{}
	if g.Name == "" || g.Name != old.Name {
		g.Name = strings.TrimSpace(g.Name)
		_ = collect(all, perms.CheckText("name", g.Name, 1, MaxGroupName))
	}
	if g.Description != old.Description {
		_ = collect(all, perms.CheckText("description", g.Description, 0, perms.MaxDescription))
	}
	if g.Color != "" && g.Color != old.Color && !color.MatchString(g.Color) {
		all.Add("color", perms.Format, "must be # and 3 or 6 hexadecimal digits")
	}
	return all.Or()
}

// Create makes a group. It takes groups.write in its tenant. The errors are [perms.ErrForbidden], [ErrTenantNotFound], [perms.ErrInvalid] and
// [ErrGroupNameTaken].
func (s *Groups) Create(ctx context.Context, actor perms.Actor, in NewGroup) (Group, error) {
	var made Group
	create := func(tx Store, a *perms.Authority, sight perms.Sight) error {
		tenant, err := tenantOr(ctx, tx, a, sight, in.Tenant)
		if err != nil {
			return err
		}
		made = in.group()
		made.Tenant, made.CreatedAt = tenant, a.Now
		if err := checkGroup(&made, Group{}); err != nil {
			return err
		}
		return insertGroup(ctx, tx, a, &made)
	}
	if err := admitted(ctx, s.write, s.env, actor, []perms.Permission{perms.GroupsWrite}, create); err != nil {
		return Group{}, fmt.Errorf("create group: %w", err)
	}
	return made, nil
}

// tenantOr returns a tenant if the sight shows it, or the one that is meant by none.
func tenantOr(ctx context.Context, tx Store, a *perms.Authority, sight perms.Sight, tenant uuid.UUID) (uuid.UUID, error) {
	if tenant == uuid.Nil {
		var err error
		if tenant, err = DefaultHome(ctx, tx, a); err != nil {
			return uuid.Nil, err
		}
	}
	_, err := findTenant(ctx, tx, sight, tenant)
	return tenant, err
}

// insertGroup gives a group its identity, stores it and writes the journal.
func insertGroup(ctx context.Context, tx Store, a *perms.Authority, g *Group) error {
	var err error
	if g.ID, err = uuid.NewV7(); err != nil {
		return fmt.Errorf("mint id: %w", err)
	}
	if g.Number, err = tx.NextNumber(ctx, perms.KindGroup); err != nil {
		return fmt.Errorf("number group: %w", err)
	}
	if err := tx.InsertGroup(ctx, *g); err != nil {
		return err
	}
	return journalGroup(ctx, tx, a, perms.GroupCreate, *g, nil, groupRecord(*g))
}

// Update changes a group. It takes groups.write in its tenant. The errors are [perms.ErrForbidden], [ErrGroupNotFound], [perms.ErrInvalid] and
// [ErrGroupNameTaken].
func (s *Groups) Update(ctx context.Context, actor perms.Actor, group Ref, up GroupUpdate) (Group, error) {
	return s.change(ctx, actor, perms.GroupsWrite, "update group", group, func(tx Store, a *perms.Authority, old Group) (Group, error) {
		g := old
		set(&g.Name, up.Name)
		set(&g.Description, up.Description)
		set(&g.Color, up.Color)
		if err := checkGroup(&g, old); err != nil {
			return Group{}, err
		}
		return g, replaceGroup(ctx, tx, a, perms.GroupUpdate, old, g)
	})
}

// change runs fn on a group in the tenant of which the actor holds a permission, and returns what it makes of it as the actor may see it.
func (s *Groups) change(ctx context.Context, actor perms.Actor, needs perms.Permission, doing string, group Ref,
	fn func(Store, *perms.Authority, Group) (Group, error)) (Group, error) {
	var changed Group
	err := admitted(ctx, s.write, s.env, actor, []perms.Permission{needs}, func(tx Store, a *perms.Authority, sight perms.Sight) error {
		g, err := findGroup(ctx, tx, sight, group)
		if err != nil {
			return err
		}
		changed, err = fn(tx, a, g)
		changed = visibleGroup(a, changed)
		return err
	})
	if err != nil {
		return Group{}, fmt.Errorf("%s: %w", doing, err)
	}
	return changed, nil
}

// replaceGroup stores what differs between old and g, if anything does, and writes the journal.
func replaceGroup(ctx context.Context, tx Store, a *perms.Authority, action perms.Action, old, g Group) error {
	before, after := perms.Differing(groupRecord(old), groupRecord(g))
	if len(after) == 0 {
		return nil
	}
	if err := tx.UpdateGroup(ctx, g); err != nil {
		return err
	}
	return journalGroup(ctx, tx, a, action, g, before, after)
}

// Delete removes a group with its memberships and everything shared with it. It takes groups.write in its tenant, of a member too: nobody gains by it.
func (s *Groups) Delete(ctx context.Context, actor perms.Actor, group Ref) error {
	_, err := s.change(ctx, actor, perms.GroupsWrite, "delete group", group, func(tx Store, a *perms.Authority, g Group) (Group, error) {
		if err := tx.DeleteGroup(ctx, g.ID); err != nil {
			return Group{}, err
		}
		return Group{}, journalGroup(ctx, tx, a, perms.GroupDelete, g, groupRecord(g), nil)
	})
	return err
}

// SetObjects makes the objects of one type that are shared with a group exactly those of the given ids, and returns them in ascending order; objects of
// other types stay. It takes grants.write in the group's tenant. A member adds none that he may not view without it: [perms.ErrSelfRights].
func (s *Groups) SetObjects(ctx context.Context, actor perms.Actor, group Ref, typ string, ids []int64) ([]int64, error) {
	var now []int64
	_, err := s.change(ctx, actor, perms.GrantsWrite, "share with group", group, func(tx Store, a *perms.Authority, old Group) (Group, error) {
		list, err := objects(old.Tenant, typ, ids)
		if err != nil {
			return Group{}, err
		}
		g := old
		g.Objects = withObjects(old.Objects, old.Tenant, typ, list)
		if err := mayShare(ctx, tx, a, old, g); err != nil {
			return Group{}, err
		}
		now = ascending(ids)
		return g, replaceGroup(ctx, tx, a, perms.GrantSet, old, g)
	})
	return now, err
}

// mayShare is the self rule for the objects of a group: a member who adds one adds it to what he sees himself.
func mayShare(ctx context.Context, tx Store, a *perms.Authority, old, g Group) error {
	if a.Actor.Kind() != perms.UserActor {
		return nil
	}
	u, err := tx.User(ctx, a.Actor.User())
	if err != nil {
		return fmt.Errorf("read actor: %w", err)
	}
	if !slices.Contains(u.Groups, g.ID) {
		return nil
	}
	at, err := perms.Locate(ctx, tx, &a.Subject, perms.In(g.Tenant))
	if err != nil {
		return err
	}
	for _, o := range g.Objects {
		if !slices.Contains(old.Objects, o) && a.Term(o.Object.View(), at) != perms.Endless {
			return perms.ErrSelfRights
		}
	}
	return nil
}

// journalGroup appends an entry about a group.
func journalGroup(ctx context.Context, tx Store, a *perms.Authority, action perms.Action, g Group, before, after perms.Members) error {
	entry := a.Entry(action, perms.Target{Kind: perms.KindGroup, ID: g.ID}, perms.In(g.Tenant))
	entry.Before, entry.After = before, after
	if _, err := tx.Append(ctx, entry); err != nil {
		return fmt.Errorf("journal %s: %w", action, err)
	}
	return nil
}

func groupRecord(g Group) perms.Members {
	return perms.Members{
		"number": float64(g.Number), "tenant": g.Tenant.String(), "name": g.Name, "description": g.Description, "color": g.Color,
		"objects": objectRecords(g.Objects),
	}
}
