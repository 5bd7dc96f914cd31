package matrix

import (
	"slices"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// gainTenant are the changes by which a user gains a tenant, all of them, or all of them together with every permission.
func gainTenant() []change {
	return []change{
		{
			effect: "gain a tenant", name: "beta", targets: people,
			idle: func(a *attempt) bool { return slices.Contains(a.user.Tenants, perms.TenantOf(a.Tenant(a.tb, 3))) },
			seen: func(a *attempt) bool { return slices.Contains(userAgain(a).Tenants, perms.TenantOf(a.Tenant(a.tb, 3))) },
			doors: tenancy(func(a *attempt) perms.Tenancy { return perms.TenantOf(a.Tenant(a.tb, 3)) },
				func(a *attempt) verdict {
					if _, own := a.primary().Scope.Tenant(); own || a.user.Staff() {
						return closed // staff has no tenant there, and a tenant's role goes with that tenant
					}
					return mspPut(a, "tenant_id", 3)
				}),
		},
		{
			effect: "gain a tenant", name: "every one", targets: people,
			idle: func(a *attempt) bool { return a.user.Staff() },
			seen: func(a *attempt) bool { return userAgain(a).Staff() },
			doors: tenancy(func(*attempt) perms.Tenancy { return perms.EveryTenant },
				func(a *attempt) verdict {
					if a.primary().Name != "Peek" {
						return closed // the role would not fit
					}
					return mspPut(a, "tenant_id", nil, "is_msp_staff", true)
				}),
		},
		{
			effect: "gain a tenant", name: "every one, and every permission", targets: people,
			idle: func(a *attempt) bool { return holds(a.user, a.named("msp_admin")) },
			seen: func(a *attempt) bool { return userAgain(a).Staff() && holds(userAgain(a), a.named("msp_admin")) },
			doors: doors([]door{
				over("msp", "PUT role_id, is_msp_staff", func(a *attempt) verdict {
					return mspPut(a, "role_id", 1, "tenant_id", nil, "is_msp_staff", true)
				}),
				over("teams", "PUT user_type", func(a *attempt) verdict {
					return a.ask("PUT", path("/teams/api/users/%d", a.user.Number), object("user_type", 1, "user_type_name", "Superadmin"))
				}),
				over("locator", "PATCH roles, tenants", func(a *attempt) verdict {
					return locatorPatch(a, "roles", []string{"msp_admin"}, "tenants", []string{"any"})
				}),
			}, viaGo("Update roles, tenants", func(a *attempt, actor perms.Actor) error {
				tenants, list := []perms.Tenancy{perms.EveryTenant}, []perms.Assignment{{Role: a.named("msp_admin").ID, Scope: perms.Anywhere}}
				_, err := a.Book.Users.Update(a.tb.Context(), actor, users.ByID(a.user.ID), users.Update{Tenants: &tenants, Roles: &list})
				return err
			})),
		},
	}
}

// tenancy are the doors by which a user's list of tenants is written; msp has a way of its own.
func tenancy(of func(*attempt) perms.Tenancy, msp func(*attempt) verdict) []door {
	list := func(a *attempt) []string { return []string{of(a).String()} }
	return doors([]door{
		over("msp", "PUT tenant_id, is_msp_staff", msp),
		over("locator", "PATCH tenants", func(a *attempt) verdict { return locatorPatch(a, "tenants", list(a)) }),
		over("locator", "PATCH …/tenants", func(a *attempt) verdict {
			return a.ask("PATCH", path("/locator/auth/users/%s/tenants", a.user.ID), object("addTenants", list(a)))
		}),
		over("native", "PATCH tenants", func(a *attempt) verdict {
			return a.ask("PATCH", path("/native/v1/users/%s", a.user.ID), object("tenants", list(a)))
		}),
	}, viaGo("Update tenants", func(a *attempt, actor perms.Actor) error {
		tenants := []perms.Tenancy{of(a)}
		_, err := a.Book.Users.Update(a.tb.Context(), actor, users.ByID(a.user.ID), users.Update{Tenants: &tenants})
		return err
	}))
}
