package msp

import (
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
)

// Preset returns the catalogue keys of an asset-keeping host and the five system roles that the msp document names (wire/README.md, section 5), for
// store.Book.Seed. In an empty store the roles get the numbers 1 to 5, which the document calls their ids. A host with roles of its own seeds a preset
// of its own instead.
func Preset() roles.Preset {
	return roles.Preset{Keys: presetKeys(), Roles: presetRoles()}
}

func presetKeys() []perms.Key {
	return []perms.Key{
		{Permission: "assets.view", Description: "View assets"},
		{Permission: "assets.create", Description: "Create assets"},
		{Permission: "assets.edit", Description: "Edit assets"},
		{Permission: "assets.delete", Description: "Delete assets"},
		{Permission: "assets.checkout", Description: "Check assets out"},
		{Permission: "assets.checkin", Description: "Check assets in"},
		{Permission: "assets.import", Description: "Import assets"},
		{Permission: "assets.export", Description: "Export assets"},
		{Permission: "categories.manage", Description: "Manage categories"},
		{Permission: "locations.manage", Description: "Manage locations"},
		{Permission: "employees.manage", Description: "Manage employees"},
		{Permission: "settings.manage", Description: "Manage settings"},
		{Permission: "billing.manage", Description: "Manage billing"},
		{Permission: "requests.manage", Description: "Manage requests"},
		{Permission: "reports.view", Description: "View reports"},
		{Permission: "portal.manage", Description: "Manage the portal"},
		{Permission: "notifications.manage", Description: "Manage notifications"},
		{Permission: "dashboards.view", Description: "View all dashboards; one dashboard is an object grant"},
		{Permission: "surveys.create", Description: "Create surveys"},
		{Permission: "workspaces.view", Description: "View workspaces"},
	}
}

func presetRoles() []roles.PresetRole {
	return []roles.PresetRole{
		{
			Key: "msp_admin", Name: "MSP Admin", Description: "Everything, in every tenant",
			Patterns: []perms.Pattern{"*.*"},
		},
		{
			Key: "msp_technician", Name: "MSP Technician", Description: "The assets of every tenant, no people",
			Patterns: []perms.Pattern{
				"users.list", "assets.*", "categories.manage", "locations.manage", "employees.manage", "dashboards.view", "surveys.create", "workspaces.view",
			},
		},
		{
			Key: "client_admin", Name: "Client Admin", Description: "Everything in his own tenant but the making of roles",
			Patterns: []perms.Pattern{
				"assets.*", "categories.manage", "locations.manage", "employees.manage", "settings.manage", "billing.manage", "requests.manage",
				"portal.manage", "notifications.manage", "reports.view", "dashboards.view", "surveys.create", "workspaces.view",
				"users.*", "overrides.*", "roles.list", "roles.read", "groups.*", "grants.*", "features.*", "invites.*",
				"tenants.read", "tenants.update", "audit.read", "access.explain",
			},
		},
		{
			Key: "client_manager", Name: "Client Manager", Description: "The assets of his own tenant, but for their deletion",
			Patterns: []perms.Pattern{
				"users.list", "assets.view", "assets.create", "assets.edit", "assets.checkout", "assets.checkin", "assets.import", "assets.export",
				"categories.manage", "locations.manage", "employees.manage", "dashboards.view", "surveys.create", "workspaces.view", "groups.read",
			},
		},
		{
			Key: "client_viewer", Name: "Client Viewer", Description: "Reads and exports the assets of his own tenant",
			Patterns: []perms.Pattern{"users.list", "assets.view", "assets.export"},
		},
	}
}
