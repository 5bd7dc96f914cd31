package perms

// Kept returns of how many users an Authorizer remembers something.
func Kept(a *Authorizer) int {
	c := a.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := c.young.Load().live
	if old := c.old.Load(); old != nil {
		kept += old.live
	}
	return kept
}
