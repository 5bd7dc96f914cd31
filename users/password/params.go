package password

import "errors"

// ErrParams says that parameters are weaker than OWASP's floor or out of the
// range that a [Hasher] reads back.
var ErrParams = errors.New("password: hashing parameters out of range")

// Params are the costs of one Argon2id hash. The zero value stands for
// [Default] in [Options] and is refused by [Params.Validate].
type Params struct {
	Memory  uint32 // in KiB
	Time    uint32 // passes over the memory
	Threads uint8  // lanes

	// insecure is set by Insecure alone, so that no configuration can ask for it.
	insecure bool
}

// Default returns 19 MiB, two passes and one lane, OWASP's recommendation.
func Default() Params { return Params{Memory: 19456, Time: 2, Threads: 1} }

// Insecure returns parameters that cost microseconds and protect nothing. They
// are for tests only: what they hash is broken as soon as it is stolen.
func Insecure() Params { return Params{Memory: 64, Time: 1, Threads: 1, insecure: true} }

// floors are the equivalent minimum configurations for Argon2id of OWASP's
// Password Storage Cheat Sheet, each with one lane.
var floors = [...]Params{
	{Memory: 47104, Time: 1},
	{Memory: 19456, Time: 2},
	{Memory: 12288, Time: 3},
	{Memory: 9216, Time: 4},
	{Memory: 7168, Time: 5},
}

// Validate returns [ErrParams] unless p is at least as strong as one of OWASP's
// minimum configurations and no stronger than 1 GiB, 10 passes and 4 lanes.
// What [Insecure] returns is let through.
func (p Params) Validate() error {
	if p.insecure {
		return nil
	}
	if p.Memory > maxMemory || p.Time > maxTime || p.Threads < 1 || p.Threads > maxThreads {
		return ErrParams
	}
	for _, floor := range floors {
		if p.Memory >= floor.Memory && p.Time >= floor.Time {
			return nil
		}
	}
	return ErrParams
}
