package storetest

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// noon is the present of the suite.
var noon = time.Date(2041, 3, 1, 12, 0, 0, 123_456_000, time.UTC)

// fixture is one case's empty store, and short words for what cases do to it.
type fixture struct {
	*testing.T
	ctx     context.Context
	store   store.Store
	harness Harness
	home    uuid.UUID // the default tenant
	tokens  int
}

func newFixture(t *testing.T, h Harness, c Config) *fixture {
	t.Helper()
	f := &fixture{T: t, ctx: t.Context(), store: h.Open(t, c), harness: h}
	tenant, err := f.store.TenantByNumber(f.ctx, users.DefaultTenant)
	f.must(err)
	f.home = tenant.ID
	return f
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// must1 is must for calls whose value does not matter.
func (f *fixture) must1(_ any, err error) {
	f.Helper()
	f.must(err)
}

// fails checks for an error of the contract.
func (f *fixture) fails(err, want error) {
	f.Helper()
	if !errors.Is(err, want) {
		f.Errorf("error is %v; want %v", err, want)
	}
}

// write runs fn in a transaction that has to commit.
func (f *fixture) write(fn func(tx store.Store) error) {
	f.Helper()
	f.must(f.store.InTx(f.ctx, fn))
}

// refused runs fn, which has to fail as documented, in a transaction that commits all the same: a refusal leaves nothing behind.
func (f *fixture) refused(want error, fn func(tx store.Store) error) {
	f.Helper()
	before := f.dump()
	f.write(func(tx store.Store) error {
		f.Helper()
		f.fails(fn(tx), want)
		return nil
	})
	f.unchanged(before)
}

// broken runs fn, which has to fail for a reason that is not documented, so that the transaction can only be rolled back.
func (f *fixture) broken(what string, fn func(tx store.Store) error) {
	f.Helper()
	before := f.dump()
	if err := f.store.InTx(f.ctx, fn); err == nil {
		f.Errorf("%s is no error", what)
	}
	f.unchanged(before)
}

func (f *fixture) dump() string {
	f.Helper()
	text, err := Dump(f.ctx, f.store)
	f.must(err)
	return text
}

func (f *fixture) unchanged(before string) {
	f.Helper()
	if after := f.dump(); after != before {
		f.Errorf("the store has changed from\n%s\nto\n%s", before, after)
	}
}

// equal checks that a store has answered exactly what it should.
func equal[T any](f *fixture, got, want T) {
	f.Helper()
	if !reflect.DeepEqual(got, want) {
		f.Errorf("got\n\t%+v\nwant\n\t%+v", got, want)
	}
}

// value returns v, and ends the case on an error: value[T](f)(s.User(ctx, id)).
func value[T any](f *fixture) func(v T, err error) T {
	return func(v T, err error) T {
		f.Helper()
		f.must(err)
		return v
	}
}
