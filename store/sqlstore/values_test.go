package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

func TestBind(t *testing.T) {
	id, d := uuid.New(), session.Digest{1}
	args := []any{"text", 7, nil, id, uuid.Nil, d, session.Digest{}, noon.Add(1500 * time.Nanosecond), time.Time{}, perms.Anywhere, perms.In(id),
		perms.EveryTenant, perms.Suspended}
	want := []any{"text", 7, nil, id.String(), nil, d[:], nil, noon.UnixMicro() + 1, nil, "any", id.String(), "any", "suspended"}
	if err := bind(args); err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if fmt.Sprint(args[i]) != fmt.Sprint(want[i]) {
			t.Errorf("argument %d is bound as %v; want %v", i, args[i], want[i])
		}
	}
	for _, bad := range []string{"a\x00b", "a\xffb", "\xed\xa0\x80"} {
		if err := bind([]any{bad}); err != errText {
			t.Errorf("%q is bound: %v", bad, err)
		}
	}
}

func TestScanRefusesWhatWasNotWritten(t *testing.T) {
	for src, dest := range map[any]interface{ Scan(any) error }{
		"2041-03-01": new(instant), "somewhere": new(scope), "type:none": new(tenancy), "asleep": new(status), "{": new(members),
		"short": new(digest), 1.5: new(number), "yes": new(flag), true: new(text),
	} {
		if err := dest.Scan(src); err == nil {
			t.Errorf("%v is scanned as %v", src, dest)
		}
	}
	if err := new(digest).Scan([]byte("short")); err == nil {
		t.Error("a short digest is scanned")
	}
}

// What PostgreSQL cannot store, and so nothing equals, is neither found nor written, in any dialect.
func TestUnstorableTexts(t *testing.T) {
	s, _ := openShared(t, Options{})
	ctx := t.Context()
	const bad = "a\x00b"
	if _, err := s.UserByAddress(ctx, bad); err != users.ErrNotFound {
		t.Errorf("a user with such an address: %v", err)
	}
	if _, err := s.RoleByKey(ctx, bad); err != roles.ErrNotFound {
		t.Errorf("a role with such a key: %v", err)
	}
	for _, f := range []users.Filter{{External: bad}, {Contains: bad}} {
		if found, err := s.Users(ctx, f); found == nil || len(found) > 0 || err != nil {
			t.Errorf("users with such a text: %v, %v", found, err)
		}
	}
	before := dump(t, s)
	err := s.InTx(ctx, func(tx store.Store) error {
		home, err := tx.TenantByNumber(ctx, users.DefaultTenant)
		must(t, err)
		w := &world{tenant: home}
		u := w.newUser(1, "ann")
		u.Roles, u.Groups, u.Overrides[0].Reason = nil, nil, bad
		if err := tx.InsertUser(ctx, u); !errors.Is(err, errText) {
			t.Errorf("such a text was written: %v", err)
		}
		return nil
	})
	if !errors.Is(err, errText) || dump(t, s) != before {
		t.Errorf("the transaction was committed: %v", err)
	}
}

// What is counted under an address does not tell the address, and goes when it counts no longer.
func TestThrottleRows(t *testing.T) {
	s, db := openShared(t, Options{})
	ctx := t.Context()
	charge := func(key string, now time.Time) {
		t.Helper()
		_, err := s.Charge(ctx, []users.Throttle{{Key: key, Limit: 5, Window: time.Minute}}, now)
		must(t, err)
	}
	stored := func() (keys []string) {
		t.Helper()
		rows, err := db.QueryContext(ctx, `select key, failures from rolebook_throttles`)
		must(t, err)
		defer rows.Close()
		for rows.Next() {
			var key, failures string
			must(t, rows.Scan(&key, &failures))
			keys = append(keys, key+failures)
		}
		return keys
	}
	for i := range 30 {
		charge(fmt.Sprintf("address ann%d@example.com", i), noon)
	}
	keys := stored()
	if len(keys) != 30 || strings.Contains(strings.Join(keys, ""), "example") {
		t.Errorf("%d rows: %q", len(keys), keys)
	}
	for i := range 5 {
		charge("address ann1@example.com", noon.Add(time.Duration(i)*time.Minute))
	}
	for _, row := range stored() {
		if strings.Contains(row[32:], " ") {
			t.Errorf("failures %q are kept", row[32:])
		}
	}
	for range 2 { // a few at a time
		charge("address bob@example.com", noon.Add(time.Hour))
	}
	if n := len(stored()); n != 1 {
		t.Errorf("%d rows are left", n)
	}
}

// To scan is to look at many rows: the end of the context stops it.
func TestSearchEndsWithItsContext(t *testing.T) {
	s, db := openShared(t, Options{})
	execute(t, db, `
		with recursive n (i) as (select 1 union all select i + 1 from n where i < 5000)
		insert into rolebook_users (
			number, id, email, username, full_name, given_name, family_name, phone, search, status, mfa, must_reset_mfa, must_change_password, avatar_tag, version)
		select i, i, '', '', '', '', '', '', replace(hex(zeroblob(2000)), '00', 'text'), 'active', 0, 0, 0, '', 1
		from n`)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Millisecond, cancel)
	if _, err := s.Users(ctx, users.Filter{Contains: "nowhere"}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	if found, err := s.Users(t.Context(), users.Filter{Limit: 1, Contains: "none"}); err != nil || len(found) > 0 {
		t.Errorf("afterwards %d users, %v", len(found), err)
	}
}

// A filter searches in each text for itself.
func TestContainsStaysInOneText(t *testing.T) {
	s, _ := openShared(t, Options{})
	ctx := t.Context()
	u := users.User{ID: uuid.New(), Number: 1, Username: "Ann", Name: users.FullName("Bob Ray"), Status: perms.Active, CreatedAt: noon, UpdatedAt: noon, Version: 1}
	must(t, s.InTx(ctx, func(tx store.Store) error { return tx.InsertUser(ctx, u) }))
	for part, want := range map[string]int{"b R": 1, "aNN": 1, "Ray\nAnn": 0, "\n": 0, "RayAnn": 0, "%": 0, "_": 0} {
		if found, err := s.Users(ctx, users.Filter{Contains: part}); err != nil || len(found) != want {
			t.Errorf("%q is in %d users, %v; want %d", part, len(found), err, want)
		}
	}
}

// References that no foreign key watches over.
func TestUnknownTenantOfObjects(t *testing.T) {
	s, _ := openShared(t, Options{})
	ctx := t.Context()
	elsewhere := []perms.ObjectGrant{{Tenant: uuid.New(), Object: perms.Object{Type: "report", ID: 1}}}
	home, err := s.TenantByNumber(ctx, users.DefaultTenant)
	must(t, err)
	for name, insert := range map[string]func(tx store.Store) error{
		"group": func(tx store.Store) error {
			return tx.InsertGroup(ctx, users.Group{ID: uuid.New(), Number: 1, Tenant: home.ID, Name: "crew", Objects: elsewhere, CreatedAt: noon})
		},
		"user": func(tx store.Store) error {
			return tx.InsertUser(ctx, users.User{ID: uuid.New(), Number: 1, Email: "ann@example.com", Status: perms.Active, Objects: elsewhere, CreatedAt: noon})
		},
	} {
		if err := s.InTx(ctx, insert); err == nil {
			t.Errorf("a %s sees an object of no tenant", name)
		}
	}
}
