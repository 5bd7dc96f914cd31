package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Spec says how much is generated. The zero fields have defaults.
type Spec struct {
	Users   int    // by creation: some of them are purged in the end
	Entries int    // of the journal; 0 for ten of each user
	Seed    uint64 // what everything is drawn from
}

// The first entry is of this moment, and the last one of a year later at most.
var (
	born = time.Date(2025, 1, 6, 8, 0, 0, 0, time.UTC)
	year = 365 * 24 * time.Hour
)

func (s Spec) complete() Spec {
	if s.Entries == 0 {
		s.Entries = 10 * s.Users
	}
	return s
}

// How many there are of what, for the users that there are.
func (s Spec) tenants() int  { return max(s.Users/100, 4) }
func (s Spec) ownRoles() int { return max(s.tenants()/5, 2) } // of a tenant
func (s Spec) groups() int   { return max(s.Users/50, 4) }
func (s Spec) links() int    { return max(s.tenants()/10, 1) }

// What becomes of the i-th user, and what happens when he comes.
func doomed(i int) bool          { return i%500 == 499 } // he is purged in the end
func staff(i int) bool           { return i == 0 || i%5000 == 2500 }
func invited(i int) bool         { return i%50 == 7 && i >= firsts }
func joined(i int) bool          { return i%33 == 5 && i >= firsts && !invited(i) && !doomed(i) }
func besideInvite(i int) bool    { return i%50 == 17 }  // an invite is sent that nobody accepts
func besideRevoked(i int) bool   { return i%250 == 27 } // an invite is sent, and revoked
func besideSession(i int) bool   { return i%10 == 0 }
func withoutPassword(i int) bool { return i >= firsts && i%5 > 2 }

// The first users are those by whom a measurement acts. Nothing happens to them later.
const (
	root       = 0 // staff, with every permission
	bigAdmin   = 1 // with every permission in the tenant that a fifth of everybody is in
	smallAdmin = 2 // with every permission in one of the smallest tenants
	firsts     = 10
)

// changes returns how many entries are left for changes of what is there, in between of what happens anyhow.
func (s Spec) changes() (int, error) {
	n := 1 + len(systemRoles) + s.tenants() - 1 + s.ownRoles() + s.groups() + s.links()
	for i := range s.Users {
		n++
		for _, also := range []bool{invited(i), besideInvite(i), besideRevoked(i), besideRevoked(i), doomed(i)} {
			if also {
				n++
			}
		}
	}
	if s.Users < firsts || s.Entries < n {
		return 0, fmt.Errorf("%d users take at least %d entries, and there are %d users at least", s.Users, n, firsts)
	}
	return s.Entries - n, nil
}

// tenant draws a tenant by its index: the big one for a fifth of everybody, and of the others some have many more users than others.
func (s Spec) tenant(r *rand.Rand) int {
	if r.IntN(5) == 0 {
		return 1
	}
	x := r.Float64()
	return 2 + int(x*x*float64(s.tenants()-2))
}

// identity returns the id of something: of version 7, by the time at which it came, and otherwise by the seed alone.
func (s Spec) identity(kind perms.Kind, number int64, at time.Time) uuid.UUID {
	h := uint64(14695981039346656037)
	for _, b := range []byte(kind) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	draw := rand.New(rand.NewPCG(s.Seed^h, uint64(number)))
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(at.UnixMilli())<<16|draw.Uint64()>>48)
	binary.BigEndian.PutUint64(id[8:], draw.Uint64())
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}
