package storetest

import (
	"bytes"
	"context"
	"reflect"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// checkHolders asks who holds some permissions, and compares that with the checks of everybody everywhere.
func (h *history) checkHolders() {
	h.t.Helper()
	ctx := h.t.Context()
	all, err := h.s.Users(ctx, users.Filter{Statuses: everybody})
	h.must(err)
	tenants, err := h.s.Tenants(ctx, users.TenantFilter{All: true})
	h.must(err)
	for _, key := range []perms.Permission{"assets.view", "assets.edit", perms.UsersAssign, perms.FeaturesAI, "assets.unknown"} {
		want := map[perms.Scope][]perms.Holder{}
		for _, u := range all {
			where := h.checks(ctx, u.ID, key, tenants)
			for _, scope := range where {
				want[scope] = append(want[scope], perms.Holder{User: u.ID, Number: u.Number})
			}
			if len(where) > 0 {
				want[perms.Scope{}] = append(want[perms.Scope{}], perms.Holder{User: u.ID, Number: u.Number, Where: summed(where, len(tenants))})
			}
		}
		for _, t := range tenants {
			h.checkHoldersIn(ctx, key, perms.In(t.ID), want[perms.In(t.ID)])
		}
		h.checkHoldersIn(ctx, key, perms.In(newID()), nil)
		h.checkHoldersIn(ctx, key, perms.Anywhere, want[perms.Anywhere])
		h.checkHoldersIn(ctx, key, perms.Scope{}, want[perms.Scope{}])
	}
}

// checks returns where checks of a permission answer allowed: tenants by their ids, and the platform at the end.
func (h *history) checks(ctx context.Context, user uuid.UUID, key perms.Permission, tenants []users.Tenant) []perms.Scope {
	h.t.Helper()
	var ids []uuid.UUID
	for _, t := range tenants {
		ids = append(ids, t.ID)
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	var where []perms.Scope
	for _, id := range ids {
		where = append(where, perms.In(id))
	}
	return slices.DeleteFunc(append(where, perms.Anywhere), func(scope perms.Scope) bool {
		d, err := h.book.Perms.Check(ctx, user, key, scope)
		h.must(err)
		return !d.Allowed
	})
}

// summed returns the scopes as a holder has them.
func summed(where []perms.Scope, tenants int) []perms.Scope {
	if where[len(where)-1] != perms.Anywhere {
		return where
	}
	if len(where) > tenants {
		return []perms.Scope{perms.Anywhere}
	}
	return slices.Insert(slices.Clone(where[:len(where)-1]), 0, perms.Anywhere)
}

func (h *history) checkHoldersIn(ctx context.Context, key perms.Permission, scope perms.Scope, want []perms.Holder) {
	h.t.Helper()
	var got []perms.Holder
	for after, limit := int64(0), 1+h.rand.IntN(9); ; {
		page, err := h.book.Perms.Holders(ctx, perms.HolderQuery{Permission: key, Scope: scope, After: after, Limit: limit})
		h.must(err)
		if page.Revision != h.head() {
			h.t.Errorf("holders as of revision %d, not %d", page.Revision, h.head())
		}
		for _, holder := range page.Holders {
			after = holder.Number
			if scope != (perms.Scope{}) {
				holder.Where = nil
			}
			got = append(got, holder)
		}
		if len(page.Holders) < limit {
			break
		}
	}
	if !reflect.DeepEqual(got, want) {
		h.t.Errorf("%s is held in %q by\n\t%v\nand checks say\n\t%v", key, scope, got, want)
	}
	count, _, err := h.book.Perms.CountHolders(ctx, key, scope)
	h.must(err)
	if count != int64(len(want)) {
		h.t.Errorf("%s is held in %q by %d, not %d", key, scope, len(want), count)
	}
}
