package password_test

import (
	"bytes"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/seed-06a6a295/rolebook/users/password"
)

// bcryptOf is a bcrypt hash of plain as a host might bring it.
func bcryptOf(t *testing.T, plain string) password.Hash {
	t.Helper()
	b, err := bcrypt.GenerateFromPassword([]byte(plain), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return password.Hash(b)
}

// pbkdf2Of is a PBKDF2 hash of plain as a host might bring it.
func pbkdf2Of(t *testing.T, plain string) password.Hash {
	t.Helper()
	tag, err := pbkdf2.Key(sha256.New, plain, []byte("seasaltseasalt"), 1000, 32)
	if err != nil {
		t.Fatal(err)
	}
	return password.Hash("pbkdf2_sha256$1000$seasaltseasalt$" + base64.StdEncoding.EncodeToString(tag))
}

func TestHashNeverShowsItself(t *testing.T) {
	const secret = "CANARY"
	type user struct {
		Name     string
		Password password.Hash
	}
	h := password.Hash(secret)
	values := []any{h, &h, user{"bob", h}, &user{"bob", h}, []password.Hash{h}, map[string]password.Hash{"bob": h}}
	var out bytes.Buffer
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10.3s"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(handler).Info("user", "value", v)
		}
		b, err := json.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		out.Write(b)
	}
	b, err := xml.Marshal(user{"bob", h})
	if err != nil {
		t.Error(err)
	}
	out.Write(b)
	if b, err := json.Marshal(h); string(b) != `"[redacted]"` || err != nil {
		t.Errorf("JSON %s, %v", b, err)
	}
	fmt.Fprintln(&out, h.String(), h.GoString(), h.LogValue())
	// In hexadecimal too, which is what %x of a string would print.
	for _, shown := range []string{secret, secret[:3], fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret)} {
		if strings.Contains(out.String(), shown) {
			t.Errorf("%s is shown:\n%s", shown, out.String())
		}
	}
	if got := h.Reveal(); got != secret {
		t.Errorf("revealed %q", got)
	}
}
