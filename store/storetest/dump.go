package storetest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// Dump returns everything that the contract lets one read of a store, as of one revision, in one canonical JSON text: two dumps are equal if and only
// if the stores hold the same. Users, deleted ones too, stand with a digest of their credentials and avatars. Sessions and throttles, which cannot be
// listed, and the numbers to be given next are not in it.
func Dump(ctx context.Context, s store.Store) (string, error) {
	var c content
	if err := s.View(ctx, func(tx store.Store) error { return c.read(ctx, tx) }); err != nil {
		return "", fmt.Errorf("storetest: dump: %w", err)
	}
	text, err := json.MarshalIndent(shown(reflect.ValueOf(c)), "", "  ")
	return string(text), err
}

// content is what a dump shows.
type content struct {
	Head       perms.Head
	Archived   perms.Head
	Keys       []perms.Key
	Tenants    []users.Tenant
	Roles      []roles.Role
	Users      []users.User
	Secrets    map[string]string // digests of credentials, by user
	Avatars    map[string]string // media types and digests of images, by user and tag
	Tombstones []users.Tombstone
	Groups     []users.Group
	Invites    []invites.Invite
	Links      []invites.Link
	Journal    []perms.Entry
}

// everybody are users of every status.
var everybody = []perms.Status{perms.Active, perms.Pending, perms.Suspended, perms.Deleted}

func (c *content) read(ctx context.Context, tx store.Store) (err error) {
	steps := []func() error{
		func() error { c.Head, err = tx.Head(ctx); return err },
		func() error { c.Archived, err = tx.Archived(ctx); return err },
		func() error { c.Keys, err = tx.Keys(ctx); return err },
		func() error { c.Tenants, err = tx.Tenants(ctx, users.TenantFilter{All: true}); return err },
		func() error { c.Roles, err = tx.Roles(ctx, roles.Filter{All: true}); return err },
		func() error { c.Users, err = tx.Users(ctx, users.Filter{Statuses: everybody}); return err },
		func() error { c.Tombstones, err = tx.Tombstones(ctx); return err },
		func() error { c.Invites, err = tx.Invites(ctx); return err },
		func() error { c.Links, err = tx.Links(ctx, invites.Filter{All: true}); return err },
		func() error { return c.readSecrets(ctx, tx) },
		func() error { return c.readGroups(ctx, tx) },
		func() error { return c.readJournal(ctx, tx) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (c *content) readSecrets(ctx context.Context, tx store.Store) error {
	c.Secrets, c.Avatars = map[string]string{}, map[string]string{}
	for _, u := range c.Users {
		h, err := tx.Credential(ctx, u.ID)
		if err != nil {
			return fmt.Errorf("credential of %s: %w", u.ID, err)
		}
		if h != "" {
			c.Secrets[u.ID.String()] = fingerprint([]byte(h.Reveal()))
		}
		a, err := tx.Avatar(ctx, u.ID)
		if errors.Is(err, users.ErrNoAvatar) {
			continue
		}
		if err != nil {
			return fmt.Errorf("avatar of %s: %w", u.ID, err)
		}
		c.Avatars[u.ID.String()+" "+a.Tag] = a.MediaType + " " + fingerprint(a.Image)
	}
	return nil
}

func fingerprint(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

func (c *content) readGroups(ctx context.Context, tx store.Store) error {
	for _, t := range c.Tenants {
		groups, err := tx.Groups(ctx, t.ID)
		if err != nil {
			return fmt.Errorf("groups of %s: %w", t.ID, err)
		}
		c.Groups = append(c.Groups, groups...)
	}
	return nil
}

func (c *content) readJournal(ctx context.Context, tx store.Store) error {
	const page = 500
	for after := c.Archived.Revision; after < c.Head.Revision; {
		entries, err := tx.Journal(ctx, perms.JournalFilter{After: after, Limit: page})
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			return fmt.Errorf("the journal ends at %d, the head is %d", after, c.Head.Revision)
		}
		c.Journal = append(c.Journal, entries...)
		after = entries[len(entries)-1].Revision
	}
	return nil
}

// shown returns what json.Marshal shows of v in full: the types of the domain hide their fields, and mostly have a text instead.
func shown(v reflect.Value) any {
	switch x := v.Interface().(type) {
	case time.Time:
		return x.Format(time.RFC3339Nano)
	case perms.Members:
		return map[string]any(x)
	case uuid.UUID:
		return x.String()
	case fmt.Stringer:
		return x.String()
	}
	switch v.Kind() {
	case reflect.Struct:
		fields := map[string]any{}
		for i := range v.NumField() {
			fields[v.Type().Field(i).Name] = shown(v.Field(i))
		}
		return fields
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return fmt.Sprintf("%x", v.Interface())
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = shown(v.Index(i))
		}
		return list
	}
	return v.Interface()
}
