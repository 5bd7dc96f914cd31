package session_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/users/session"
)

var prefixes = map[session.Kind]string{
	session.KindSession: "rb_",
	session.KindInvite:  "rbi_",
	session.KindLink:    "rbl_",
}

func TestTokens(t *testing.T) {
	for kind, prefix := range prefixes {
		token := session.New(kind)
		text := token.Reveal()
		if len(text) != len(prefix)+43 || !strings.HasPrefix(text, prefix) {
			t.Errorf("%s: token %q", kind, text)
		}
		parsed, err := session.Parse(kind, text)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if parsed.Reveal() != text || !parsed.Equal(token) || !parsed.Digest().Equal(token.Digest()) || parsed.IsZero() {
			t.Errorf("%s: %q was read as %q", kind, text, parsed.Reveal())
		}
		if other := session.New(kind); other.Equal(token) || other.Digest().Equal(token.Digest()) {
			t.Errorf("%s: the same token twice", kind)
		}
		for stranger := range prefixes {
			if _, err := session.Parse(stranger, text); stranger != kind && !errors.Is(err, session.ErrMalformed) {
				t.Errorf("the token of a %s was read as that of a %s", kind, stranger)
			}
		}
	}
}

func TestDigest(t *testing.T) {
	// sha256sum of "rolebook session", a NUL and "rb_AAA...", and so on.
	for kind, want := range map[session.Kind]string{
		session.KindSession: "f3f501e6c6aba2951994977c90331d304efbc4f083cec288c4bf8ed255a497bc",
		session.KindInvite:  "ed62df3209f932373288147d77cd80dc8f47a28571109357c59b0c6c984876db",
		session.KindLink:    "1fca8ffae8293930d1f83aa559cbdeda55c734d8095f4fc0e8805f480c72f850",
	} {
		token, err := session.Parse(kind, prefixes[kind]+strings.Repeat("A", 43))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%x", token.Digest()); got != want {
			t.Errorf("%s: %s; want %s", kind, got, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	const body = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	for _, s := range []string{
		"", "null", " ", "rb_", body, "rb_" + body[1:], "rb_" + body + "A", "rb_" + body + "=", "rb_" + body + "\n",
		" rb_" + body, "rb_" + body + " ", "RB_" + body, "Rb_" + body, "rb-" + body, "rbx_" + body[1:], "Bearer rb_" + body,
		"rb_" + body[1:] + "=", "rb_" + body[1:] + "\n", "rb_\n" + body[1:], "rb_" + body[:21] + "\r\n" + body[23:],
		"rb_" + body[1:] + "B", "rb_" + body[1:] + "D", // bits behind the last byte
		"rb_+" + body[1:], "rb_/" + body[1:], "rb_." + body[1:], "rb_é" + body[2:], "rb_\x00" + body[1:], "rb_\xff" + body[1:],
		"rbi_" + body, "rbl_" + body, "rbi_" + body[1:],
	} {
		token, err := session.Parse(session.KindSession, s)
		if !errors.Is(err, session.ErrMalformed) || !token.IsZero() {
			t.Errorf("%q: %v, %v", s, token.Reveal(), err)
		}
	}
	for _, kind := range []session.Kind{0, session.KindLink + 1} {
		for _, s := range []string{"", body, "_" + body, "rb_" + body} {
			if _, err := session.Parse(kind, s); !errors.Is(err, session.ErrMalformed) {
				t.Errorf("%s: %q: %v", kind, s, err)
			}
		}
	}
}

func TestNewPanicsWithoutKind(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a token of no kind")
		}
	}()
	session.New(0)
}

func TestZeroTokenIsNone(t *testing.T) {
	var none session.Token
	if !none.IsZero() || none.Reveal() != "" || !none.Digest().IsZero() {
		t.Errorf("%q, %x", none.Reveal(), none.Digest())
	}
	if none.Equal(none) || none.Equal(session.New(session.KindSession)) || session.New(session.KindSession).Equal(none) {
		t.Error("the zero token equals something")
	}
	if (session.Digest{}).Equal(session.Digest{}) {
		t.Error("the zero digest equals itself")
	}
	if reflect.TypeFor[session.Token]().Comparable() {
		t.Error("tokens compare with ==")
	}
}

func TestTokenNeverShowsItself(t *testing.T) {
	token := session.New(session.KindSession)
	secret := token.Reveal()
	type shown struct{ Token session.Token }
	type hidden struct{ token session.Token }
	values := []any{
		token, &token, shown{token}, &shown{token}, hidden{token}, &hidden{token}, []session.Token{token},
		map[string]session.Token{"token": token}, []hidden{{token}},
	}
	var out bytes.Buffer
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%50.40s"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(handler).Info("token", "value", v)
		}
		b, err := json.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		out.Write(b)
	}
	b, err := xml.Marshal(shown{token})
	if err != nil {
		t.Error(err)
	}
	out.Write(b)
	if b, err := json.Marshal(token); string(b) != `"[redacted]"` || err != nil {
		t.Errorf("JSON %s, %v", b, err)
	}
	fmt.Fprintln(&out, token.String(), token.GoString(), token.LogValue())
	for _, text := range []string{secret[3:], secret[10:20], fmt.Sprintf("%x", secret[3:]), fmt.Sprintf("%X", secret[3:])} {
		if strings.Contains(out.String(), text) {
			t.Errorf("%s is shown:\n%s", text, out.String())
		}
	}
}

// What is read has exactly one text, and the right length and alphabet.
func FuzzParse(f *testing.F) {
	for kind, prefix := range prefixes {
		f.Add(uint8(kind), session.New(kind).Reveal())
		f.Add(uint8(kind), prefix+strings.Repeat("A", 42)+"B")
		f.Add(uint8(kind), prefix)
	}
	f.Add(uint8(0), "")
	f.Fuzz(func(t *testing.T, k uint8, s string) {
		kind := session.Kind(k)
		token, err := session.Parse(kind, s)
		if err != nil {
			if !errors.Is(err, session.ErrMalformed) || !token.IsZero() {
				t.Fatalf("refused with %v, %v", token.Reveal(), err)
			}
			return
		}
		body, ok := strings.CutPrefix(s, prefixes[kind])
		if prefixes[kind] == "" || !ok || len(body) != 43 {
			t.Fatalf("took %q as the token of a %s", s, kind)
		}
		if strings.Trim(body, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" ||
			!strings.Contains("AEIMQUYcgkosw048", body[42:]) {
			t.Fatalf("took %q", s)
		}
		if token.Reveal() != s || token.Digest().IsZero() {
			t.Fatalf("read %q as %q", s, token.Reveal())
		}
	})
}
