package perms

// The management keys: one for each operation of the library, the same behind every API (wire/README.md, section 5.1). They are in every catalogue.
const (
	UsersList          Permission = "users.list"
	UsersRead          Permission = "users.read"
	UsersCreate        Permission = "users.create"
	UsersUpdate        Permission = "users.update"
	UsersDelete        Permission = "users.delete"
	UsersPasswordReset Permission = "users.password-reset"
	UsersApprove       Permission = "users.approve"
	UsersSuspend       Permission = "users.suspend"
	UsersAssign        Permission = "users.assign"
	OverridesRead      Permission = "overrides.read"
	OverridesWrite     Permission = "overrides.write"
	RolesList          Permission = "roles.list"
	RolesRead          Permission = "roles.read"
	RolesCreate        Permission = "roles.create"
	RolesUpdate        Permission = "roles.update"
	RolesDelete        Permission = "roles.delete"
	GroupsRead         Permission = "groups.read"
	GroupsWrite        Permission = "groups.write"
	GrantsRead         Permission = "grants.read"
	GrantsWrite        Permission = "grants.write"
	FeaturesWrite      Permission = "features.write"
	FeaturesAI         Permission = "features.ai"
	InvitesList        Permission = "invites.list"
	InvitesCreate      Permission = "invites.create"
	InvitesRevoke      Permission = "invites.revoke"
	TenantsList        Permission = "tenants.list"
	TenantsRead        Permission = "tenants.read"
	TenantsCreate      Permission = "tenants.create"
	TenantsUpdate      Permission = "tenants.update"
	AuditRead          Permission = "audit.read"
	AccessExplain      Permission = "access.explain"
)

// Critical are the keys that make an administrator: an active user who holds all of them platform-wide and without an end.
func Critical() []Permission { return []Permission{UsersAssign, RolesUpdate, OverridesWrite} }

// managementKeys returns the management keys with their descriptions, sorted.
func managementKeys() []Key {
	return []Key{
		{AccessExplain, "Check and explain for others, holders", false},
		{AuditRead, "Read the journal, permissions of the past", false},
		{FeaturesAI, "The user may use AI features", true},
		{FeaturesWrite, "Set AI access of a user", false},
		{GrantsRead, "Read the dashboards of a user or group", false},
		{GrantsWrite, "Set the dashboards of a user or group", false},
		{GroupsRead, "List groups, read members", false},
		{GroupsWrite, "Create, edit, delete groups, change members", false},
		{InvitesCreate, "Create invites and invite links", false},
		{InvitesList, "List invites and invite links", false},
		{InvitesRevoke, "Revoke invites, delete invite links", false},
		{OverridesRead, "Read a user's overrides", false},
		{OverridesWrite, "Set and clear overrides, grant permissions directly", false},
		{RolesCreate, "Create a role", false},
		{RolesDelete, "Delete a role", false},
		{RolesList, "List roles (or roles.read)", false},
		{RolesRead, "Read a role, the catalogue; list roles", false},
		{RolesUpdate, "Edit a role", false},
		{TenantsCreate, "Create a tenant", false},
		{TenantsList, "List tenants", false},
		{TenantsRead, "Read a tenant", false},
		{TenantsUpdate, "Edit a tenant; its slug and type platform-wide only", false},
		{UsersApprove, "Approve, reject", false},
		{UsersAssign, "Roles, user type, tenants, staff flag of others", false},
		{UsersCreate, "Create a user", false},
		{UsersDelete, "Delete, purge", false},
		{UsersList, "List users (or users.read), not in teams", false},
		{UsersPasswordReset, "Set an existing user's password", false},
		{UsersRead, "Read a user, look one up by name, read his permissions; list users", false},
		{UsersSuspend, "Suspend, reactivate, set active", false},
		{UsersUpdate, "Update a user's name, e-mail, phone, avatar, external", false},
	}
}
