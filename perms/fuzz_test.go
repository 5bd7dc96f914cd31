package perms_test

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// keyGrammar is the expression of wire/README.md, section 4.2.
var keyGrammar = regexp.MustCompile(`^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+$`)

// patternGrammar allows a key, "<object>.*" with an object that a key can begin with, and "*.*".
var patternGrammar = regexp.MustCompile(`^(\*\.\*|[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*\.(\*|[a-z][a-z0-9_-]*))$`)

func FuzzGrammar(f *testing.F) {
	for _, s := range []string{"assets.view", "a.b.c-d_9", "assets", "assets.", ".view", "Assets.view", "assets.9", "assets.*", "a.b.*", "*.*", "*", "*.view",
		"assets.vi*", "assets.*.*", "assets .view", "assets.view\n", "ässets.view", "a.b\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := perms.ParsePermission(s)
		if want := keyGrammar.MatchString(s) && len(s) <= perms.MaxPermission; (err == nil) != want || err == nil && string(p) != s {
			t.Errorf("permission %q: %v", s, err)
		}
		pattern, err := perms.ParsePattern(s)
		if want := patternGrammar.MatchString(s) && len(s) <= perms.MaxPermission; (err == nil) != want || err == nil && string(pattern) != s {
			t.Errorf("pattern %q: %v", s, err)
		}
		if err != nil && slices.ContainsFunc(office.Keys(), func(k perms.Key) bool { return perms.Pattern(s).Matches(k.Permission) }) {
			t.Errorf("%q is no pattern, and matches something", s)
		}
	})
}

// script reads a small world from bytes; behind its end everything is zero.
type script struct{ bytes []byte }

func (s *script) next(n int) int {
	if len(s.bytes) == 0 {
		return 0
	}
	b := s.bytes[0]
	s.bytes = s.bytes[1:]
	return int(b) % n
}

func (s *script) window() perms.Window { return window(s.next(9)-4, s.next(9)-4) }

func (s *script) scope() perms.Scope {
	return []perms.Scope{perms.Anywhere, perms.In(acme), perms.In(beta), perms.In(old), perms.Home, {}, perms.In(uuid.Nil)}[s.next(7)]
}

func (s *script) subject() perms.Subject {
	subject := perms.Subject{User: ann, Status: perms.Status(s.next(6))}
	tenancies := []perms.Tenancy{perms.TenantOf(acme), perms.TenantOf(beta), perms.TenantOf(old), perms.EveryTenant, perms.TenantsOfType(perms.TestTenant),
		perms.TenantsOfType(perms.RetiredTenant), {}}
	for range s.next(4) {
		subject.Tenants = append(subject.Tenants, tenancies[s.next(len(tenancies))])
	}
	patterns := []perms.Pattern{"*.*", "assets.*", "assets.view", "assets.edit", "dashboards.*", "*", "assets*", ".*", ""}
	for range s.next(4) {
		h := during(role("some", patterns[s.next(len(patterns))], patterns[s.next(len(patterns))]), s.window())
		h.Rule.Scope, h.Assignment.Scope = s.scope(), s.scope()
		subject.Roles = append(subject.Roles, h)
	}
	for range s.next(5) {
		key := []perms.Permission{"assets.view", "assets.edit", "dashboards.view", "reports.view"}[s.next(4)]
		subject.Overrides = append(subject.Overrides, perms.Override{Permission: key, Granted: s.next(2) == 0, Scope: s.scope(), Window: s.window()})
	}
	for range s.next(3) {
		object := perms.Object{Type: []string{"dashboards", "assets"}[s.next(2)], ID: int64(s.next(3))}
		subject.Objects = append(subject.Objects, perms.ObjectGrant{Tenant: []uuid.UUID{acme, beta, uuid.Nil}[s.next(3)], Object: object})
	}
	return subject
}

func FuzzDecide(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{1, 1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 4, 4, 1, 0, 1, 0, 0, 0, 4, 0})
	f.Add([]byte{1, 2, 3, 5, 3, 2, 2, 1, 5, 0, 3, 3, 3, 2, 1, 7, 0, 2, 1, 1, 3, 4, 4, 0, 0, 1, 2, 1, 1})
	catalogue := names(office)
	f.Fuzz(func(t *testing.T, b []byte) {
		r := &script{b}
		places := []spot{{tenant: acme, typ: "production"}, {tenant: beta, typ: "test"}, {tenant: old, typ: "retired"}, {platform: true}, {tenant: none}}
		at, now := places[r.next(len(places))], hour(r.next(10)-5)
		object := perms.Object{Type: []string{"dashboards", "assets", ""}[r.next(3)], ID: int64(r.next(3))}
		s := r.subject()
		for _, key := range []perms.Permission{"assets.view", "assets.edit", "dashboards.view", "users.read", "reports.view"} {
			if office.Has(key) {
				agree(t, office, catalogue, &s, key, at, now)
			}
			q := perms.Question{Permission: key, At: at.place(), Object: object}
			want := model(catalogue, s, string(key), at, object, now)
			got := perms.Decide(office, &s, q, now)
			if why := perms.Explain(office, &s, q, now); got.Code != want || got.Allowed != want.Allows() || why.Decision != got {
				t.Fatalf("%s of %+v at %+v: %+v, explained as %+v, the model says %s", key, s, at, got, why.Decision, want)
			}
			for _, other := range shuffled(s) {
				if again := perms.Decide(office, &other, q, now); again != got {
					t.Fatalf("%s: %+v becomes %+v when the subject is written as %+v", key, got, again, other)
				}
			}
		}
		lapses(t, &s, at.place(), now)
	})
}

// shuffled writes the same subject differently: backwards, and everything twice.
func shuffled(s perms.Subject) []perms.Subject {
	back, twice := s, s
	back.Tenants, back.Roles, back.Overrides, back.Objects = reversed(s.Tenants), reversed(s.Roles), reversed(s.Overrides), reversed(s.Objects)
	twice.Tenants, twice.Roles = slices.Concat(s.Tenants, s.Tenants), slices.Concat(s.Roles, back.Roles)
	twice.Overrides, twice.Objects = slices.Concat(back.Overrides, s.Overrides), slices.Concat(s.Objects, s.Objects)
	return []perms.Subject{back, twice}
}

func reversed[T any](list []T) []T {
	out := slices.Clone(list)
	slices.Reverse(out)
	return out
}

// lapses checks the terms against what they promise: what lasts is held at each hour until it ends, and what is held at any hour could have been foreseen.
func lapses(t *testing.T, s *perms.Subject, at perms.Place, now time.Time) {
	const key = "assets.edit"
	lasting, potential := perms.Lasting(s, key, at, now), perms.Potential(s, key, at, now)
	for h := range 12 {
		then := now.Add(time.Duration(h) * time.Hour)
		holds := perms.Decide(office, s, perms.Question{Permission: key, At: at}, then).Allowed
		next := perms.Until(then.Add(time.Hour))
		if lasting.Holds() && lasting.Outlasts(next) && !holds {
			t.Fatalf("%+v: %s lasts for %+v, and is gone after %d hours", *s, key, lasting, h)
		}
		if holds && !potential.Outlasts(next) {
			t.Fatalf("%+v: %s is held after %d hours, and could only be for %+v", *s, key, h, potential)
		}
	}
}
