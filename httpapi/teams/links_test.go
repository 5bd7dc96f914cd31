package teams_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
)

// A link shows what was sent when it was made; one that was made elsewhere shows the number that makes the type of its role.
func TestInviteRoleOfLinks(t *testing.T) {
	stage := onMemory().Start(t)
	for _, in := range []invites.NewLink{
		{}, {Role: "client_viewer"}, {Role: "client_manager"}, {Role: "client_admin"}, {Role: "msp_admin"}, {Role: "msp_technician"},
		{Label: "6"}, {Label: "3"}, {Role: "client_admin", Label: "6"}, {Role: "client_admin", Label: "1"}, {Label: "summer fair"}, {Label: "06"}, {Label: "7"},
	} {
		in.Tenant = stage.Tenant(t, 2)
		if _, err := stage.Book.Invites.CreateLink(t.Context(), perms.System("test"), in); err != nil {
			t.Fatal(err)
		}
	}
	for _, sent := range []string{`1`, `2`, `3`, `6`, `null`} {
		stage.As("ann").Must(t, http.StatusCreated, "POST", "/teams/api/invite-links", `{"invite_role":`+sent+`}`)
	}
	var list struct {
		Data []struct {
			InviteRole json.Number `json:"invite_role"`
		}
	}
	stage.Must(t, http.StatusOK, "GET", "/teams/api/invite-links", "").Decode(t, &list)
	var got []string
	for _, l := range list.Data {
		got = append(got, l.InviteRole.String())
	}
	want := []string{"3", "3", "2", "1", "1", "2", "6", "3", "1", "1", "3", "3", "3", "1", "2", "3", "6", "2"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
