package perms

import (
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// About returns the ids of whom or what the entry is about: the person of whom it tells, otherwise its target, which is uuid.Nil for the catalogue. An entry
// that changes the members of a group is about the users who come and go, not about the group.
func (e *Entry) About() []uuid.UUID {
	switch {
	case e.Action == GroupMembers:
		return append(idsOf(e.After["added"]), idsOf(e.After["removed"])...)
	case e.Person != uuid.Nil:
		return []uuid.UUID{e.Person}
	}
	return []uuid.UUID{e.Target.ID}
}

// idsOf returns the ids in a list of an entry.
func idsOf(list any) []uuid.UUID {
	var out []uuid.UUID
	for _, v := range elements(list) {
		text, _ := v.(string)
		if id, err := uuid.Parse(text); err == nil {
			out = append(out, id)
		}
	}
	return out
}

func elements(list any) []any {
	all, _ := list.([]any)
	return all
}

// Fold returns what is known, after an entry, of one of those whom it is about, given what was known before: the members that the journal has of it,
// personal ones apart, and nil for what is not there. Of the catalogue the members are the records of its keys, by permission.
//
// Folding all entries about something in their order, beginning with nil, gives what it is now. Of what was born with the store, the default tenant, it
// gives the members that have changed since. What Fold returns shares nothing with known that it would change.
func Fold(known Members, e *Entry, id uuid.UUID) Members {
	switch e.Action {
	case UserPurge, RoleDelete, GroupDelete, InviteRevoke, LinkDelete:
		return nil
	case CatalogueUpdate:
		return withKeys(known, elements(e.After["keys"]))
	case OverrideSet, OverrideClear:
		return withOverride(known, e.Before, e.After)
	case GroupMembers:
		return withMembership(known, e, id)
	case InviteAccept, LinkJoin: // about the user whom it made
		made, _ := e.After["user"].(map[string]any)
		return maps.Clone(Members(made))
	}
	out := withMember(known, "", nil)
	maps.Copy(out, e.After)
	delete(out, "password")
	return out
}

// withMember returns a copy of the members with one of another value; an unchanged one for no name.
func withMember(known Members, name string, value any) Members {
	out := maps.Clone(known)
	if out == nil {
		out = Members{}
	}
	if name != "" {
		out[name] = value
	}
	return out
}

func withKeys(known Members, keys []any) Members {
	out := withMember(known, "", nil)
	for _, k := range keys {
		if record, ok := k.(map[string]any); ok {
			out[textOf(record["permission"])] = record
		}
	}
	return out
}

func textOf(v any) string {
	text, _ := v.(string)
	return text
}

// withOverride puts the override that was set in the place of the one with the same permission and scope, or drops the one that was cleared.
func withOverride(known, before, after Members) Members {
	one := after
	if len(one) == 0 {
		one = before
	}
	list := slices.DeleteFunc(slices.Clone(elements(known["overrides"])), func(v any) bool { return overrideKey(v) == overrideKey(map[string]any(one)) })
	if len(after) > 0 {
		list = append(list, map[string]any(after))
	}
	slices.SortFunc(list, func(a, b any) int { return strings.Compare(overrideKey(a), overrideKey(b)) })
	return withMember(known, "overrides", list)
}

func overrideKey(v any) string {
	record, _ := v.(map[string]any)
	return textOf(record["permission"]) + " " + textOf(record["tenant"])
}

// withMembership adds the group of an entry to a user's, at the end, or takes it from them.
func withMembership(known Members, e *Entry, user uuid.UUID) Members {
	group := any(e.Target.ID.String())
	list := slices.DeleteFunc(slices.Clone(elements(known["groups"])), func(v any) bool { return v == group })
	if slices.Contains(idsOf(e.After["added"]), user) {
		list = append(list, group)
	}
	return withMember(known, "groups", list)
}
