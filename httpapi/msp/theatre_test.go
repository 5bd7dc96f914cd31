package msp_test

import (
	"net/http"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
)

// Good bodies, about vic (5), or an invite of ann's and its {token}.
const (
	newcomer   = `{"name":"New","email":"new@acme.io","password":"securepassword123","role_id":5,"tenant_id":2}`
	renamed    = `{"name":"Victor","email":"vic@acme.io","role_id":5}`
	revoke     = `{"permission_key":"assets.view","granted":false}`
	invitation = `{"email":"other@acme.io","role_id":5,"tenant_id":2}`
	acceptance = `{"token":"{token}","name":"Guest","password":"securepassword123"}`
)

// theatre is the fixture with what there is to act on: an override of vic's, an invite of ann's, and sue.
func theatre(t *testing.T) (*transcript.Stage, string) {
	t.Helper()
	stage := onMemory().Start(t)
	stage.As("root").Must(t, http.StatusOK, "PUT", "/msp/api/users/5/permissions", `{"permission_key":"assets.edit","granted":true}`)
	stage.Must(t, http.StatusCreated, "POST", "/msp/api/users",
		`{"name":"Sue","email":"sue@acme.io","password":"sue-river-2041","role_id":3,"tenant_id":2}`)
	stage.SignIn(t, "sue", "sue@acme.io", "sue-river-2041")
	stage.As("root").Must(t, http.StatusOK, "PUT", "/msp/api/users/7", `{"name":"Sue","email":"sue@acme.io","role_id":3,"active":false}`)
	stage.Name("garbage", "rb_garbage")
	var made struct{ Token string }
	stage.As("ann").Must(t, http.StatusCreated, "POST", "/msp/api/invites", `{"email":"guest@acme.io","role_id":4}`).Decode(t, &made)
	return stage, made.Token
}
