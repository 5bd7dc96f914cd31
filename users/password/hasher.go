package password

import (
	"context"
	"crypto/rand"
	"errors"
	"runtime"
	"time"
)

// ErrOptions says that a limit in [Options] is negative or out of range.
var ErrOptions = errors.New("password: option out of range")

// Options are the settings of a [Hasher]. Each zero stands for its default.
type Options struct {
	Params      Params        // of new hashes; Default
	MaxMemory   uint32        // of a stored Argon2id hash, in KiB, at most 1 GiB; 256 MiB
	Concurrency int           // hashes running at once; GOMAXPROCS
	Queue       int           // callers waiting at once; 64
	Wait        time.Duration // longest wait of each; 2 s
}

// A Hasher makes and compares credentials. It is safe for concurrent use, and
// one of them should serve the whole process: the limits hold for each.
//
// Hashes in progress hold Concurrency times Memory. What they leave stays until
// the garbage is collected, so under load expect three times as much.
//
// Its methods return [ErrBusy] when too many hashes are running and waiting,
// and the error of ctx when it ends first.
type Hasher struct {
	params Params
	memory memoryRange
	gate   *gate
}

// New returns a Hasher. It returns [ErrParams] or [ErrOptions] for settings
// that are too weak or out of range.
func New(o Options) (*Hasher, error) {
	if o.Params == (Params{}) {
		o.Params = Default()
	}
	if err := o.Params.Validate(); err != nil {
		return nil, err
	}
	if o.MaxMemory == 0 {
		o.MaxMemory = 256 << 10
	}
	if o.Concurrency == 0 {
		o.Concurrency = runtime.GOMAXPROCS(0)
	}
	if o.Queue == 0 {
		o.Queue = 64
	}
	if o.Wait == 0 {
		o.Wait = 2 * time.Second
	}
	if o.MaxMemory > maxMemory || o.Concurrency < 0 || o.Queue < 0 || o.Wait < 0 {
		return nil, ErrOptions
	}
	if o.Params.Memory > o.MaxMemory {
		return nil, ErrParams
	}
	return &Hasher{
		params: o.Params,
		// What Insecure hashed is read only by a Hasher that hashes so itself.
		memory: memoryRange{min: min(minMemory, o.Params.Memory), max: o.MaxMemory},
		gate:   newGate(o.Concurrency, o.Queue, o.Wait),
	}, nil
}

// Hash returns a new credential for plain, exactly as it was received. It
// returns a [*Refused] for a plain that [Hasher.Verify] could never match: an
// empty one or one of more than [MaxBytes] bytes. Everything else is for a
// [Policy] to refuse before.
func (h *Hasher) Hash(ctx context.Context, plain string) (Hash, error) {
	if plain == "" {
		return "", &Refused{Reason: TooShort, Limit: 1}
	}
	if len(plain) > MaxBytes {
		return "", &Refused{Reason: TooLong, Limit: MaxBytes}
	}
	return through(ctx, h.gate, func() Hash {
		salt := make([]byte, saltLength)
		_, _ = rand.Read(salt) // never fails: it ends the process instead
		return h.params.encode(salt, h.params.derive(plain, salt, tagLength))
	})
}

// Verify reports whether plain is the password behind stored and, if so,
// whether stored is outdated: of another kind or with other parameters than a
// new hash, so that the caller should replace it while he has the password.
//
// Whatever stored is, the work is at least that of one new hash: it is added
// when stored is empty or unreadable, and when it is outdated, whether or not
// plain matches. It is not less for a plain that can not match: an empty one,
// one of more than [MaxBytes] bytes, and for an imported hash one that is not
// UTF-8, holds a NUL or, with bcrypt, has more than 72 bytes. An outdated hash costs its own work on top, so an account whose
// imported hash is expensive can be told by its time until it is replaced.
//
// The error wraps [ErrFormat] when stored can not be read; nothing matches it.
func (h *Hasher) Verify(ctx context.Context, plain string, stored Hash) (match, outdated bool, err error) {
	var c credential
	var unreadable error
	if stored != "" {
		c, unreadable = parse(stored.Reveal(), h.memory)
	}
	if c == nil {
		if err := h.Waste(ctx, plain); err != nil {
			return false, false, err
		}
		return false, false, unreadable
	}
	outdated = c.outdated(h.params)
	match, err = through(ctx, h.gate, func() bool {
		if outdated {
			h.waste(plain)
		}
		return c.matches(plain)
	})
	return match, match && outdated, err
}

// Waste does the work of comparing plain with a new hash and tells nothing. It
// is for a sign-in that names no account.
func (h *Hasher) Waste(ctx context.Context, plain string) error {
	_, err := through(ctx, h.gate, func() bool { return h.waste(plain) })
	return err
}

func (h *Hasher) waste(plain string) bool {
	dummy := argon2Credential{params: h.params, salt: make([]byte, saltLength), tag: make([]byte, tagLength)}
	return dummy.matches(plain)
}

// Readable returns nil if [Hasher.Verify] can read stored, and an error that
// wraps [ErrFormat] if not. It is for importing accounts.
func (h *Hasher) Readable(stored Hash) error {
	_, err := parse(stored.Reveal(), h.memory)
	return err
}
