package company_test

import (
	"net/http"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
)

// Good bodies.
const (
	newcomer = `{"email":"new@acme.io","password":"securepassword123","first_name":"New","last_name":"Comer","phone":"1","groups":[5]}`
	renamed  = `{"email":"vic@acme.io","password":"vic-river-2041","first_name":"Victor","last_name":"V","phone":"1","groups":[5]}`
)

// theatre is the fixture with sue.
func theatre(t *testing.T) *transcript.Stage {
	t.Helper()
	stage := onMemory().Start(t)
	stage.As("ann").Must(t, http.StatusCreated, "POST", "/company/api/v2/user", `{"email":"sue@acme.io","password":"sue-river-2041","groups":[3]}`)
	stage.SignIn(t, "sue", "sue@acme.io", "sue-river-2041")
	stage.As("ann").Must(t, http.StatusOK, "PUT", "/msp/api/users/7", `{"name":"Sue","email":"sue@acme.io","role_id":3,"active":false}`)
	stage.Name("garbage", "rb_garbage")
	return stage
}
