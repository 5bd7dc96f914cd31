package matrix

import (
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// gainPermission are the changes by which a user gains a permission: one that clients hold, one that they do not, and a feature.
func gainPermission() (list []change) {
	for _, key := range []perms.Permission{"assets.delete", "roles.create", perms.FeaturesAI} {
		list = append(list, change{
			effect: "gain a permission", name: string(key), targets: people,
			seen: func(a *attempt) bool { return computed(a).Has(key) },
			doors: doors([]door{
				over("msp", "PUT …/permissions", func(a *attempt) verdict {
					return a.ask("PUT", path("/msp/api/users/%d/permissions", a.user.Number), object("permission_key", key, "granted", true))
				}),
				over("teams", "PATCH …/ai-access", func(a *attempt) verdict {
					if key != perms.FeaturesAI || computed(a).Has(key) {
						return closed // it is no other permission's, and sets nothing that is so already
					}
					return a.ask("PATCH", path("/teams/api/users/%d/ai-access", a.user.Number), object("ai_access", true))
				}),
				over("locator", "PATCH permissions", func(a *attempt) verdict {
					if computed(a).Has(key) {
						return closed // who has it gets no override
					}
					return locatorPatch(a, "permissions", []perms.Permission{key})
				}),
				over("native", "PUT …/overrides", func(a *attempt) verdict {
					return a.ask("PUT", path("/native/v1/users/%s/overrides/%s", a.user.ID, key), object("granted", true))
				}),
			}, viaGo("SetOverride", func(a *attempt, actor perms.Actor) error {
				return a.Book.Users.SetOverride(a.tb.Context(), actor, a.user.ID, perms.Grant(key))
			}), viaGo("Update grant", func(a *attempt, actor perms.Actor) error {
				if computed(a).Has(key) {
					return errClosed
				}
				_, err := a.Book.Users.Update(a.tb.Context(), actor, users.ByID(a.user.ID), users.Update{Grant: []perms.Permission{key}})
				return err
			})),
		})
	}
	return append(list, change{
		effect: "gain a permission", name: "clear the revoke of " + string(revoked), targets: people,
		idle: func(a *attempt) bool { return a.user.ID != nowhere && !isRevoked(a.user) },
		seen: func(a *attempt) bool { return !isRevoked(userAgain(a)) },
		doors: doors([]door{
			over("msp", "DELETE …/permissions", func(a *attempt) verdict {
				return a.ask("DELETE", path("/msp/api/users/%d/permissions/%s", a.user.Number, revoked), "")
			}),
			over("native", "DELETE …/overrides", func(a *attempt) verdict {
				return a.ask("DELETE", path("/native/v1/users/%s/overrides/%s", a.user.ID, revoked), "")
			}),
		}, viaGo("ClearOverride", func(a *attempt, actor perms.Actor) error {
			return a.Book.Users.ClearOverride(a.tb.Context(), actor, a.user.ID, revoked, perms.Anywhere)
		})),
	})
}

func isRevoked(u users.User) bool {
	return slices.ContainsFunc(u.Overrides, func(o perms.Override) bool { return o.Permission == revoked })
}

// computed returns what the target holds, whatever his status; nothing if he does not exist.
func computed(a *attempt) perms.Set {
	got, err := a.Book.Users.Permissions(a.tb.Context(), perms.System("test"), users.Needs(), users.ByID(a.user.ID), perms.Scope{})
	if err != nil {
		return perms.Set{}
	}
	return got.Computed
}

// roleTargets are roles of every sort.
var roleTargets = []string{"Peek", "Desk", "Far desk", "client_viewer", "no role"}

// editRole are the changes by which a role, and with it whoever has it, gains a permission; and the making of one.
func editRole() (list []change) {
	for _, key := range []string{"users.list", "assets.checkin"} {
		list = append(list, change{
			effect: "give a role a permission", name: key, targets: roleTargets,
			seen: func(a *attempt) bool {
				r, err := a.Store.Role(a.tb.Context(), a.role.ID)
				must(a.tb, err)
				return slices.Contains(r.Patterns, perms.Pattern(key))
			},
			doors: doors([]door{
				over("locator", "PATCH role", func(a *attempt) verdict {
					return a.ask("PATCH", "/locator/auth/roles/"+a.role.Key,
						object("name", a.role.Name, "description", a.role.Description, "version", a.role.Version, "addPermissions", []string{key}))
				}),
				over("native", "PATCH role", func(a *attempt) verdict {
					return a.ask("PATCH", "/native/v1/roles/"+a.role.Key, object("add", []string{key}))
				}),
			}, viaGo("Roles.Update", func(a *attempt, actor perms.Actor) error {
				_, err := a.Book.Roles.Update(a.tb.Context(), actor, a.role.ID, roles.Update{Add: []string{key}})
				return err
			})),
		}, change{
			effect: "make a role with a permission", name: key, targets: []string{"new"},
			seen: func(a *attempt) bool { return made(a, "Made") },
			doors: doors([]door{
				over("locator", "POST role", func(a *attempt) verdict {
					return a.ask("POST", "/locator/auth/roles", object("name", "Made", "description", "", "permissions", []string{key}))
				}),
				over("native", "POST role", func(a *attempt) verdict {
					return a.ask("POST", "/native/v1/roles", object("name", "Made", "permissions", []string{key}))
				}),
			}, viaGo("Roles.Create", func(a *attempt, actor perms.Actor) error {
				_, err := a.Book.Roles.Create(a.tb.Context(), actor, roles.New{Name: "Made", Permissions: []string{key}})
				return err
			})),
		})
	}
	return list
}

// made reports whether there is a role of the name.
func made(a *attempt, name string) bool {
	list, err := a.Store.Roles(a.tb.Context(), roles.Filter{All: true})
	must(a.tb, err)
	return slices.ContainsFunc(list, func(r roles.Role) bool { return r.Name == name })
}

// dashboard is the object that is shared.
const dashboard = 7

// shareObjects are the changes by which somebody may view one object: it is shared with him, with a group, or he becomes a member of one.
func shareObjects() []change {
	return []change{
		{
			effect: "gain a dashboard", name: "shared with the user", targets: people,
			seen: func(a *attempt) bool { return len(userAgain(a).Objects) == 1 },
			doors: doors([]door{
				over("teams", "PUT …/dashboards", func(a *attempt) verdict {
					return a.ask("PUT", path("/teams/api/users/%d/dashboards", a.user.Number), object("dashboard_ids", []int{dashboard}))
				}),
			}, viaGo("SetObjects", func(a *attempt, actor perms.Actor) error {
				_, err := a.Book.Users.SetObjects(a.tb.Context(), actor, users.ByID(a.user.ID), uuid.Nil, "dashboards", []int64{dashboard})
				return err
			})),
		},
		{
			effect: "gain a dashboard", name: "shared with a group", targets: []string{"acme", "beta"},
			seen: func(a *attempt) bool {
				g, err := a.Store.Group(a.tb.Context(), a.group.ID)
				must(a.tb, err)
				return len(g.Objects) == 1
			},
			doors: doors([]door{
				over("teams", "PUT group …/dashboards", func(a *attempt) verdict {
					return a.ask("PUT", path("/teams/api/groups/%d/dashboards", a.group.Number), object("dashboard_ids", []int{dashboard}))
				}),
			}, viaGo("Groups.SetObjects", func(a *attempt, actor perms.Actor) error {
				_, err := a.Book.Groups.SetObjects(a.tb.Context(), actor, users.ByID(a.group.ID), "dashboards", []int64{dashboard})
				return err
			})),
		},
		{
			effect: "gain a dashboard", name: "by joining a group", targets: people,
			seen: func(a *attempt) bool { return slices.Contains(userAgain(a).Groups, a.group.ID) },
			doors: doors([]door{
				over("teams", "POST …/members", func(a *attempt) verdict {
					return a.ask("POST", path("/teams/api/groups/%d/members", a.group.Number), object("user_ids", []int64{a.user.Number}))
				}),
			}, viaGo("Groups.AddMembers", func(a *attempt, actor perms.Actor) error {
				_, err := a.Book.Groups.AddMembers(a.tb.Context(), actor, users.ByID(a.group.ID), []users.Ref{users.ByID(a.user.ID)})
				return err
			})),
		},
	}
}
