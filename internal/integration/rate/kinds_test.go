package rate_test

import (
	"fmt"
	"net/http"
)

// request is one request of the measurement.
type request struct {
	who, method, path, body string
}

// kind is what is measured: requests of one kind.
type kind struct {
	name     string
	n        int                        // requests in a round
	least    float64                    // the rate that is promised, as a part of that of the handler which does the same statements
	make     func(i int) request        // the i-th request
	answer   func() any                 // a new answer, as the wire has it
	byHand   func(h *hand) http.Handler // how somebody would write it who needed this route alone
	volatile []string                   // members of the answer that nothing determines
}

// The rates that are promised.
const (
	reads   = 0.50
	changes = 0.40
)

// kinds returns all that is measured.
func (w *world) kinds() []kind {
	get := func(who, format string, arg func(i int) any) func(int) request {
		return func(i int) request {
			path := format
			if arg != nil {
				path = fmt.Sprintf(format, arg(i))
			}
			return request{who, "GET", path, ""}
		}
	}
	page := func(i int) any { return 50 * (i % 20) }
	someone := func(i int) any { return w.ids[i*977%tenantUsers] }
	return []kind{
		{name: "msp/list of 1,000", n: 12, least: reads, make: get(w.root, "/msp/api/users?tenant_id=2", nil), answer: answer[[]mspUser], byHand: (*hand).mspList},
		{name: "msp/update", n: 60, least: changes, answer: answer[mspUser], byHand: (*hand).mspUpdate, make: func(i int) request {
			return request{w.root, "PUT", fmt.Sprint("/msp/api/users/", w.first+int64(i)), fmt.Sprintf(`{"name":"Renamed %d","email":"person%d@example.com","role_id":5}`, i, w.first+int64(i))}
		}},
		{name: "msp/create", n: 60, least: changes, answer: answer[mspUser], byHand: (*hand).mspCreate, volatile: []string{"created_at"}, make: func(i int) request {
			return request{w.root, "POST", "/msp/api/users",
				fmt.Sprintf(`{"name":"New %d","email":"new%d@example.com","password":"new-river-%d","role_id":5,"tenant_id":2}`, i, i, i)}
		}},
		{name: "company/groups", n: 90, least: reads, make: get(w.ann, "/company/api/v2/group", nil), answer: answer[[]companyGroup], byHand: (*hand).companyGroups},
		{name: "company/create", n: 60, least: changes, answer: answer[companyUser], byHand: (*hand).companyCreate, volatile: []string{"id"}, make: func(i int) request {
			return request{w.ann, "POST", "/company/api/v2/user",
				fmt.Sprintf(`{"email":"new%d@example.com","password":"new-river-%d","first_name":"New","last_name":"%d","groups":[5]}`, i, i, i)}
		}},
		{name: "locator/get", n: 200, least: reads, make: get(w.root, "/locator/auth/users/%v", someone), answer: answer[locatorUser], byHand: (*hand).locatorGet},
		{name: "locator/list of 50", n: 60, least: reads, make: get(w.root, "/locator/auth/users/list?count=50&offset=%d", page), answer: answer[locatorPage], byHand: (*hand).locatorList},
		{name: "locator/update", n: 60, least: changes, answer: answer[locatorUser], byHand: (*hand).locatorUpdate, make: func(i int) request {
			return request{w.root, "PATCH", fmt.Sprint("/locator/auth/users/", w.ids[i]), fmt.Sprintf(`{"firstName":"Renamed","lastName":"%d"}`, i)}
		}},
		{name: "teams/list of 50", n: 60, least: reads, make: get(w.ann, "/teams/api/users", nil), answer: answer[teamsList], byHand: (*hand).teamsList},
		{name: "native/get", n: 200, least: reads, make: get(w.root, "/native/v1/users/%v", someone), answer: answer[nativeUser], byHand: (*hand).nativeGet},
		{name: "native/list of 50", n: 60, least: reads, make: get(w.root, "/native/v1/users?limit=50", nil), answer: answer[nativePage], byHand: (*hand).nativeList, volatile: []string{"next_cursor"}},
	}
}

func answer[T any]() any { return new(T) }

// The answers, as the wire has them.
type (
	mspUser struct {
		ID         int64    `json:"id"`
		Name       string   `json:"name"`
		Email      string   `json:"email"`
		RoleID     *int64   `json:"role_id"`
		Role       *mspRole `json:"role"`
		TenantID   *int64   `json:"tenant_id"`
		IsMSPStaff bool     `json:"is_msp_staff"`
		Active     bool     `json:"active"`
		CreatedAt  string   `json:"created_at"`
	}
	mspRole struct {
		ID          int64  `json:"id"`
		Name        string `json:"name"`
		DisplayName string `json:"display_name"`
	}
	companyUser struct {
		ID          string         `json:"id"`
		FirstName   string         `json:"first_name"`
		Username    string         `json:"username"`
		LastName    string         `json:"last_name"`
		Phone       string         `json:"phone"`
		Email       string         `json:"email"`
		Company     string         `json:"company"`
		Groups      []companyGroup `json:"groups"`
		MFA         bool           `json:"mfa"`
		ResetPW     bool           `json:"reset_pw"`
		Reset2FA    bool           `json:"reset_2fa"`
		IsActive    bool           `json:"is_active"`
		Permissions []string       `json:"permissions"`
	}
	companyGroup struct {
		ID          int64    `json:"id"`
		Name        string   `json:"name"`
		Permissions []string `json:"permissions"`
	}
	locatorUser struct {
		Locator     string   `json:"locator"`
		FirstName   string   `json:"firstName"`
		LastName    string   `json:"lastName"`
		UserName    string   `json:"userName"`
		Tenants     []string `json:"tenants"`
		Email       string   `json:"email,omitempty"`
		Permissions []string `json:"permissions,omitzero"`
		Roles       []string `json:"roles,omitzero"`
	}
	locatorPage struct {
		ListCompleted bool          `json:"listCompleted"`
		Items         []locatorUser `json:"items"`
	}
	teamsUser struct {
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
	teamsList struct {
		Success int         `json:"success"`
		Data    []teamsUser `json:"data"`
	}
	nativeUser struct {
		ID                 string             `json:"id"`
		Number             int64              `json:"number"`
		External           *string            `json:"external"`
		Username           string             `json:"username"`
		Email              *string            `json:"email"`
		Name               string             `json:"name"`
		FirstName          string             `json:"first_name"`
		LastName           string             `json:"last_name"`
		Phone              string             `json:"phone"`
		Status             string             `json:"status"`
		Staff              bool               `json:"staff"`
		HomeTenant         *string            `json:"home_tenant"`
		Tenants            []string           `json:"tenants"`
		Roles              []nativeAssignment `json:"roles"`
		Groups             []nativeGroup      `json:"groups"`
		AvatarURL          *string            `json:"avatar_url"`
		MustChangePassword bool               `json:"must_change_password"`
		MFA                bool               `json:"mfa"`
		MustResetMFA       bool               `json:"must_reset_mfa"`
		CreatedAt          string             `json:"created_at"`
		CreatedBy          *string            `json:"created_by"`
		UpdatedAt          string             `json:"updated_at"`
		DeletedAt          *string            `json:"deleted_at"`
		Version            int64              `json:"version"`
	}
	nativeAssignment struct {
		Role      string  `json:"role"`
		Name      string  `json:"name"`
		Tenant    string  `json:"tenant"`
		StartsAt  *string `json:"starts_at"`
		ExpiresAt *string `json:"expires_at"`
	}
	nativeGroup struct {
		ID     string `json:"id"`
		Number int64  `json:"number"`
		Name   string `json:"name"`
	}
	nativePage struct {
		Items      []nativeUser `json:"items"`
		NextCursor *string      `json:"next_cursor"`
	}
)
