package matrix

import (
	"fmt"
	"slices"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// gainRole are the changes by which a user gains a role: less than ann holds, as much, more, a tenant's own, and another tenant's.
func gainRole() (list []change) {
	for _, name := range []string{"client_manager", "client_admin", "Strong", "Desk", "Far desk"} {
		list = append(list, change{
			effect: "gain a role", name: name, targets: people,
			idle: func(a *attempt) bool { return holds(a.user, a.named(name)) },
			seen: func(a *attempt) bool { return holds(userAgain(a), a.named(name)) },
			doors: doors([]door{
				over("msp", "PUT role_id", func(a *attempt) verdict { return mspRole(a, a.named(name)) }),
				over("company", "PATCH groups", func(a *attempt) verdict { return companyRole(a, a.named(name)) }),
				over("teams", "PUT user_type", func(a *attempt) verdict { return teamsRole(a, a.named(name)) }),
				over("locator", "PATCH roles", func(a *attempt) verdict {
					return locatorPatch(a, "roles", []string{a.named(name).Key})
				}),
				over("locator", "PATCH …/roles", func(a *attempt) verdict {
					return a.ask("PATCH", path("/locator/auth/users/%s/roles", a.user.ID), object("addRoles", []string{a.named(name).Key}))
				}),
				over("native", "PUT …/roles", func(a *attempt) verdict {
					return a.ask("PUT", path("/native/v1/users/%s/roles", a.user.ID), path(`[{"role":%q}]`, a.named(name).Key))
				}),
			}, viaGo("SetRoles", func(a *attempt, actor perms.Actor) error {
				_, err := a.Book.Users.SetRoles(a.tb.Context(), actor, a.user.ID, []perms.Assignment{{Role: a.named(name).ID, Scope: perms.Anywhere}})
				return err
			}), viaGo("Update roles", func(a *attempt, actor perms.Actor) error {
				list := []perms.Assignment{{Role: a.named(name).ID, Scope: perms.Anywhere}}
				_, err := a.Book.Users.Update(a.tb.Context(), actor, users.ByID(a.user.ID), users.Update{Roles: &list})
				return err
			})),
		})
	}
	return list
}

// named returns a role of the scene.
func (a *attempt) named(role string) roles.Role { return a.roles[role] }

// userAgain returns the target as the store has it now.
func userAgain(a *attempt) users.User {
	u, err := a.Store.User(a.tb.Context(), a.user.ID)
	must(a.tb, err)
	return u
}

func holds(u users.User, r roles.Role) bool {
	return slices.ContainsFunc(u.Roles, func(as perms.Assignment) bool { return as.Role == r.ID && as.Scope == perms.Anywhere })
}

// primary returns the target's primary role; the zero Role if he has none.
func (a *attempt) primary() (r roles.Role) {
	if len(a.user.Roles) == 0 {
		return r
	}
	r, err := a.Store.Role(a.tb.Context(), a.user.Roles[0].Role)
	must(a.tb, err)
	return r
}

// mspPut sends what msp shows of the target, with further members.
func mspPut(a *attempt, members ...any) verdict {
	var role any
	if len(a.user.Roles) > 0 {
		role = a.primary().Number
	}
	all := []any{"name", a.user.Name.Full, "email", a.user.Email}
	if !slices.Contains(members, any("role_id")) {
		all = append(all, "role_id", role)
	}
	return a.ask("PUT", path("/msp/api/users/%d", a.user.Number), object(append(all, members...)...))
}

// mspRole is closed where the role does not fit the user (wire/msp.md, "Role fits the user").
func mspRole(a *attempt, r roles.Role) verdict {
	home, _ := a.user.Home()
	if t, own := r.Scope.Tenant(); own && t != home || r.System && a.user.Staff() {
		return closed
	}
	return mspPut(a, "role_id", r.Number)
}

func companyRole(a *attempt, r roles.Role) verdict {
	return a.ask("PATCH", path("/company/api/v2/user/%s", a.user.ID),
		object("email", a.user.Email, "password", passwordOf(nameOf(a.user)), "groups", []int64{r.Number}))
}

// teamsRole is closed where the role is no type's default, of staff, whom another type ends (wire/teams.md, route 4), and where the type is shown already, which
// is Member for every custom role.
func teamsRole(a *attempt, r roles.Role) verdict {
	types := map[string]string{"client_manager": `{"user_type":3}`, "client_admin": `{"user_type":2,"user_type_name":"Admin"}`}
	if types[r.Key] == "" || a.user.Staff() || r.Key == "client_manager" && len(a.user.Roles) > 0 && !a.primary().System {
		return closed
	}
	return a.ask("PUT", path("/teams/api/users/%d", a.user.Number), types[r.Key])
}

// locatorPatch sends what locator shows of the target, with further members.
func locatorPatch(a *attempt, members ...any) verdict {
	all := []any{"firstName", a.user.Name.Given, "lastName", a.user.Name.Family}
	return a.ask("PATCH", path("/locator/auth/users/%s", a.user.ID), object(append(all, members...)...))
}

const newcomer, newPassword = "new@acme.io", "kestrel-77-lake"

// createWithRole are the changes by which somebody new gains a role in a tenant.
func createWithRole() (list []change) {
	for _, name := range []string{"client_manager", "client_admin", "Strong"} {
		list = append(list, change{
			effect: "make a user with a role", name: name, targets: []string{"acme", "beta"},
			seen: func(a *attempt) bool {
				u, err := a.Store.UserByAddress(a.tb.Context(), newcomer)
				must(a.tb, err)
				return holds(u, a.named(name)) && slices.Equal(u.Tenants, []perms.Tenancy{perms.TenantOf(a.tenant.ID)})
			},
			doors: doors(inviting(name), creating(name)),
		})
	}
	return list
}

// teamsTypes are the types that teams takes on create, by the role that they give.
var teamsTypes = map[string]int{"client_manager": 2, "client_admin": 1}

// teamsPlace returns the query that names the attempt's tenant; ok is false if the actor cannot act there.
func teamsPlace(a *attempt) (query string, ok bool) {
	if a.actor.Staff() {
		return fmt.Sprint("?organization_id=", a.tenant.Number), true
	}
	return "", a.actsIn()
}

func creating(role string) []door {
	return doors([]door{
		over("msp", "POST", func(a *attempt) verdict {
			return a.ask("POST", "/msp/api/users", object("name", "New", "email", newcomer, "password", newPassword,
				"role_id", a.named(role).Number, "tenant_id", a.tenant.Number))
		}),
		over("company", "POST", func(a *attempt) verdict {
			if !a.actsIn() {
				return closed
			}
			return a.ask("POST", "/company/api/v2/user", object("email", newcomer, "password", newPassword, "groups", []int64{a.named(role).Number}))
		}),
		over("teams", "POST", func(a *attempt) verdict {
			query, ok := teamsPlace(a)
			if !ok || teamsTypes[role] == 0 {
				return closed
			}
			return a.ask("POST", "/teams/api/users"+query, object("user_email", newcomer, "user_name", "New", "user_password", newPassword, "user_type", teamsTypes[role]))
		}),
		over("locator", "POST", func(a *attempt) verdict {
			return a.ask("POST", "/locator/auth/users", object("firstName", "New", "lastName", "", "userName", newcomer, "password", newPassword,
				"temporaryPassword", false, "roles", []string{a.named(role).Key}, "tenants", []string{a.tenant.ID.String()}))
		}),
		over("native", "POST", func(a *attempt) verdict {
			return a.ask("POST", "/native/v1/users", object("email", newcomer, "name", "New", "tenants", []string{a.tenant.ID.String()},
				"roles", []map[string]string{{"role": a.named(role).Key}}))
		}),
	}, viaGo("Create", func(a *attempt, actor perms.Actor) error {
		_, err := a.Book.Users.Create(a.tb.Context(), actor, users.New{
			Email: newcomer, Name: "New", Roles: []string{a.named(role).Key}, Tenants: []perms.Tenancy{perms.TenantOf(a.tenant.ID)},
		})
		return err
	}))
}

// inviting are the doors that take two steps: somebody promises the role, and a guest takes him at his word.
func inviting(role string) []door {
	return doors([]door{
		over("msp", "invite, accept", func(a *attempt) verdict {
			answer := a.As(a.who).Send(a.tb, "POST", "/msp/api/invites", object("email", newcomer, "role_id", a.named(role).Number, "tenant_id", a.tenant.Number))
			if v := judged(answer); v != allowed {
				return v
			}
			var made struct{ Token string }
			answer.Decode(a.tb, &made)
			return judged(a.As("guest").Send(a.tb, "POST", "/msp/api/invites/accept", object("token", made.Token, "name", "New", "password", newPassword)))
		}),
		over("teams", "link, native join", func(a *attempt) verdict {
			query, ok := teamsPlace(a)
			if !ok || teamsTypes[role] == 0 {
				return closed
			}
			answer := a.As(a.who).Send(a.tb, "POST", "/teams/api/invite-links"+query, object("invite_role", teamsTypes[role]))
			if v := judged(answer); v != allowed {
				return v
			}
			var made struct {
				Data struct {
					Token string `json:"invite_token"`
				}
			}
			answer.Decode(a.tb, &made)
			return judged(a.As("guest").Send(a.tb, "POST", "/native/v1/links/join",
				object("token", made.Data.Token, "email", newcomer, "name", "New", "password", newPassword)))
		}),
	}, viaGo("Invites.Create, Accept", func(a *attempt, actor perms.Actor) error {
		made, err := a.Book.Invites.Create(a.tb.Context(), actor, invites.New{Email: newcomer, Role: a.named(role).Key, Tenant: perms.TenantOf(a.tenant.ID)})
		if err != nil {
			return err
		}
		_, _, err = a.Book.Invites.Accept(a.tb.Context(), perms.Guest(), invites.Acceptance{Token: made.Token.Reveal(), Name: "New", Password: newPassword})
		return err
	}), viaGo("Invites.CreateLink, Join", func(a *attempt, actor perms.Actor) error {
		made, err := a.Book.Invites.CreateLink(a.tb.Context(), actor, invites.NewLink{Role: a.named(role).Key, Tenant: a.tenant.ID})
		if err != nil {
			return err
		}
		_, _, err = a.Book.Invites.Join(a.tb.Context(), perms.Guest(), invites.Joining{Token: made.Token.Reveal(), Email: newcomer, Name: "New", Password: newPassword})
		return err
	}))
}
