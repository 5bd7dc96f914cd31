package perms

// KnownTenants returns of how many tenants an Authorizer remembers the type.
func KnownTenants(a *Authorizer) int {
	a.cache.mu.Lock()
	defer a.cache.mu.Unlock()
	return a.cache.tenants.Load().live
}
