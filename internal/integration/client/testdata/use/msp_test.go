package use

import (
	"slices"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/integration/client/testdata/use/msp"
)

func useMSP(t *testing.T, s server) {
	ctx := t.Context()
	client, err := msp.NewClientWithResponses(s.url+"/msp", msp.WithRequestEditorFn(header("Authorization", "Bearer "+s.token(t, "ann", "ann@acme.io"))))
	if err != nil {
		t.Fatal(err)
	}
	made := got(client.CreateUserWithResponse(ctx, msp.NewUser{
		Name: "Alice Smith", Email: "alice@acme.io", Password: "securepassword123", RoleID: 5,
	})).of(t, 201).JSON201
	equal(t, "name", made.Name, "Alice Smith")
	equal(t, "role", made.Role.Name, "client_viewer")
	equal(t, "active", made.Active, true)

	listed := func() []msp.User { return *got(client.ListUsersWithResponse(ctx, nil)).of(t, 200).JSON200 }
	equal(t, "listed", slices.ContainsFunc(listed(), func(u msp.User) bool { return u.ID == made.ID && u.Email == "alice@acme.io" }), true)

	changed := got(client.UpdateUserWithResponse(ctx, made.ID, msp.UserUpdate{
		Name: "Alice Jones", Email: made.Email, RoleID: new(int64(4)), Active: new(false),
	})).of(t, 200).JSON200
	equal(t, "name", changed.Name, "Alice Jones")
	equal(t, "role", changed.Role.Name, "client_manager")
	equal(t, "active", changed.Active, false)

	got(client.SetPermissionOverrideWithResponse(ctx, made.ID, msp.NewOverride{PermissionKey: "assets.delete", Granted: true})).of(t, 200)
	held := got(client.GetUserPermissionsWithResponse(ctx, made.ID)).of(t, 200).JSON200
	equal(t, "override held", slices.Contains(held.EffectivePermissions, "assets.delete"), true)

	refused := got(client.CreateUserWithResponse(ctx, msp.NewUser{Name: "Again", Email: "alice@acme.io", Password: "securepassword123", RoleID: 5})).of(t, 409)
	equal(t, "refusal is told", refused.JSON409 != nil && refused.JSON409.Detail != "", true)

	got(client.DeleteUserWithResponse(ctx, made.ID)).of(t, 204)
	equal(t, "listed", slices.ContainsFunc(listed(), func(u msp.User) bool { return u.ID == made.ID }), false)
	got(client.DeleteUserWithResponse(ctx, made.ID)).of(t, 404)
}
