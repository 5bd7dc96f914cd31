package password_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/seed-06a6a295/rolebook/users/password"
)

func newHasher(t *testing.T, o password.Options) *password.Hasher {
	t.Helper()
	h, err := password.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHashAndVerify(t *testing.T) {
	h := newHasher(t, password.Options{Params: password.Insecure()})
	for _, plain := range []string{
		"correct horse", " spaces count ", "nbsp\u00a0too", "x", "nul\x00inside", "bad\xffutf8", "👩‍🚀👩‍🚀",
		strings.Repeat("x", password.MaxBytes),
	} {
		stored, err := h.Hash(t.Context(), plain)
		if err != nil {
			t.Fatalf("%q: %v", plain, err)
		}
		if match, outdated, err := h.Verify(t.Context(), plain, stored); !match || outdated || err != nil {
			t.Errorf("%q: match %v, outdated %v, %v", plain, match, outdated, err)
		}
		for _, other := range []string{"", plain + " ", plain + "\x00", strings.ToUpper(plain) + "?", plain[:len(plain)-1]} {
			if match, outdated, err := h.Verify(t.Context(), other, stored); match || outdated || err != nil {
				t.Errorf("%q for %q: match %v, outdated %v, %v", other, plain, match, outdated, err)
			}
		}
		if again, _ := h.Hash(t.Context(), plain); again == stored {
			t.Errorf("%q has the same hash twice", plain)
		}
	}
}

// Passwords are compared as they were received: what looks alike may differ.
func TestVerifyNormalisesNothing(t *testing.T) {
	h := newHasher(t, password.Options{Params: password.Insecure()})
	stored, err := h.Hash(t.Context(), "caf\u00e9 au lait")
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{"cafe\u0301 au lait", "CAF\u00c9 AU LAIT", " caf\u00e9 au lait", "caf\u00e9 au lait "} {
		if match, _, err := h.Verify(t.Context(), other, stored); match || err != nil {
			t.Errorf("%+q: match %v, %v", other, match, err)
		}
	}
}

func TestDefaultIsWhatIsDocumented(t *testing.T) {
	h := newHasher(t, password.Options{})
	stored, err := h.Hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`)
	if !want.MatchString(stored.Reveal()) {
		t.Errorf("hash %q", stored.Reveal())
	}
	if match, outdated, err := h.Verify(t.Context(), "correct horse", stored); !match || outdated || err != nil {
		t.Errorf("match %v, outdated %v, %v", match, outdated, err)
	}
	if _, _, err := h.Verify(t.Context(), "x", insecureHash(t)); !errors.Is(err, password.ErrFormat) {
		t.Errorf("a test's hash got %v", err)
	}
}

func insecureHash(t *testing.T) password.Hash {
	t.Helper()
	stored, err := newHasher(t, password.Options{Params: password.Insecure()}).Hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

// vectors are hashes that other programs made.
var vectors = []struct{ from, plain, stored string }{
	{"the reference implementation's test.c", "password",
		"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"},
	{"jBCrypt", "abc", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"},
	{"jBCrypt", "abcdefghijklmnopqrstuvwxyz", "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC"},
	{"jBCrypt, as PHP writes it", "abc", "$2y$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"},
	{"passlib's manual", "password",
		"$pbkdf2-sha256$6400$.6UI/S.nXIk8jcbdHx3Fhg$98jZicV16ODfEsEZeYPGHU3kbrUrvUEXOPimVSQDD44"},
	{"Python's hashlib", "correct horse",
		"$pbkdf2-sha256$i=1000$8PHy8/T19vf4+fr7/P3+/w$JwgcbJZlHBoE0uPBMy9SZsCsIJXsYLx/8XwH97PVwMU"},
	{"Python's hashlib", "correct horse",
		"$pbkdf2-sha256$i=1000,l=32$8PHy8/T19vf4+fr7/P3+/w$JwgcbJZlHBoE0uPBMy9SZsCsIJXsYLx/8XwH97PVwMU"},
	{"Python's hashlib", "correct horse", "pbkdf2_sha256$1000$seasaltseasalt$nFEtiBJrsFKs/zt16fe0xZYOaKEZwkghPKgXrtcV9Hc="},
	{"Python's hashlib", "lètmein", "pbkdf2_sha256$260000$seasalt2$UCGMhrOoaq1ghQPArIBK5RkI6IZLRxlIwHWA1dMy7y8="},
}

func TestVerifyReadsOthersHashes(t *testing.T) {
	h := newHasher(t, password.Options{Params: password.Insecure()})
	for _, v := range vectors {
		stored := password.Hash(v.stored)
		if err := h.Readable(stored); err != nil {
			t.Errorf("%s, %s: %v", v.from, v.stored, err)
		}
		if match, outdated, err := h.Verify(t.Context(), v.plain, stored); !match || !outdated || err != nil {
			t.Errorf("%s, %s: match %v, outdated %v, %v", v.from, v.stored, match, outdated, err)
		}
		for _, other := range []string{"", v.plain + "x", "X" + v.plain, v.plain + "\x00"} {
			if match, outdated, err := h.Verify(t.Context(), other, stored); match || outdated || err != nil {
				t.Errorf("%s, %s: %q got match %v, outdated %v, %v", v.from, v.stored, other, match, outdated, err)
			}
		}
	}
}

// bcrypt sees 72 bytes and repeats what is shorter, with a NUL between. HMAC
// pads a short key with NULs and hashes a long one. The functions alone would
// take each of these candidates.
func TestVerifyRefusesWhatOthersConfuse(t *testing.T) {
	h := newHasher(t, password.Options{Params: password.Insecure()})
	full, long := strings.Repeat("0123456789ab", 6), strings.Repeat("0123456789", 10)
	digest := sha256.Sum256([]byte(long))
	for _, c := range []struct {
		name, plain, other string
		stored             password.Hash
	}{
		{"bcrypt, 73 bytes", full, full + "c", bcryptOf(t, full)},
		{"bcrypt, NUL", "abc", "abc\x00abc", bcryptOf(t, "abc")},
		{"PBKDF2, NUL", "abc", "abc\x00", pbkdf2Of(t, "abc")},
		{"PBKDF2, digest", long, string(digest[:]), pbkdf2Of(t, long)},
		{"bcrypt, empty", "", "", bcryptOf(t, "")},
		{"PBKDF2, empty", "", "", pbkdf2Of(t, "")},
	} {
		if c.plain != "" {
			if match, _, err := h.Verify(t.Context(), c.plain, c.stored); !match || err != nil {
				t.Errorf("%s: match %v, %v for the password", c.name, match, err)
			}
		}
		if match, _, err := h.Verify(t.Context(), c.other, c.stored); match || err != nil {
			t.Errorf("%s: match %v, %v", c.name, match, err)
		}
	}
}

func TestOutdated(t *testing.T) {
	params := password.Params{Memory: 7168, Time: 5, Threads: 1}
	h := newHasher(t, password.Options{Params: params})
	for name, change := range map[string]func(p *password.Params){
		"same":    func(p *password.Params) {},
		"memory":  func(p *password.Params) { p.Memory++ },
		"time":    func(p *password.Params) { p.Time++ },
		"threads": func(p *password.Params) { p.Threads++ },
	} {
		p := params
		change(&p)
		stored, err := newHasher(t, password.Options{Params: p}).Hash(t.Context(), "correct horse")
		if err != nil {
			t.Fatal(err)
		}
		if match, outdated, err := h.Verify(t.Context(), "correct horse", stored); !match || outdated != (name != "same") || err != nil {
			t.Errorf("%s: match %v, outdated %v, %v", name, match, outdated, err)
		}
	}
}

// A shorter salt or tag than a new hash has is outdated as well.
func TestOutdatedLengths(t *testing.T) {
	h := newHasher(t, password.Options{Params: password.Insecure()})
	b64 := base64.RawStdEncoding.EncodeToString
	for _, c := range []struct {
		salt, tag int
		outdated  bool
	}{{16, 32, false}, {8, 32, true}, {16, 16, true}} {
		salt := make([]byte, c.salt)
		tag := argon2.IDKey([]byte("correct horse"), salt, 1, 64, 1, uint32(c.tag))
		stored := password.Hash("$argon2id$v=19$m=64,t=1,p=1$" + b64(salt) + "$" + b64(tag))
		if match, outdated, err := h.Verify(t.Context(), "correct horse", stored); !match || outdated != c.outdated || err != nil {
			t.Errorf("salt of %d, tag of %d: match %v, outdated %v, %v", c.salt, c.tag, match, outdated, err)
		}
	}
}

// Every sign-in costs one Argon2id at least, whatever is stored and sent. What
// is counted is its memory: time would only be a guess on a busy machine.
func TestEveryVerifyCostsOneHash(t *testing.T) {
	h := newHasher(t, password.Options{})
	present, err := h.Hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 1000)
	for _, c := range []struct {
		name, plain string
		stored      password.Hash
		err         error
	}{
		{"right", "correct horse", present, nil},
		{"wrong", "wrong horse", present, nil},
		{"too long", long, present, nil},
		{"empty", "", present, nil},
		{"no password", "correct horse", "", nil},
		{"no password, too long", long, "", nil},
		{"malformed", "correct horse", "$argon2id$v=19$m=4294967295,t=2,p=1$", password.ErrFormat},
		{"bcrypt, right", "abc", password.Hash(vectors[1].stored), nil},
		{"bcrypt, wrong", "abd", password.Hash(vectors[1].stored), nil},
		{"bcrypt, too long", long[:100], password.Hash(vectors[1].stored), nil},
		{"PBKDF2, wrong", "abd", password.Hash(vectors[5].stored), nil},
	} {
		got := allocated(func() {
			if _, _, err := h.Verify(t.Context(), c.plain, c.stored); !errors.Is(err, c.err) {
				t.Errorf("%s: %v", c.name, err)
			}
		})
		checkOneHash(t, c.name, got)
	}
	checkOneHash(t, "waste", allocated(func() {
		if err := h.Waste(t.Context(), "correct horse"); err != nil {
			t.Error(err)
		}
	}))
}

// allocated returns how many bytes work allocates.
func allocated(work func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func checkOneHash(t *testing.T, name string, bytes uint64) {
	t.Helper()
	hash := uint64(password.Default().Memory) << 10
	if bytes < hash || bytes >= 2*hash {
		t.Errorf("%s: %d bytes allocated; one hash takes %d", name, bytes, hash)
	}
}

func TestHashRefusesWhatNeverMatches(t *testing.T) {
	h := newHasher(t, password.Options{Params: password.Insecure()})
	for plain, want := range map[string]password.Reason{
		"":                                       password.TooShort,
		strings.Repeat("x", password.MaxBytes+1): password.TooLong,
	} {
		stored, err := h.Hash(t.Context(), plain)
		var refused *password.Refused
		if !errors.As(err, &refused) || refused.Reason != want || stored != "" {
			t.Errorf("%d bytes: %v, %v", len(plain), stored.Reveal(), err)
		}
	}
}

func TestContextThatIsOver(t *testing.T) {
	h := newHasher(t, password.Options{Params: password.Insecure()})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	stored := insecureHash(t)
	if got, err := h.Hash(ctx, "correct horse"); !errors.Is(err, context.Canceled) || got != "" {
		t.Errorf("hash: %v", err)
	}
	if match, _, err := h.Verify(ctx, "correct horse", stored); !errors.Is(err, context.Canceled) || match {
		t.Errorf("verify: %v, %v", match, err)
	}
	if _, _, err := h.Verify(ctx, "correct horse", "malformed"); !errors.Is(err, context.Canceled) {
		t.Errorf("verify malformed: %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, o := range []password.Options{
		{MaxMemory: 1<<20 + 1}, {Concurrency: -1}, {Queue: -1}, {Wait: -time.Second},
	} {
		if _, err := password.New(o); !errors.Is(err, password.ErrOptions) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if _, err := password.New(password.Options{MaxMemory: 19455}); !errors.Is(err, password.ErrParams) {
		t.Errorf("default parameters above MaxMemory: %v", err)
	}
}

func TestParamsValidate(t *testing.T) {
	refused := []password.Params{
		{}, {Memory: 64, Time: 1, Threads: 1},
		{Memory: 47103, Time: 1, Threads: 1}, {Memory: 19455, Time: 2, Threads: 1}, {Memory: 12287, Time: 3, Threads: 1},
		{Memory: 9215, Time: 4, Threads: 1}, {Memory: 7167, Time: 10, Threads: 1},
		{Memory: 19456, Time: 2}, {Memory: 19456, Time: 2, Threads: 5}, {Memory: 19456, Time: 11, Threads: 1},
		{Memory: 1<<20 + 1, Time: 2, Threads: 1}, {Memory: 1 << 20, Threads: 1},
	}
	for _, p := range refused {
		if err := p.Validate(); !errors.Is(err, password.ErrParams) {
			t.Errorf("%+v: %v", p, err)
		}
		if p != (password.Params{}) {
			if _, err := password.New(password.Options{Params: p}); !errors.Is(err, password.ErrParams) {
				t.Errorf("New with %+v: %v", p, err)
			}
		}
	}
	for _, p := range []password.Params{
		password.Default(), password.Insecure(),
		{Memory: 47104, Time: 1, Threads: 1}, {Memory: 12288, Time: 3, Threads: 1}, {Memory: 9216, Time: 4, Threads: 1},
		{Memory: 7168, Time: 5, Threads: 1}, {Memory: 1 << 20, Time: 10, Threads: 4},
	} {
		if err := p.Validate(); err != nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
}
