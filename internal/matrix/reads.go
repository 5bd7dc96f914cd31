package matrix

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// read are the questions: what somebody is shown of a user, and of the roles.
func read() []change {
	return []change{
		{
			effect: "read", name: "a user's record", targets: people,
			doors: doors([]door{
				over("teams", "GET", func(a *attempt) verdict { return a.ask("GET", path("/teams/api/users/%d", a.user.Number), "") }),
				over("locator", "GET", func(a *attempt) verdict { return a.ask("GET", path("/locator/auth/users/%s", a.user.ID), "") }),
				over("locator", "GET by name", func(a *attempt) verdict {
					return a.listed("/locator/auth/users/username/"+a.user.Username, a.user.ID.String())
				}),
				over("locator", "GET whoami", func(a *attempt) verdict {
					if !a.isSelf() {
						return closed
					}
					return a.ask("GET", "/locator/auth/users/whoami", "")
				}),
				over("native", "GET", func(a *attempt) verdict { return a.ask("GET", path("/native/v1/users/%s", a.user.ID), "") }),
				over("native", "GET /v1/me", func(a *attempt) verdict {
					if !a.isSelf() {
						return closed
					}
					return a.ask("GET", "/native/v1/me", "")
				}),
			}, viaGo("Find", func(a *attempt, actor perms.Actor) error {
				_, err := a.Book.Users.Find(a.tb.Context(), actor, users.Needs(perms.UsersRead).OrSelf(), users.ByID(a.user.ID))
				return err
			})),
		},
		{
			effect: "read", name: "a user in a list", targets: people,
			doors: doors([]door{
				over("msp", "GET list", func(a *attempt) verdict { return a.listed("/msp/api/users", fmt.Sprintf(`"id":%d,`, a.user.Number)) }),
				over("teams", "GET list", func(a *attempt) verdict { return teamsList(a) }),
				over("locator", "GET list", func(a *attempt) verdict { return a.listed("/locator/auth/users/list", a.user.ID.String()) }),
				over("locator", "GET basic list", func(a *attempt) verdict { return a.listed("/locator/auth/users/basic/list", a.user.ID.String()) }),
				over("native", "GET list", func(a *attempt) verdict { return a.listed("/native/v1/users", `"id":"`+a.user.ID.String()) }),
			}, viaGo("ListAs", func(a *attempt, actor perms.Actor) error {
				list, err := a.Book.Users.ListAs(a.tb.Context(), actor, users.Needs(perms.UsersList, perms.UsersRead), users.Filter{})
				return among(list, err, func(u users.User) uuid.UUID { return u.ID }, a.user.ID)
			})),
		},
		{
			effect: "read", name: "a user's permissions", targets: people,
			doors: doors([]door{
				over("msp", "GET …/permissions", func(a *attempt) verdict {
					return a.ask("GET", path("/msp/api/users/%d/permissions", a.user.Number), "")
				}),
				over("locator", "GET …/permissions", func(a *attempt) verdict {
					return a.ask("GET", path("/locator/auth/users/%s/permissions", a.user.ID), "")
				}),
				over("native", "GET …/overrides", func(a *attempt) verdict {
					return a.ask("GET", path("/native/v1/users/%s/overrides", a.user.ID), "")
				}),
			}, viaGo("Permissions", func(a *attempt, actor perms.Actor) error {
				_, err := a.Book.Users.Permissions(a.tb.Context(), actor, users.Needs(perms.UsersRead).OrSelf(), users.ByID(a.user.ID), perms.Scope{})
				return err
			})),
		},
		{
			effect: "read", name: "a role in a list", targets: roleTargets,
			doors: doors([]door{
				over("company", "GET groups", func(a *attempt) verdict {
					return a.listed("/company/api/v2/group", fmt.Sprintf(`"id":%d,`, a.role.Number))
				}),
				over("locator", "GET roles", func(a *attempt) verdict { return a.listed("/locator/auth/roles/list", `"locator":"`+a.role.Key) }),
				over("native", "GET roles", func(a *attempt) verdict { return a.listed("/native/v1/roles", `"role":"`+a.role.Key) }),
			}, viaGo("Roles.List", func(a *attempt, actor perms.Actor) error {
				list, err := a.Book.Roles.List(a.tb.Context(), actor, 0, 0)
				return among(list, err, func(r roles.Role) uuid.UUID { return r.ID }, a.role.ID)
			})),
		},
	}
}

// teamsList asks for the list of the organization in which the target is at home; staff is in none.
func teamsList(a *attempt) verdict {
	query := ""
	if home, ok := a.user.Home(); a.actor.Staff() && ok {
		t, err := a.Store.Tenant(a.tb.Context(), home)
		must(a.tb, err)
		query = fmt.Sprint("?organization_id=", t.Number)
	}
	if a.user.Staff() {
		return closed
	}
	return a.listed("/teams/api/users"+query, fmt.Sprintf(`"user_id":%d,`, a.user.Number))
}

// among returns an error that says not found unless the list has the id.
func among[T any](list []T, err error, id func(T) uuid.UUID, want uuid.UUID) error {
	if err == nil && !slices.ContainsFunc(list, func(x T) bool { return id(x) == want }) {
		return users.ErrNotFound
	}
	return err
}
