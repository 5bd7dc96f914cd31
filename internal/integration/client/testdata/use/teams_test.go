package use

import (
	"bytes"
	"image"
	"image/png"
	"slices"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/integration/client/testdata/use/teams"
)

func useTeams(t *testing.T, s server) {
	ctx := t.Context()
	client, err := teams.NewClientWithResponses(s.url+"/teams", teams.WithRequestEditorFn(header("X-API-Key", s.token(t, "ann", "ann@acme.io"))))
	if err != nil {
		t.Fatal(err)
	}
	made := got(client.CreateUserWithResponse(ctx, nil, teams.NewUser{
		UserEmail: "nia@acme.io", UserName: "Nia N", UserPassword: "kestrel-river-7", UserType: new(teams.NewUserTypeClient),
	})).of(t, 201).JSON201.Data
	equal(t, "type", made.UserType, teams.UserTypeClient)
	equal(t, "status", made.UserStatus, teams.UserStatusActive)

	listed := func() []teams.User { return got(client.ListUsersWithResponse(ctx, nil)).of(t, 200).JSON200.Data }
	isMade := func(u teams.User) bool { return u.UserID == made.UserID && u.UserEmail == "nia@acme.io" }
	equal(t, "listed", slices.ContainsFunc(listed(), isMade), true)

	changed := got(client.UpdateUserWithResponse(ctx, made.UserID, teams.UserUpdate{
		UserName: new("Nia Novak"), UserType: new(teams.UserTypeAdmin), UserTypeName: new(teams.UserTypeNameAdmin),
	})).of(t, 200).JSON200.Data
	equal(t, "name", changed.UserName, "Nia Novak")
	equal(t, "type", changed.UserTypeName, teams.UserTypeNameAdmin)
	ambiguous := got(client.UpdateUserWithResponse(ctx, 5, teams.UserUpdate{UserType: new(teams.UserTypeAdmin)})).of(t, 400).JSON400
	equal(t, "refusal", ambiguous.Message, "User type is ambiguous: send user_type_name")

	picture := uploadAvatar(t, client, made.UserID)
	equal(t, "picture", bytes.HasPrefix(picture, []byte("\x89PNG")), true)
	useGroups(t, client, made.UserID)

	got(client.DeleteUserWithResponse(ctx, made.UserID)).of(t, 204)
	equal(t, "listed", slices.ContainsFunc(listed(), isMade), false)
	equal(t, "status", got(client.GetUserWithResponse(ctx, made.UserID)).of(t, 200).JSON200.Data.UserStatus, teams.UserStatusDeleted)
}

// useGroups makes a group with a user in it, changes it and deletes it.
func useGroups(t *testing.T, client *teams.ClientWithResponses, user teams.UserID) {
	t.Helper()
	ctx := t.Context()
	group := got(client.CreateGroupWithResponse(ctx, nil, teams.NewGroup{GroupName: "Ops", GroupColor: new("#ff8800")})).of(t, 201).JSON201.Data
	equal(t, "description", group.GroupDescription, nil)
	members := got(client.AddMembersWithResponse(ctx, group.GroupID, teams.MembersAddition{UserIds: []int64{user}})).of(t, 200).JSON200.Data
	equal(t, "members", len(members) == 1 && members[0].UserID == user, true)
	got(client.SetGroupDashboardsWithResponse(ctx, group.GroupID, teams.DashboardsUpdate{DashboardIds: []int64{7, 3}})).of(t, 200)
	shared := got(client.GetUserDashboardsWithResponse(ctx, user)).of(t, 200).JSON200.Data
	equal(t, "dashboards", slices.Equal(shared.GroupDashboardIds, []int64{3, 7}), true)

	group = got(client.UpdateGroupWithResponse(ctx, group.GroupID, teams.GroupUpdate{GroupColor: new("#08f")})).of(t, 200).JSON200.Data
	equal(t, "color", *group.GroupColor, "#08f")
	groups := got(client.ListGroupsWithResponse(ctx, nil)).of(t, 200).JSON200.Data
	equal(t, "groups", len(groups) == 1 && groups[0].MemberCount == 1 && groups[0].GroupName == "Ops", true)

	got(client.DeleteGroupWithResponse(ctx, group.GroupID)).of(t, 204)
	equal(t, "groups", len(got(client.ListGroupsWithResponse(ctx, nil)).of(t, 200).JSON200.Data), 0)
}

// uploadAvatar gives a user a picture, and returns it as it is answered.
func uploadAvatar(t *testing.T, client *teams.ClientWithResponses, user teams.UserID) []byte {
	t.Helper()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	avatar := got(client.UploadAvatarWithBodyWithResponse(t.Context(), user, "image/png", &picture)).of(t, 200).JSON200.Data
	equal(t, "there is an avatar", avatar.UserAvatar != nil, true)
	return got(client.GetAvatarWithResponse(t.Context(), user)).of(t, 200).GetBody()
}
