package roles

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// New is a role to be created.
type New struct {
	Name        string // 1 to [MaxName] code points, trimmed; no id, no system role's key
	Description string
	Permissions []string    // patterns, each of which matches something in the catalogue; duplicates count once
	Scope       perms.Scope // zero: Anywhere for a platform-wide actor, for anyone else the tenant he is narrowed to, or his home
}

// Update is an edit of a role. What is nil or empty stays; adding a pattern that is there, and removing one that is not, changes nothing.
type Update struct {
	Name        *string
	Description *string
	Add         []string // patterns
	Remove      []string // patterns as they are stored
	Version     int64    // the version expected; 0 for any
}

// role returns the role that the input describes, and where it will count. All unacceptable values are in one [*perms.InvalidError].
func (in New) role(ctx context.Context, tx Store, a *perms.Authority) (Role, perms.Place, error) {
	var bad perms.InvalidError
	r := Role{Name: strings.TrimSpace(in.Name), Description: in.Description, Scope: in.Scope}
	if r.Scope == (perms.Scope{}) {
		r.Scope = usualScope(a)
	}
	if err := checkName(ctx, tx, &bad, r.Name); err != nil {
		return Role{}, perms.Place{}, err
	}
	_ = collect(&bad, perms.CheckText("description", r.Description, 0, perms.MaxDescription))
	r.Patterns = parsePatterns(&bad, a.Catalog(), "permissions", in.Permissions)
	if len(r.Patterns) > MaxPatterns {
		bad.Add("permissions", perms.TooLong, tooManyPatterns)
	}
	at, found, err := locate(ctx, tx, r.Scope)
	switch {
	case err != nil:
		return Role{}, perms.Place{}, err
	case !r.Scope.Bindable():
		bad.Add("tenant", perms.Required, "must name a tenant, or any")
	case !found || !a.ReachesScope(r.Scope):
		bad.Add("tenant", perms.Unknown, "names no tenant")
	}
	return r, at, bad.Or()
}

// usualScope is where a role counts whose maker does not say; zero if he is neither platform-wide nor at home anywhere.
func usualScope(a *perms.Authority) perms.Scope {
	if a.Platformwide() {
		return perms.Anywhere
	}
	if id, ok := a.Actor.Narrowed(); ok {
		return perms.In(id)
	}
	if id, ok := a.Subject.Home(); ok {
		return perms.In(id)
	}
	return perms.Scope{}
}

// apply returns old with the edit made. All unacceptable values are in one [*perms.InvalidError].
func (up Update) apply(ctx context.Context, tx Store, catalog *perms.Catalog, old Role) (Role, error) {
	var bad perms.InvalidError
	r := old
	if up.Name != nil {
		r.Name = strings.TrimSpace(*up.Name)
	}
	if r.Name != old.Name {
		if err := checkName(ctx, tx, &bad, r.Name); err != nil {
			return Role{}, err
		}
	}
	if up.Description != nil {
		r.Description = *up.Description
		_ = collect(&bad, perms.CheckText("description", r.Description, 0, perms.MaxDescription))
	}
	r.Patterns = sorted(old.Patterns, parsePatterns(&bad, catalog, "add", up.Add))
	added, removed := map[string]bool{}, map[perms.Pattern]bool{}
	for _, t := range up.Add {
		added[t] = true
	}
	for i, t := range up.Remove {
		removed[perms.Pattern(t)] = true
		if added[t] {
			bad.Add(fmt.Sprintf("remove[%d]", i), perms.Duplicated, "is added, too")
		}
	}
	r.Patterns = slices.DeleteFunc(r.Patterns, func(t perms.Pattern) bool { return removed[t] })
	if len(r.Patterns) > MaxPatterns {
		bad.Add("add", perms.TooLong, tooManyPatterns)
	}
	return r, bad.Or()
}

var tooManyPatterns = fmt.Sprintf("must leave the role with at most %d patterns", MaxPatterns)

// checkName checks a custom role's name. Where names and keys are both accepted, a name never reads as the key of another role.
func checkName(ctx context.Context, tx Store, bad *perms.InvalidError, name string) error {
	if err := perms.CheckText("name", name, 1, MaxName); err != nil {
		return collect(bad, err)
	}
	if isID(name) {
		bad.Add("name", perms.Format, "must not be an id")
		return nil
	}
	r, err := tx.RoleByKey(ctx, perms.FoldName(name))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err == nil && r.System {
		bad.Add("name", perms.Format, "is the key of a system role")
	}
	return err
}

// isID reports whether a text has the form of an id, as the keys of custom roles do.
func isID(text string) bool { return len(text) == len(uuid.Nil.String()) && uuid.Validate(text) == nil }

// parsePatterns returns the patterns of a list, sorted, each once. What is no pattern, or matches nothing in the catalogue, is added to bad.
func parsePatterns(bad *perms.InvalidError, catalog *perms.Catalog, field string, list []string) []perms.Pattern {
	var out []perms.Pattern
	for i, text := range list {
		t, err := perms.ParsePattern(text)
		switch {
		case err != nil:
			bad.Add(fmt.Sprintf("%s[%d]", field, i), perms.Format, "is neither a permission nor object.* nor *.*")
		case !catalog.Matches(t):
			bad.Add(fmt.Sprintf("%s[%d]", field, i), perms.Unknown, "matches no permission of the catalogue")
		default:
			out = append(out, t)
		}
	}
	return sorted(out)
}

// sorted returns the patterns of all lists in ascending order of bytes, each once; nil for none.
func sorted(lists ...[]perms.Pattern) []perms.Pattern {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return slices.Compact(all)
}

// same reports whether an edit changes nothing.
func same(old, r Role) bool {
	return r.Name == old.Name && r.Description == old.Description && slices.Equal(r.Patterns, old.Patterns)
}
