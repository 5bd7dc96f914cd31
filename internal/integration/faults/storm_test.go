package faults

import (
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/internal/fault"
	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

// call is one use of a token, or its revocation: when it began and ended, by the machine's clock, and how.
type call struct {
	Began, Ended int64
	Result       result
	Revokes      bool
	After        tally // of a revocation that worked: all that came before it
}

// tally counts the calls that used a token, and those that found it used up.
type tally struct{ Worked, Used int64 }

// result is how a call has ended.
type result string

const (
	worked  result = "worked"
	used    result = "used"    // nothing is left
	unknown result = "unknown" // there is no such token
	expired result = "expired"
)

// observe notes how a call ends. An error that is none of the results is returned.
func observe(do func() error) (call, error) {
	c := call{Began: time.Now().UnixNano()}
	err := do()
	c.Ended = time.Now().UnixNano()
	switch {
	case err == nil:
		c.Result = worked
	case errors.Is(err, invites.ErrUsed) && fault.KindOf(err) == fault.Gone:
		c.Result = used
	case errors.Is(err, invites.ErrNotFound), errors.Is(err, invites.ErrLinkNotFound):
		c.Result = unknown
	case errors.Is(err, invites.ErrExpired):
		c.Result = expired
	default:
		return c, err
	}
	return c, nil
}

// use uses a token many times at once, and notes each call.
func (p *party) use(many int, do func(i int) error) answer {
	calls := make([]call, many)
	a := storm(many, func(i int) (err error) {
		calls[i], err = observe(func() error { return do(i) })
		return err
	})
	a.Calls = calls
	return a
}

// token is what is used up, as one after the other would find it.
type token struct {
	tally
	most    int64
	revoked bool
}

// step is what a call may end with. What is used up as a whole cannot be revoked any more where it is an invite.
func (k token) step(c call) (bool, token) {
	switch {
	case c.Revokes && c.Result == worked:
		ok := !k.revoked && k.tally == c.After
		k.revoked = true
		return ok, k
	case c.Revokes:
		return k.revoked || k.Worked == k.most, k
	case c.Result == worked:
		k.Worked++
		return !k.revoked && k.Worked <= k.most, k
	case c.Result == used:
		k.Used++
		return !k.revoked && k.Worked == k.most, k
	}
	return k.revoked && c.Result == unknown, k
}

// inOrder reports whether there is an order of the calls, each at a moment between its beginning and its end, in which one after the other they would have
// ended as they did.
func inOrder(most int64, calls []call) porcupine.CheckResult {
	history := make([]porcupine.Operation, len(calls))
	for i, c := range calls {
		history[i] = porcupine.Operation{ClientId: i, Input: c, Call: c.Began, Return: c.Ended}
	}
	return porcupine.CheckOperationsTimeout(porcupine.Model{
		Init: func() any { return token{most: most} },
		Step: func(state, input, _ any) (bool, any) { return state.(token).step(input.(call)) },
	}, history, time.Minute)
}

func count(calls []call) (n tally) {
	for _, c := range calls {
		switch {
		case c.Revokes:
		case c.Result == worked:
			n.Worked++
		case c.Result == used:
			n.Used++
		}
	}
	return n
}

// Of many who use one invite, or a link, at the same time, as many do as it is for, and the others are told that it is used up. In every other round it is
// revoked meanwhile, and nobody uses it after that. How it comes out could have come out one after the other.
func TestStorms(t *testing.T) {
	onSites(t, everySite, func(t *testing.T, s *site) {
		for _, each := range full([]int{2, 8, 64}, []int{2, 8, 64, 256}) {
			cut := 0
			for n := range full(4, 200) {
				name := fmt.Sprintf("guest%d-%d", each, n)
				cut += s.invite(name, each, n%2 == 1)
				cut += s.link(name, each, int64(max(1, each>>(n/2%3))), n%2 == 1) // enough for all, for half, or for a quarter
			}
			t.Logf("%d at once: %d tokens were revoked while they were used", each, cut)
		}
		storetest.CheckFold(t, s.store)
	})
}

// invite lets many accept one invite.
func (s *site) invite(name string, many int, revokes bool) int {
	s.t.Helper()
	i, err := s.book.Invites.Create(s.t.Context(), system, invites.New{Email: name + "@example.com", Role: "root", Tenant: s.tenancy()})
	must(s.t, err)
	var revoke func() error
	if revokes {
		revoke = func() error { return s.book.Invites.Revoke(s.t.Context(), system, i.Number) }
	}
	return s.storm(i.ID, 1, many, order{Do: "accept", Token: i.Token.Reveal()}, revoke)
}

// link lets many join by one link.
func (s *site) link(name string, many int, most int64, revokes bool) int {
	s.t.Helper()
	l, err := s.book.Invites.CreateLink(s.t.Context(), system, invites.NewLink{Tenant: s.home.ID, MaxUses: &most})
	must(s.t, err)
	var revoke func() error
	if revokes {
		revoke = func() error { return s.book.Invites.DeleteLink(s.t.Context(), system, l.Number) }
	}
	return s.storm(l.ID, most, many, order{Do: "join", Token: l.Token.Reveal(), Name: name}, revoke)
}

// storm lets everybody use a token at the same time, many uses in all, and checks what came of it. It returns 1 if the token was revoked before it was used up.
func (s *site) storm(id uuid.UUID, most int64, many int, o order, revoke func() error) (cut int) {
	s.t.Helper()
	before, err := s.store.Head(s.t.Context())
	must(s.t, err)
	revoked := make(chan call, 1)
	if revoke != nil {
		go func() {
			c, err := observe(revoke)
			if c.Revokes = true; err != nil {
				s.t.Error(err)
			}
			revoked <- c
		}()
	}
	calls := s.all(func(i int) order {
		mine := o
		mine.Name += fmt.Sprintf("-%d-", i)
		mine.Many = (many + i) / len(s.ask)
		return mine
	}).Calls
	if revoke != nil {
		c := <-revoked
		c.After = tally{s.usesBeforeRevocation(id, before.Revision), count(calls).Used} // whoever finds it used up comes before, and saying so spares a search
		if c.Result == worked && c.After.Worked < most {
			cut = 1
		}
		calls = append(calls, c)
	}
	if n := count(calls).Worked; n > most || n != min(most, int64(many)) && revoke == nil {
		s.t.Errorf("%d of %d won what is for %d", n, many, most)
		return cut
	}
	if found := inOrder(most, calls); found != porcupine.Ok {
		s.t.Errorf("%s: %d calls of a token for %d could not have come one after the other: %+v", found, len(calls), most, calls)
	}
	return cut
}

// usesBeforeRevocation returns how often a token was used before it was revoked, by what the journal says after a revision.
func (s *site) usesBeforeRevocation(id uuid.UUID, after perms.Revision) (n int64) {
	s.t.Helper()
	entries, err := s.store.Journal(s.t.Context(), perms.JournalFilter{After: after, Limit: 10_000})
	must(s.t, err)
	for _, e := range entries {
		switch {
		case e.Target.ID != id:
		case e.Action == perms.LinkJoin, e.Action == perms.InviteAccept:
			n++
		case e.Action == perms.LinkDelete, e.Action == perms.InviteRevoke:
			return n
		}
	}
	return n
}

// newNaive returns two processes, and a table in which they take what can be taken once.
func newNaive(t *testing.T) (*site, *sql.DB) {
	t.Helper()
	dsn := newSchemas(t).next(t)
	db := open(t, dsn)
	migrate(t, db, sqlstore.Options{})
	execute(t, db, "create table naive (name text primary key, taken boolean not null)")
	s := &site{t: t}
	for range 2 {
		s.ask = append(s.ask, spawn(t, connection{DSN: dsn}).obey)
	}
	return s, db
}

// The control: of those who look first and then take, several do, and that could not have come one after the other.
func TestNaiveStorm(t *testing.T) {
	s, db := newNaive(t)
	wrong, rounds := 0, full(20, 200)
	for n := range rounds {
		name := fmt.Sprintf("thing%d", n)
		execute(t, db, "insert into naive values ('"+name+"', false)")
		calls := s.all(func(int) order { return order{Do: "naive", Name: name, Many: 4} }).Calls
		if (inOrder(1, calls) == porcupine.Illegal) != (count(calls).Worked > 1) {
			t.Errorf("%d have taken one thing, and that is %s: %+v", count(calls).Worked, inOrder(1, calls), calls)
		}
		if count(calls).Worked > 1 {
			wrong++
		}
	}
	if t.Logf("in %d of %d rounds several have taken one thing", wrong, rounds); wrong == 0 {
		t.Error("nothing has raced")
	}
}
