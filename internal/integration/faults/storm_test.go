package faults

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/store/storetest"
	"github.com/seed-06a6a295/rolebook/users"
)

// ring is two processes on one PostgreSQL, and a book here that looks at what they do.
type ring struct {
	t     *testing.T
	db    *sql.DB
	store *sqlstore.Store
	book  *store.Book
	home  users.Tenant
	all   []*process
	made  int
}

func newRing(t *testing.T) *ring {
	t.Helper()
	r := &ring{t: t}
	dsn := newSchemas(t).next(t)
	r.db = open(t, dsn)
	r.store = migrate(t, r.db, sqlstore.Options{})
	r.book = connectBook(t, r.store, store.Always)
	seed(t, r.book)
	var err error
	r.home, err = r.store.TenantByNumber(t.Context(), users.DefaultTenant)
	must(t, err)
	execute(t, r.db, "create table naive (name text primary key, taken boolean not null)")
	for range 2 {
		r.all = append(r.all, spawn(t, connection{DSN: dsn}))
	}
	return r
}

// name returns another name each time.
func (r *ring) name() string {
	r.made++
	return fmt.Sprintf("name%d", r.made)
}

// both lets both processes do the same.
func (r *ring) both(o order) answer {
	r.t.Helper()
	second := o
	second.Name += "b"
	if o.Do == "naive" {
		second.Name = o.Name
	}
	a := together(r.t, r.all, o, second)
	if len(a.Strange) > 0 {
		r.t.Fatalf("%s: %v", o.Do, a.Strange)
	}
	return a
}

// Of many who accept one invite at the same time, in two processes, one does. Of many who join by a link, as many as it is for. The control, which looks
// before it takes, lets several.
func TestStorms(t *testing.T) {
	r := newRing(t)
	rounds, most := full(2, 200), 0
	for _, each := range full([]int{1, 4, 16}, []int{1, 4, 32, 128}) {
		for range rounds {
			i, err := r.book.Invites.Create(t.Context(), system, invites.New{Email: r.name() + "@example.com", Role: "root", Tenant: perms.TenantOf(r.home.ID)})
			must(t, err)
			if a := r.both(order{Do: "accept", Token: i.Token.Reveal(), Many: each}); a.Won != 1 || a.Lost != 2*each-1 {
				t.Errorf("%d accepts at once: %d were accepted and %d refused", 2*each, a.Won, a.Lost)
			}
			uses := int64(each)
			l, err := r.book.Invites.CreateLink(t.Context(), system, invites.NewLink{Tenant: r.home.ID, MaxUses: &uses})
			must(t, err)
			if a := r.both(order{Do: "join", Token: l.Token.Reveal(), Many: each, Name: r.name()}); a.Won != each || a.Lost != each {
				t.Errorf("%d of %d joined by a link for %d, and %d were refused", a.Won, 2*each, uses, a.Lost)
			}
			name := r.name()
			_, err = r.db.ExecContext(t.Context(), "insert into naive values ($1, false)", name)
			must(t, err)
			most = max(most, r.both(order{Do: "naive", Name: name, Many: each}).Won)
		}
	}
	storetest.CheckFold(t, r.store)
	if t.Logf("the control let up to %d in", most); most < 2 {
		t.Error("nothing has raced")
	}
}

// Two administrators strike at each other at the same moment, each in another process. One is left.
func TestDuels(t *testing.T) {
	r := newRing(t)
	var admins [2]uuid.UUID
	struck := 0
	for _, pair := range [][2]string{{"demote", "demote"}, {"demote", "suspend"}, {"suspend", "suspend"}} {
		for range full(10, 1000) {
			for i := range admins {
				admins[i] = r.admin(admins[i])
			}
			a := together(t, r.all, order{Do: pair[0], User: admins[1], By: admins[0]}, order{Do: pair[1], User: admins[0], By: admins[1]})
			for _, text := range a.Strange {
				if !strings.Contains(text, perms.ErrForbidden.Error()) && !strings.Contains(text, perms.ErrLockout.Error()) {
					t.Fatalf("a blow ended in %s", text)
				}
			}
			left, err := perms.AnyAdministrator(t.Context(), r.store, r.book.Catalog(), r.book.Now())
			must(t, err)
			if !left || a.Lost == 0 {
				t.Fatalf("%v: an administrator is left: %t; %v", pair, left, a.Strange)
			}
			struck += 2 - a.Lost
		}
	}
	if struck == 0 {
		t.Error("no blow has struck")
	}
	storetest.CheckFold(t, r.store)
}

// admin returns the administrator as he was before he was struck; a new one for nobody.
func (r *ring) admin(id uuid.UUID) uuid.UUID {
	r.t.Helper()
	ctx := r.t.Context()
	if id == uuid.Nil {
		u, err := r.book.Users.Create(ctx, system, users.New{
			Email: r.name() + "@example.com", Name: "Admin", Roles: []string{"root"}, Tenants: []perms.Tenancy{perms.EveryTenant},
		})
		must(r.t, err)
		return u.ID
	}
	role, err := r.store.RoleByKey(ctx, "root")
	must(r.t, err)
	office := []perms.Assignment{{Role: role.ID, Scope: perms.Anywhere}}
	_, err = r.book.Users.Edit(ctx, system, users.Needs(), users.ByID(id), func(users.User) (users.Update, error) {
		return users.Update{Roles: &office, Active: new(true)}, nil
	})
	must(r.t, err)
	return id
}
