package perms

import "time"

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

// SetWallClock makes an Authorizer believe that the wall clock has moved by d since it last asked the store, and the monotonic one has not: that is what a
// machine sees that has slept, or whose clock was set.
func SetWallClock(a *Authorizer, d time.Duration) {
	a.cache.mu.Lock()
	defer a.cache.mu.Unlock()
	a.cache.wallDue.Add(int64(-d))
	a.cache.askedWall -= int64(d)
}
