package users_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// A name that is given by its parts may lack either, or both; the full one follows and has no limit of its own.
func TestNameByParts(t *testing.T) {
	long := strings.Repeat("é", users.MaxNamePart)
	for _, c := range []struct {
		given, family string
		want          users.Name
		field         string
	}{
		{" Kay ", " Lee", users.Name{Full: "Kay Lee", Given: "Kay", Family: "Lee"}, ""},
		{"Kay", "", users.Name{Full: "Kay", Given: "Kay"}, ""},
		{"", "Lee", users.Name{Full: "Lee", Family: "Lee"}, ""},
		{"", " ", users.Name{}, ""},
		{long, long, users.Name{Full: long + " " + long, Given: long, Family: long}, ""},
		{long + "é", "", users.Name{}, "first_name"},
		{"", long + "é", users.Name{}, "last_name"},
		{"a\nb", "", users.Name{}, "first_name"},
	} {
		w := newWorld(t)
		made, err := w.Users.Create(w.ctx, system, users.New{Email: "kay@example.com", Name: "ignored", Given: c.given, Family: c.family, ByParts: true})
		name := users.PartsName(c.given, c.family)
		up := users.Update{Name: &name, ByParts: true}
		updated, failed := w.Users.Update(w.ctx, system, users.ByID(w.id("vic")), up)
		if c.field != "" {
			for _, err := range []error{err, failed, w.Users.ValidateUpdate(up)} {
				var invalid *perms.InvalidError
				if !errors.As(err, &invalid) || len(invalid.Fields) != 1 || invalid.Fields[0].Field != c.field {
					t.Errorf("%.9q %.9q: %v, want %s", c.given, c.family, err, c.field)
				}
			}
			continue
		}
		w.must(err)
		w.must(failed)
		w.must(w.Users.ValidateUpdate(up))
		if made.Name != c.want || updated.Name != c.want {
			t.Errorf("%.9q %.9q: %+v and %+v", c.given, c.family, made.Name, updated.Name)
		}
	}
}

// The part of a name that stays may be older than the limits.
func TestPartThatStaysIsNotChecked(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("x", users.MaxNamePart+45)
	w.overwrite("vic", func(u *users.User) { u.Name = users.PartsName(long, "V") })
	name := users.PartsName(long, "W")
	updated, err := w.Users.Update(w.ctx, system, users.ByID(w.id("vic")), users.Update{Name: &name, ByParts: true})
	w.must(err)
	if updated.Name != name {
		t.Errorf("%+v", updated.Name)
	}
	name = users.PartsName(long+"x", "W")
	if _, err = w.Users.Update(w.ctx, system, users.ByID(w.id("vic")), users.Update{Name: &name, ByParts: true}); !errors.Is(err, perms.ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

// A taken address is named.
func TestWhichAddressIsTaken(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ email, username, want string }{
		{"vic@example.com", "", "username"},
		{"vic@example.com", "new@example.com", "email"},
		{"new@example.com", "VIC@example.com", "username"},
		{"bea@example.com", "vic@example.com", "username"},
	} {
		_, err := w.Users.Create(w.ctx, system, users.New{Email: c.email, Username: c.username, Name: "N"})
		var taken *users.AddressError
		if !errors.Is(err, users.ErrAddressTaken) || !errors.As(err, &taken) || taken.Field != c.want {
			t.Errorf("%s, %s: %v, want %s", c.email, c.username, err, c.want)
		}
	}
	_, err := w.Users.Update(w.ctx, system, users.ByID(w.id("vic")), users.Update{Email: new("ann@example.com")})
	var taken *users.AddressError
	if !errors.As(err, &taken) || taken.Field != "email" || !strings.HasSuffix(err.Error(), "address in use: email") {
		t.Errorf("got %v", err)
	}
}

func TestReaddress(t *testing.T) {
	for _, c := range []struct{ email, username, sent, wantEmail, wantUsername string }{
		{"vic@acme.io", "vic@acme.io", " v@acme.io ", "v@acme.io", "v@acme.io"},
		{"vic@acme.io", "VIC@acme.io", "v@acme.io", "v@acme.io", "v@acme.io"},
		{"vic@acme.io", "viewer@acme.io", "v@acme.io", "v@acme.io", ""},
		{"", "vic@acme.io", "v@acme.io", "v@acme.io", "v@acme.io"},
		{"", "vic@acme.io", "vic@acme.io", "", ""},
		{"vic@acme.io", "viewer@acme.io", "vic@acme.io", "", ""},
		{"vic@acme.io", "vic@acme.io", "Vic@acme.io", "Vic@acme.io", "Vic@acme.io"},
	} {
		var up users.Update
		up.Readdress(users.User{Email: c.email, Username: c.username}, c.sent)
		value := func(s *string) string {
			if s == nil {
				return ""
			}
			return *s
		}
		if value(up.Email) != c.wantEmail || value(up.Username) != c.wantUsername {
			t.Errorf("%v: %q and %q", c, value(up.Email), value(up.Username))
		}
	}
}

// demanding is a store that, like PostgreSQL, can not be asked for every text.
type demanding struct{ store.Store }

func (s demanding) View(ctx context.Context, fn func(store.Store) error) error {
	return s.Store.View(ctx, func(tx store.Store) error { return fn(demanding{tx}) })
}

var errText = errors.New("invalid byte sequence")

func (s demanding) UserByAddress(ctx context.Context, canonical string) (users.User, error) {
	if strings.Contains(canonical, "\x00") || !utf8.ValidString(canonical) {
		return users.User{}, errText
	}
	return s.Store.UserByAddress(ctx, canonical)
}

func (s demanding) RoleByKey(ctx context.Context, key string) (roles.Role, error) {
	if strings.Contains(key, "\x00") || !utf8.ValidString(key) {
		return roles.Role{}, errText
	}
	return s.Store.RoleByKey(ctx, key)
}

// No user and no role is called by what not every store can be asked for.
func TestNobodyHasAnUnreadableAddress(t *testing.T) {
	w := newWorld(t)
	book, err := store.Connect(w.ctx, demanding{w.db}, store.Options{})
	w.must(err)
	for _, text := range []string{"", "\x00", "vic@example.com\x00", "\xff", "vic@example.com\n"} {
		if _, err := book.Users.Lookup(w.ctx, system, users.Needs(perms.UsersRead), text); !errors.Is(err, users.ErrNotFound) {
			t.Errorf("%q: %v", text, err)
		}
		if named, err := book.Roles.Named(w.ctx, system, text, perms.RolesRead); err != nil || len(named) > 0 {
			t.Errorf("%q: %v, %v", text, named, err)
		}
	}
	if _, err := book.Users.Lookup(w.ctx, w.as("vic"), users.Needs(perms.UsersRead), "\x00"); !errors.Is(err, perms.ErrForbidden) {
		t.Errorf("got %v", err)
	}
}

// overwrite puts a user into a state to which no service leads.
func (w *world) overwrite(name string, change func(*users.User)) {
	w.t.Helper()
	w.must(w.db.InTx(w.ctx, func(tx store.Store) error {
		old, err := tx.User(w.ctx, w.id(name))
		if err != nil {
			return err
		}
		u := old.Clone()
		change(&u)
		u.Version++
		return tx.UpdateUser(w.ctx, old, u)
	}))
}
