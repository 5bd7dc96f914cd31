package matrix

import (
	"slices"
	"strings"
)

// exception is a verdict of some doors that differs from the others' on purpose.
type exception struct {
	source  string // where the wire says so, and why
	verdict verdict
	is      func(c change, d door, who, target string) bool
}

// exceptions are all of them. The actors' own verdicts, of who has no standing at all, are in [standing].
var exceptions = []exception{
	{
		"wire/README.md, rulings, 10: a tenant that the caller may not name is refused before it is looked for, where one is named at all", forbidden,
		func(c change, d door, _, _ string) bool {
			return (d.api() == "msp" || strings.HasPrefix(d.name, "Go Invites")) &&
				(c.effect == "make a user with a role" || c.effect == "gain a tenant" && c.name == "beta")
		},
	},
	{
		"wire/README.md, section 3.2: who passes a gate as himself is told of bad values before he is told that he may not", invalid,
		func(c change, d door, _, target string) bool {
			return target == "self" && (d.name == "locator PATCH roles" || d.name == "locator PATCH tenants")
		},
	},
	{
		"wire/README.md, section 4.5: self rule, own status or deletion", conflict,
		func(c change, d door, _, target string) bool {
			return c.effect == "change a status" && target == "self" && (d.api() == "teams" || d.api() == "locator")
		},
	},
	{
		"wire/teams.md, routes 8 to 11, and wire/native.md, routes 14 to 18: they find a deleted user, and refuse his state", conflict,
		func(c change, d door, _, target string) bool {
			return c.name == "delete" && target == "del" && (d.name == "native DELETE" || strings.HasPrefix(d.name, "Go Do"))
		},
	},
	{
		"wire/native.md, route 20: a soft-deleted user can be purged", allowed,
		func(c change, d door, _, target string) bool {
			return target == "del" && d.name == "native POST …/purge"
		},
	},
	{
		"wire/teams.md, route 2, and wire/native.md, route 12: a soft-deleted user is shown by his id", allowed,
		func(c change, d door, _, target string) bool {
			return target == "del" && (d.name == "teams GET" || d.name == "native GET")
		},
	},
	{
		"wire/teams.md, route 20: a member who cannot be one is a bad value", invalid,
		func(c change, d door, _, _ string) bool { return d.name == "teams POST …/members" },
	},
	{
		"wire/locator.md, route 3: by name one is not oneself", forbidden,
		func(c change, d door, _, target string) bool {
			return target == "self" && d.name == "locator GET by name"
		},
	},
	{
		"wire/teams.md, route 1: the list takes users.read, where the others are content with users.list", forbidden,
		func(_ change, d door, who, _ string) bool {
			return d.name == "teams GET list" && slices.Contains([]string{"vic", "mia", "tech"}, who)
		},
	},
}
