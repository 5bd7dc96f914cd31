package roles

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Seed puts a preset's catalogue keys and system roles into the store and returns the catalogue that then holds. It is for trusted code alone
// ([perms.System]), and idempotent: what is there is left alone, and a second Seed writes nothing. Seeding only ever adds. A system role that is there keeps
// its name, description and version 1, and gains the patterns of the preset that it lacks, so that a newer preset takes effect and nobody loses by it.
func (s *Service) Seed(ctx context.Context, actor perms.Actor, preset Preset) (*perms.Catalog, error) {
	var catalog *perms.Catalog
	err := s.write(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		if !a.System() {
			return perms.Forbid("")
		}
		if err := preset.check(); err != nil {
			return err
		}
		if catalog, err = seedKeys(ctx, tx, a, preset.Keys); err != nil {
			return err
		}
		return seedRoles(ctx, tx, a, preset.Roles)
	})
	if err != nil {
		return nil, fmt.Errorf("seed: %w", err)
	}
	return catalog, nil
}

// seedKeys adds to the stored catalogue what it lacks of the keys, and returns the union. A Book has stored its host's own keys when it connected.
func seedKeys(ctx context.Context, tx Store, a *perms.Authority, keys []perms.Key) (*perms.Catalog, error) {
	kept, err := tx.Keys(ctx)
	if err != nil {
		return nil, fmt.Errorf("read catalogue: %w", err)
	}
	stored, err := perms.NewCatalog().With(kept...)
	if err != nil {
		return nil, fmt.Errorf("stored catalogue: %w", err)
	}
	wanted, err := stored.With(keys...)
	if err != nil {
		return nil, err
	}
	return wanted, perms.AddKeys(ctx, tx, a, stored.Missing(wanted))
}

// seedRoles adds the roles that the store lacks, and to those that are there the patterns that they lack.
func seedRoles(ctx context.Context, tx Store, a *perms.Authority, list []PresetRole) error {
	all, err := tx.Roles(ctx, Filter{All: true})
	if err != nil {
		return fmt.Errorf("read roles: %w", err)
	}
	for _, p := range list {
		if i := slices.IndexFunc(all, func(r Role) bool { return r.Key == p.Key }); i >= 0 {
			err = extend(ctx, tx, a, all[i], p.Patterns)
		} else if slices.ContainsFunc(all, func(r Role) bool { return perms.FoldName(r.Name) == p.Key }) {
			err = ErrNameTaken
		} else {
			err = seedRole(ctx, tx, a, p)
		}
		if err != nil {
			return fmt.Errorf("role %s: %w", p.Key, err)
		}
	}
	return nil
}

func seedRole(ctx context.Context, tx Store, a *perms.Authority, p PresetRole) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("mint id: %w", err)
	}
	r := Role{ID: id, Key: p.Key, Name: p.Name, Description: p.Description, Patterns: sorted(p.Patterns), Scope: perms.Anywhere, System: true}
	_, err = insert(ctx, tx, a, r)
	return err
}

// extend adds to a system role the patterns that it lacks.
func extend(ctx context.Context, tx Store, a *perms.Authority, old Role, patterns []perms.Pattern) error {
	r := old
	r.Patterns = sorted(old.Patterns, patterns)
	if same(old, r) {
		return nil
	}
	if err := tx.UpdateRole(ctx, old, r); err != nil {
		return err
	}
	return journal(ctx, tx, a, perms.RoleUpdate, old, r)
}

// presetKey is the grammar of a system role's key.
var presetKey = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,63}$`)

// check returns an [*perms.InvalidError] unless keys and roles are well formed, and no role's key or name is another's.
func (p Preset) check() error {
	var bad perms.InvalidError
	for i, k := range p.Keys {
		field := fmt.Sprintf("keys[%d].", i)
		if _, err := perms.ParsePermission(string(k.Permission)); err != nil {
			bad.Add(field+"permission", perms.Format, "is no permission")
		}
		_ = collect(&bad, perms.CheckText(field+"description", k.Description, 0, perms.MaxDescription))
	}
	words := map[string]int{}
	for i, r := range p.Roles {
		field := fmt.Sprintf("roles[%d].", i)
		r.check(&bad, field)
		for _, word := range []string{r.Key, perms.FoldName(r.Name)} {
			if other, taken := words[word]; taken && other != i {
				bad.Add(field+"name", perms.Duplicated, "names another role, too")
			}
			words[word] = i
		}
	}
	return bad.Or()
}

func (r PresetRole) check(bad *perms.InvalidError, field string) {
	if !presetKey.MatchString(r.Key) || isID(r.Key) {
		bad.Add(field+"key", perms.Format, "is no key of a system role")
	}
	_ = collect(bad, perms.CheckText(field+"name", r.Name, 1, MaxName))
	_ = collect(bad, perms.CheckText(field+"description", r.Description, 0, perms.MaxDescription))
	for i, t := range r.Patterns {
		if _, err := perms.ParsePattern(string(t)); err != nil {
			bad.Add(fmt.Sprintf("%spermissions[%d]", field, i), perms.Format, "is neither a permission nor object.* nor *.*")
		}
	}
}
