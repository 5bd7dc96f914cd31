package teams

import (
	"fmt"

	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// success is the envelope of an answer.
type success struct {
	Success int `json:"success"`
	Data    any `json:"data"`
}

// failure is the envelope of an error.
type failure struct {
	Error int `json:"error"`
	message
}

type message struct {
	Message string `json:"message"`
}

// user is a user on the wire. Every member is always present.
type user struct {
	UserID         int64   `json:"user_id"`
	UserEmail      string  `json:"user_email"`
	UserName       string  `json:"user_name"`
	UserType       int64   `json:"user_type"`
	UserTypeName   string  `json:"user_type_name"`
	UserStatus     int     `json:"user_status"`
	UserStatusName string  `json:"user_status_name"`
	UserAvatar     *string `json:"user_avatar"`
	AIAccess       bool    `json:"ai_access"`
	CreatedAt      string  `json:"created_at"`
}

// avatar is the answer to an upload.
type avatar struct {
	UserID     int64   `json:"user_id"`
	UserAvatar *string `json:"user_avatar"`
}

// identity is the answer to a new password.
type identity struct {
	UserID int64 `json:"user_id"`
}

// aiAccess is the answer to a change of AI access.
type aiAccess struct {
	UserID   int64 `json:"user_id"`
	AIAccess bool  `json:"ai_access"`
}

// userDashboards are the dashboards of a user: his own, his groups', and both.
type userDashboards struct {
	DashboardIDs          []int64 `json:"dashboard_ids"`
	GroupDashboardIDs     []int64 `json:"group_dashboard_ids"`
	EffectiveDashboardIDs []int64 `json:"effective_dashboard_ids"`
}

// groupDashboards are the dashboards of a group.
type groupDashboards struct {
	DashboardIDs []int64 `json:"dashboard_ids"`
}

// group is a group on the wire.
type group struct {
	GroupID          int64   `json:"group_id"`
	GroupName        string  `json:"group_name"`
	GroupDescription *string `json:"group_description"`
	GroupColor       *string `json:"group_color"`
	MemberCount      int     `json:"member_count"`
	CreatedAt        string  `json:"created_at"`
}

// link is an invite link on the wire.
type link struct {
	ID            int64   `json:"id"`
	InviteRole    int64   `json:"invite_role"`
	InviteMaxUses *int64  `json:"invite_max_uses"`
	InviteUses    int64   `json:"invite_uses"`
	ExpiresAt     *string `json:"expires_at"`
	IsActive      bool    `json:"is_active"`
	CreatedAt     string  `json:"created_at"`
}

// issuedLink is a link that has just been made, with the token that is never seen again.
type issuedLink struct {
	link
	InviteToken string `json:"invite_token"`
	InviteURL   string `json:"invite_url"`
}

// statuses are the documented numbers and words of the states.
var statuses = map[perms.Status]struct {
	number int
	word   string
}{
	perms.Active:    {1, "Active"},
	perms.Pending:   {2, "Pending"},
	perms.Suspended: {3, "Suspended"},
	perms.Deleted:   {0, "Deleted"},
}

func (t *teams) toUser(u users.User, held users.Rights) user {
	typ := t.types.strongest(held.Roles)
	return user{
		UserID:         u.Number,
		UserEmail:      u.Address(),
		UserName:       u.Name.Full,
		UserType:       int64(typ),
		UserTypeName:   typ.String(),
		UserStatus:     statuses[u.Status].number,
		UserStatusName: statuses[u.Status].word,
		UserAvatar:     t.avatarURL(u),
		AIAccess:       held.Computed.Has(perms.FeaturesAI),
		CreatedAt:      wire.FormatTime(u.CreatedAt),
	}
}

// avatarURL returns the address of a user's avatar, nil without one.
func (t *teams) avatarURL(u users.User) *string {
	if u.AvatarTag == "" {
		return nil
	}
	url := fmt.Sprintf("%s/api/users/%d/avatar?v=%s", t.base, u.Number, u.AvatarTag)
	return &url
}

func toUserDashboards(s users.Shared) userDashboards {
	return userDashboards{DashboardIDs: s.Direct, GroupDashboardIDs: s.Groups, EffectiveDashboardIDs: s.All()}
}

func toGroup(g users.Group, members int) group {
	return group{
		GroupID:          g.Number,
		GroupName:        g.Name,
		GroupDescription: orNull(g.Description),
		GroupColor:       orNull(g.Color),
		MemberCount:      members,
		CreatedAt:        wire.FormatTime(g.CreatedAt),
	}
}

func toLink(l invites.Link, role int64, active bool) link {
	out := link{
		ID:         l.Number,
		InviteRole: role,
		InviteUses: l.Uses,
		ExpiresAt:  wire.FormatTimeOrNull(l.ExpiresAt),
		IsActive:   active,
		CreatedAt:  wire.FormatTime(l.CreatedAt),
	}
	if l.MaxUses > 0 {
		out.InviteMaxUses = &l.MaxUses
	}
	return out
}

// orNull returns nil for a text that is not set.
func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
