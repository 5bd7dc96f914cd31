package wire

// Opt is a member that may have been sent: absent (the zero Opt), null, or set
// to a value. Null is true only where the reader was told that null is a value
// ([Nullable]); elsewhere a null reads as absent.
type Opt[T any] struct {
	Value T // the zero value unless Set
	Set   bool
	Null  bool
}

// Some returns an Opt that is set to value.
func Some[T any](value T) Opt[T] { return Opt[T]{Value: value, Set: true} }

// Or returns the value, or fallback when none is set.
func (o Opt[T]) Or(fallback T) T {
	if !o.Set {
		return fallback
	}
	return o.Value
}

// Ptr returns a pointer to a copy of the value, or nil when none is set.
func (o Opt[T]) Ptr() *T {
	if !o.Set {
		return nil
	}
	return &o.Value
}

// Sent reports whether the member was sent: set, or null where null is a value.
func (o Opt[T]) Sent() bool { return o.Set || o.Null }
