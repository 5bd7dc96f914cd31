package use

import (
	"slices"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/integration/client/testdata/use/company"
)

// useCompany lists roles, for there is no list of users.
func useCompany(t *testing.T, s server) {
	ctx := t.Context()
	client, err := company.NewClientWithResponses(s.url+"/company",
		company.WithRequestEditorFn(header("Authorization", "Bearer "+s.token(t, "ann", "ann@acme.io"))))
	if err != nil {
		t.Fatal(err)
	}
	roles := *got(client.ListGroupsWithResponse(ctx)).of(t, 200).JSON200
	at := slices.IndexFunc(roles, func(g company.Group) bool { return g.Name == "Client Manager" })
	if at < 0 {
		t.Fatalf("no Client Manager among %v", roles)
	}
	manager := roles[at]
	equal(t, "permission of the role", slices.Contains(manager.Permissions, "assets.edit"), true)

	made := got(client.CreateUserWithResponse(ctx, company.NewUser{
		Email: "kay@acme.io", Password: "kay-lee-4-acme", FirstName: new("Kay"), Groups: refs(t, manager),
	})).of(t, 201).JSON201
	equal(t, "user name", made.Username, "kay@acme.io")
	equal(t, "role", made.Groups[0].Name, "Client Manager")

	changed := got(client.UpdateUserWithResponse(ctx, made.ID, company.UserUpdate{
		Email: "kay.lee@acme.io", Password: "kay-lee-4-acme", LastName: new("Lee"), Groups: &[]company.GroupRef{},
	})).of(t, 200).JSON200
	equal(t, "first name", changed.FirstName, "Kay")
	equal(t, "last name", changed.LastName, "Lee")
	equal(t, "e-mail", changed.Email, "kay.lee@acme.io")
	equal(t, "roles", len(changed.Groups), 0)

	got(client.CreateUserWithResponse(ctx, company.NewUser{Email: "kay.lee@acme.io", Password: "kay-lee-4-acme"})).of(t, 400)
}

// refs names roles by their numbers, one of the three ways there are.
func refs(t *testing.T, roles ...company.Group) *[]company.GroupRef {
	t.Helper()
	list := make([]company.GroupRef, len(roles))
	for i, role := range roles {
		if err := list[i].FromGroupNumber(role.ID); err != nil {
			t.Fatal(err)
		}
	}
	return &list
}
