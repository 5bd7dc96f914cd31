package use

import (
	"slices"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/integration/client/testdata/use/locator"
)

func useLocator(t *testing.T, s server) {
	ctx := t.Context()
	client, err := locator.NewClientWithResponses(s.url+"/locator",
		locator.WithRequestEditorFn(header("Authorization", "Bearer "+s.token(t, "root", "root@example.com"))))
	if err != nil {
		t.Fatal(err)
	}
	role := got(client.CreateRoleWithResponse(ctx, locator.RoleCreateRequest{
		Name: "Auditor", Description: "Reads assets", Permissions: &[]locator.Pattern{"assets.*"},
	})).of(t, 200).JSON200
	equal(t, "version", role.Version, 1)
	role = got(client.UpdateRoleWithResponse(ctx, role.Locator, locator.RoleUpdateRequest{
		Name: "Auditor", Description: "Reads more", Version: role.Version, AddPermissions: &[]locator.Pattern{"reports.view"},
	})).of(t, 200).JSON200
	equal(t, "version", role.Version, 2)
	equal(t, "permissions", slices.Equal(role.Permissions, []string{"assets.*", "reports.view"}), true)

	made := got(client.CreateUserWithResponse(ctx, locator.UserCreateRequest{
		FirstName: "Ada", LastName: "L", UserName: "ada@example.com", Password: "ada-heron-77", Roles: &[]locator.RoleName{"Auditor"},
	})).of(t, 200).JSON200
	equal(t, "e-mail", made.Email, nil)
	equal(t, "role", (*made.Roles)[0], role.Locator)
	got(client.DeleteRoleWithResponse(ctx, role.Locator)).of(t, 409)

	page := func() []locator.UserResponse {
		list, err := got(client.FetchMultipleUsersWithResponse(ctx, &locator.FetchMultipleUsersParams{Count: new(locator.Count(50))})).of(t, 200).JSON200.AsUserListResponse()
		if err != nil || !list.ListCompleted {
			t.Fatalf("a page of users: completed %t, %v", list.ListCompleted, err)
		}
		return list.Items
	}
	isMade := func(u locator.UserResponse) bool { return u.Locator == made.Locator && u.UserName == "ada@example.com" }
	equal(t, "listed", slices.ContainsFunc(page(), isMade), true)
	named := *got(client.FetchUserByNameWithResponse(ctx, "ada@example.com")).of(t, 200).JSON200
	equal(t, "found by name", len(named) == 1 && isMade(named[0]), true)
	bare, err := got(client.FetchMultipleBasicUsersWithResponse(ctx, &locator.FetchMultipleBasicUsersParams{Extended: new(false)})).of(t, 200).JSON200.AsBasicUserList()
	equal(t, "bare list decoded", err, nil)
	equal(t, "bare list", slices.ContainsFunc(bare, func(u locator.BasicUserResponse) bool { return u.Locator == made.Locator }), true)

	changed := got(client.UpdateUserWithResponse(ctx, made.Locator, locator.UserUpdateRequest{
		FirstName: "Ada", LastName: "Lovelace", Email: new("ada@example.org"), Roles: &[]locator.RoleName{"client_viewer"},
	})).of(t, 200).JSON200
	equal(t, "last name", changed.LastName, "Lovelace")
	equal(t, "e-mail", *changed.Email, "ada@example.org")
	equal(t, "role", (*changed.Roles)[0], "client_viewer")

	got(client.ResetUserPasswordWithResponse(ctx, made.Locator, "heron-lake-77")).of(t, 200)
	got(client.ResetUserPasswordWithTextBodyWithResponse(ctx, made.Locator, "heron-lake-78")).of(t, 200)
	weak := got(client.ResetUserPasswordWithResponse(ctx, made.Locator, "short")).of(t, 400).JSON400
	equal(t, "refusal", weak.Message, "Validation failed")

	got(client.DeleteUserWithResponse(ctx, made.Locator)).of(t, 200)
	equal(t, "listed", slices.ContainsFunc(page(), isMade), false)
	equal(t, "refusal", got(client.FetchUserByLocatorWithResponse(ctx, made.Locator)).of(t, 404).JSON404.Message, "User not found")
	got(client.DeleteRoleWithResponse(ctx, role.Locator)).of(t, 200)
}
