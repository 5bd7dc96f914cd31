package password

import (
	"context"
	"errors"
	"time"
)

// ErrBusy says that too many hashes are running and waiting. It is worth
// trying again in a few seconds.
var ErrBusy = errors.New("password: too many hashes at once")

// A gate lets a fixed number of pieces of work run at once and a fixed number
// of callers wait for their turn.
type gate struct {
	running chan struct{}
	waiting chan struct{}
	wait    time.Duration
}

func newGate(concurrency, queue int, wait time.Duration) *gate {
	return &gate{
		running: make(chan struct{}, concurrency),
		waiting: make(chan struct{}, queue),
		wait:    wait,
	}
}

// enter takes a permit, waiting for one no longer than the gate's wait and ctx
// allow.
func (g *gate) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case g.running <- struct{}{}:
		return nil
	default:
	}
	select {
	case g.waiting <- struct{}{}:
		defer func() { <-g.waiting }()
	default:
		return ErrBusy
	}
	timer := time.NewTimer(g.wait)
	defer timer.Stop()
	select {
	case g.running <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return ErrBusy
	}
}

func (g *gate) leave() { <-g.running }

// through runs work behind the gate and returns its result. Work can not be
// interrupted, so it keeps its permit until it ends, also when ctx ends first
// and the caller is gone: cancelling requests never makes more of it run.
func through[T any](ctx context.Context, g *gate, work func() T) (T, error) {
	var none T
	if err := g.enter(ctx); err != nil {
		return none, err
	}
	result := make(chan T, 1)
	go func() {
		defer g.leave()
		result <- work()
	}()
	select {
	case r := <-result:
		return r, nil
	case <-ctx.Done():
		return none, ctx.Err()
	}
}
