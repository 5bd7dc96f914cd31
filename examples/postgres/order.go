package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/users"
)

// takesOrders is what whoever takes orders holds: he makes accounts by it.
const takesOrders = perms.UsersCreate

// errSold: everything is sold once.
var errSold = errors.New("sold already")

// createOrders makes the host's table. One process at a time does: of two that make the same table at once, one would fail.
func createOrders(ctx context.Context, db *sql.DB) error {
	const statements = `
		begin;
		select pg_advisory_xact_lock(20410315);
		create table if not exists orders (
			id bigint generated always as identity primary key,
			item text not null unique,
			buyer uuid not null
		);
		commit`
	_, err := db.ExecContext(ctx, statements)
	return err
}

// desk is where orders are taken.
type desk struct {
	store *sqlstore.Store
	db    *sql.DB
	book  *store.Book
	log   *slog.Logger
}

// order is what somebody new orders, and what comes of it.
type order struct {
	ID    int64     `json:"id"`
	Item  string    `json:"item"`
	Email string    `json:"email"`
	Name  string    `json:"name"`
	Buyer uuid.UUID `json:"buyer"`
}

// ServeHTTP is POST /orders, behind [httpapi.API.Require].
func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	who, _ := httpapi.PrincipalFrom(r.Context())
	var o order
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&o); err != nil || o.Item == "" {
		http.Error(w, "an order has an item, an e-mail and a name", http.StatusBadRequest)
		return
	}
	err := d.take(r.Context(), perms.As(who.User), &o)
	switch {
	case err == nil:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(o) // the client has gone
	case errors.Is(err, errSold), errors.Is(err, users.ErrAddressTaken):
		http.Error(w, err.Error(), http.StatusConflict)
	case errors.Is(err, perms.ErrInvalid):
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
	case errors.Is(err, perms.ErrForbidden):
		http.Error(w, err.Error(), http.StatusForbidden)
	default:
		d.log.ErrorContext(r.Context(), "order not taken", "error", err)
		http.Error(w, "the order was not taken", http.StatusInternalServerError)
	}
}

// take makes the account of a buyer, in the name of whoever takes the order, and the order itself: both, or neither.
func (d *desk) take(ctx context.Context, actor perms.Actor, o *order) error {
	const insert = `
		insert into orders (item, buyer)
		values ($1, $2)
		on conflict do nothing
		returning id`
	tx, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	joined := d.store.Join(tx)
	buyer, err := d.book.On(joined).Users.Create(ctx, actor.Because("order"), users.New{Email: o.Email, Name: o.Name})
	if err != nil {
		return err
	}
	o.Buyer = buyer.ID
	err = tx.QueryRowContext(ctx, insert, o.Item, o.Buyer.String()).Scan(&o.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return errSold
	}
	if err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	if err := joined.Committed(context.WithoutCancel(ctx)); err != nil { // the order stands all the same
		d.log.WarnContext(ctx, "a change is not visible at once", "error", err)
	}
	return nil
}
