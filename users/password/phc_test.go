package password

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

var production = memoryRange{min: minMemory, max: 256 << 10}

const (
	salt22 = "MDEyMzQ1Njc4OWFiY2RlZg"                      // 16 bytes
	tag43  = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY" // 32 bytes
	bc53   = "If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"
)

var readable = []string{
	"$argon2id$v=19$m=19456,t=2,p=1$" + salt22 + "$" + tag43,
	"$argon2id$v=19$m=7168,t=1,p=1$c29tZXNhbHQ$" + salt22,                                         // least of all
	"$argon2id$v=19$m=262144,t=10,p=4$" + strings.Repeat("A", 86) + "$" + strings.Repeat("A", 86), // most of all
	"$2a$04$" + bc53, "$2b$10$" + bc53, "$2y$16$" + bc53,
	"$pbkdf2-sha256$i=1000$" + salt22 + "$" + tag43,
	"$pbkdf2-sha256$i=600000,l=32$" + salt22 + "$" + tag43,
	"$pbkdf2-sha256$10000000$" + salt22 + "$./" + tag43[2:],
	"pbkdf2_sha256$600000$seasaltseasalt$" + tag43 + "=",
}

var unreadable = []string{
	"$", "$$", strings.Repeat("$", 1<<20), "x", "plain text", "$argon2id", "$argon2id$", "$2b$", "$pbkdf2-sha256$", "pbkdf2_sha256$",
	"$argon2i$v=19$m=19456,t=2,p=1$" + salt22 + "$" + tag43,
	"$scrypt$ln=16,r=8,p=1$" + salt22 + "$" + tag43,
	"argon2id$v=19$m=19456,t=2,p=1$" + salt22 + "$" + tag43,
	"x$argon2id$v=19$m=19456,t=2,p=1$" + salt22 + "$" + tag43,
	// version
	"$argon2id$v=16$m=19456,t=2,p=1$" + salt22 + "$" + tag43,
	"$argon2id$m=19456,t=2,p=1$" + salt22 + "$" + tag43,
	// costs
	"$argon2id$v=19$m=2147483648,t=2,p=1$" + salt22 + "$" + tag43,
	"$argon2id$v=19$m=262145,t=2,p=1$" + salt22 + "$" + tag43,
	"$argon2id$v=19$m=7167,t=2,p=1$" + salt22 + "$" + tag43,
	"$argon2id$v=19$m=64,t=1,p=1$" + salt22 + "$" + tag43,
	"$argon2id$v=19$m=19456,t=1000000,p=1$" + salt22 + "$" + tag43,
	"$argon2id$v=19$m=19456,t=11,p=1$" + salt22 + "$" + tag43,
	"$argon2id$v=19$m=19456,t=0,p=1$" + salt22 + "$" + tag43,
	"$argon2id$v=19$m=19456,t=2,p=255$" + salt22 + "$" + tag43,
	"$argon2id$v=19$m=19456,t=2,p=5$" + salt22 + "$" + tag43,
	"$argon2id$v=19$m=19456,t=2,p=0$" + salt22 + "$" + tag43,
	"$argon2id$v=19$m=99999999999999999999,t=2,p=1$" + salt22 + "$" + tag43,
	// numbers in other forms
	"$argon2id$v=19$m=019456,t=2,p=1$" + salt22 + "$" + tag43,
	"$argon2id$v=19$m=+19456,t=2,p=1$" + salt22 + "$" + tag43,
	"$argon2id$v=19$m=19_456,t=2,p=1$" + salt22 + "$" + tag43,
	"$argon2id$v=19$m=,t=2,p=1$" + salt22 + "$" + tag43,
	"$argon2id$v=19$m=19456,t=2,p=-1$" + salt22 + "$" + tag43,
	// fields missing, doubled, added, reordered
	"$argon2id$v=19$m=19456,t=2$" + salt22 + "$" + tag43,
	"$argon2id$v=19$t=2,m=19456,p=1$" + salt22 + "$" + tag43,
	"$argon2id$v=19$m=19456,t=2,p=1,keyid=a$" + salt22 + "$" + tag43,
	"$argon2id$v=19$m=19456,t=2,p=1,p=1$" + salt22 + "$" + tag43,
	"$argon2id$v=19$m=19456,t=2,p=1$" + salt22,
	"$argon2id$v=19$m=19456,t=2,p=1$" + salt22 + "$" + tag43 + "$",
	"$argon2id$v=19$m=19456,t=2,p=1$$" + salt22 + "$" + tag43,
	// salt and tag
	"$argon2id$v=19$m=19456,t=2,p=1$" + salt22 + "$",
	"$argon2id$v=19$m=19456,t=2,p=1$" + salt22 + "==$" + tag43,
	"$argon2id$v=19$m=19456,t=2,p=1$" + salt22 + "$" + tag43 + "=",
	"$argon2id$v=19$m=19456,t=2,p=1$" + salt22[:21] + "h$" + tag43, // bits after the last byte
	"$argon2id$v=19$m=19456,t=2,p=1$" + salt22[:21] + "\n$" + tag43,
	"$argon2id$v=19$m=19456,t=2,p=1$" + salt22 + "\n$" + tag43,
	"$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbA$" + tag43,                      // 7 bytes
	"$argon2id$v=19$m=19456,t=2,p=1$" + strings.Repeat("A", 87) + "$" + tag43, // 65 bytes
	"$argon2id$v=19$m=19456,t=2,p=1$" + salt22 + "$MDEyMzQ1Njc4OWFiY2Rl",      // 15 bytes
	"$argon2id$v=19$m=19456,t=2,p=1$" + salt22 + "$" + strings.Repeat("A", 87),
	"$argon2id$v=19$m=19456,t=2,p=1$" + salt22 + "$" + strings.Repeat("A", 1<<20),
	"$argon2id$v=19$m=19456,t=2,p=1$" + salt22[:20] + "-_$" + tag43,
	// bcrypt
	"$2a$03$" + bc53, "$2a$17$" + bc53, "$2a$31$" + bc53, "$2a$4$" + bc53 + "A", "$2x$10$" + bc53, "$2$10$" + bc53,
	"$2a$+4$" + bc53, "$2a$10$" + bc53[1:], "$2a$10$" + bc53 + "A", "$2a$10$" + bc53[1:] + "=", "$2a$10$" + bc53[1:] + "$",
	"$2a$010$" + bc53[1:],
	// PBKDF2
	"$pbkdf2-sha256$i=999$" + salt22 + "$" + tag43,
	"$pbkdf2-sha256$i=10000001$" + salt22 + "$" + tag43,
	"$pbkdf2-sha256$i=0600000$" + salt22 + "$" + tag43,
	"$pbkdf2-sha256$i=600000,l=31$" + salt22 + "$" + tag43,
	"$pbkdf2-sha256$i=600000,l=032$" + salt22 + "$" + tag43,
	"$pbkdf2-sha256$i=600000,$" + salt22 + "$" + tag43,
	"$pbkdf2-sha256$i=600000,l=32,x=1$" + salt22 + "$" + tag43,
	"$pbkdf2-sha256$600000,l=32$" + salt22 + "$" + tag43,
	"$pbkdf2-sha256$600000$" + salt22 + "$+/" + tag43[2:], // passlib has no plus sign
	"$pbkdf2-sha256$i=600000$" + salt22 + "$./" + tag43[2:],
	"$pbkdf2-sha256$i=600000$" + salt22 + "$" + tag43 + "$",
	"$pbkdf2-sha256$i=600000$" + salt22[:10] + "$" + tag43,
	"$pbkdf2-sha256$i=600000$" + salt22 + "$" + tag43[:20],
	"$pbkdf2-sha512$i=600000$" + salt22 + "$" + tag43,
	"pbkdf2_sha256$600000$seasalt$" + tag43 + "=", // 7 bytes
	"pbkdf2_sha256$600000$seasaltseasalt$" + tag43,
	"pbkdf2_sha256$600000$" + strings.Repeat("s", 65) + "$" + tag43 + "=",
	"pbkdf2_sha256$i=600000$seasaltseasalt$" + tag43 + "=",
	"pbkdf2_sha256$999$seasaltseasalt$" + tag43 + "=",
	"pbkdf2_sha256$600000$seasaltseasalt$" + tag43 + "=$",
	"$pbkdf2_sha256$600000$seasaltseasalt$" + tag43 + "=",
	"pbkdf2_sha256$600000$sea salt sea$" + tag43 + "=",
	"pbkdf2_sha256$600000$seasaltseasält$" + tag43 + "=",
}

func TestParseReads(t *testing.T) {
	for _, stored := range readable {
		if _, err := parse(stored, production); err != nil {
			t.Errorf("%s: %v", stored, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, stored := range unreadable {
		if c, err := parse(stored, production); !errors.Is(err, ErrFormat) || c != nil {
			t.Errorf("%.100s: got %v, %v", stored, c, err)
		}
	}
}

// A hostile hash costs next to nothing: the bounds come before the work.
func TestParseIsCheap(t *testing.T) {
	for _, stored := range unreadable {
		best := time.Hour // of several, since the machine may be busy elsewhere
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 5 {
			start := time.Now()
			_, _ = parse(stored, production)
			best = min(best, time.Since(start))
		}
		runtime.ReadMemStats(&after)
		if best >= time.Millisecond {
			t.Errorf("%.100s: %v", stored, best)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
			t.Errorf("%.100s: %d bytes allocated", stored, n)
		}
	}
}

// The errors of hashes end in logs, and so hold none of them.
func TestParseErrorsHoldNoHash(t *testing.T) {
	for _, stored := range unreadable {
		_, err := parse(stored, production)
		for _, part := range []string{salt22[:10], tag43[:10], bc53[1:10]} {
			if strings.Contains(err.Error(), part) {
				t.Errorf("%q holds %q", err, part)
			}
		}
	}
}

// What parse takes is inside the bounds, and Argon2id hashes have one notation.
func FuzzParse(f *testing.F) {
	for _, stored := range slices.Concat(readable, unreadable) {
		if len(stored) <= 2*maxStored { // longer seeds only slow the fuzzer down
			f.Add(stored)
		}
	}
	f.Fuzz(func(t *testing.T, stored string) {
		c, err := parse(stored, production)
		if err != nil {
			if !errors.Is(err, ErrFormat) || c != nil {
				t.Fatalf("refused with %v, %v", c, err)
			}
			return
		}
		switch c := c.(type) {
		case argon2Credential:
			p := c.params
			if p.Memory < minMemory || p.Memory > production.max || p.Time < 1 || p.Time > maxTime || p.Threads < 1 || p.Threads > maxThreads {
				t.Errorf("took %+v", p)
			}
			if got := p.encode(c.salt, c.tag).Reveal(); got != stored {
				t.Errorf("read %q, wrote %q", stored, got)
			}
			checkLengths(t, c.salt, c.tag)
		case pbkdf2Credential:
			if c.iterations < minIterations || c.iterations > maxIterations {
				t.Errorf("took %d iterations", c.iterations)
			}
			checkLengths(t, c.salt, c.tag)
		case bcryptCredential:
			if len(c) != bcryptLength || string(c) != stored {
				t.Errorf("took %q as %q", stored, string(c))
			}
		default:
			t.Errorf("took %q as %T", stored, c)
		}
	})
}

func checkLengths(t *testing.T, salt, tag []byte) {
	t.Helper()
	if len(salt) < minSalt || len(salt) > maxSalt || len(tag) < minTag || len(tag) > maxTag {
		t.Errorf("took a salt of %d bytes and a tag of %d", len(salt), len(tag))
	}
}

// Work that is given up on still leads as far as work that is not: a candidate
// that can not match is bounded, compared and refused, never returned early.
func TestMatchesWorksAlike(t *testing.T) {
	for _, stored := range []string{
		"$argon2id$v=19$m=64,t=1,p=1$" + salt22 + "$" + tag43,
		"$2a$04$" + bc53,
		"$pbkdf2-sha256$i=1000$" + salt22 + "$" + tag43,
	} {
		c, err := parse(stored, memoryRange{min: 64, max: 64})
		if err != nil {
			t.Fatal(err)
		}
		work := func(candidate string) float64 {
			return testing.AllocsPerRun(5, func() { c.matches(candidate) })
		}
		usual := work("correct horse")
		for _, candidate := range []string{strings.Repeat("x", 300), "", "nul\x00nul nul"} {
			if n := work(candidate); n < usual-1 { // an empty one needs no copy
				t.Errorf("%.30s: %.0f allocations for %.10q; %.0f for a usual candidate", stored, n, candidate, usual)
			}
		}
	}
}
