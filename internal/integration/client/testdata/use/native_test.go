package use

import (
	"slices"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/integration/client/testdata/use/native"
)

func useNative(t *testing.T, s server) {
	ctx := t.Context()
	client, err := native.NewClientWithResponses(s.url+"/native", native.WithRequestEditorFn(header("Authorization", "Bearer "+s.token(t, "ann", "ann@acme.io"))))
	if err != nil {
		t.Fatal(err)
	}
	nell := native.NewUser{
		Email: "nell@acme.io", Name: new("Nell N"), Password: new("kestrel-river-7"), Roles: &[]native.NewAssignment{{Role: "client_viewer"}},
	}
	would := part(got(client.CreateUserWithResponse(ctx, &native.CreateUserParams{DryRun: new(true)}, nell)).of(t, 201).JSON201.AsDryRun())(t)
	equal(t, "gained by a dry run", would.Counts.Gains > 0 && would.Gains[0].User == nil, true)
	made := part(got(client.CreateUserWithResponse(ctx, nil, nell)).of(t, 201).JSON201.AsUser())(t)
	me := got(client.ReadMeWithResponse(ctx, nil)).of(t, 200).JSON200.User
	equal(t, "home", *made.HomeTenant, *me.HomeTenant)
	equal(t, "status", made.Status, native.StatusActive)
	equal(t, "role", made.Roles[0].Role, "client_viewer")

	listed := func() []native.User {
		return got(client.ListUsersWithResponse(ctx, &native.ListUsersParams{Q: new("nell")})).of(t, 200).JSON200.Items
	}
	equal(t, "listed", slices.ContainsFunc(listed(), func(u native.User) bool { return u.ID == made.ID && *u.Email == "nell@acme.io" }), true)

	read := got(client.ReadUserWithResponse(ctx, made.ID)).of(t, 200)
	seen := native.UpdateUserParams{IfMatch: &read.Headers200.ETag}
	changed := part(got(client.UpdateUserWithResponse(ctx, made.ID, &seen, native.UserUpdate{Name: new("Nell Novak")})).of(t, 200).JSON200.AsUser())(t)
	equal(t, "last name", changed.LastName, "Novak")
	equal(t, "version", changed.Version, made.Version+1)
	stale := got(client.UpdateUserWithResponse(ctx, made.ID, &seen, native.UserUpdate{Name: new("Nell Nobody")})).of(t, 412)
	equal(t, "refusal", stale.ApplicationProblemJSON412.Status, 412)

	got(client.DeleteUserWithResponse(ctx, made.ID, nil)).of(t, 204)
	equal(t, "listed", len(listed()), 0)
	equal(t, "status", got(client.ReadUserWithResponse(ctx, made.ID)).of(t, 200).JSON200.Status, native.StatusDeleted)
	got(client.SignOutWithResponse(ctx)).of(t, 204)
	got(client.ListUsersWithResponse(ctx, nil)).of(t, 401)
}

// part returns the one of several that an answer is.
func part[A any](a A, err error) func(*testing.T) A {
	return func(t *testing.T) A {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
}
