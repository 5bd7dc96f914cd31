package teams_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

// Ten wrong passwords from one address, and the eleventh attempt is refused for a quarter of an hour, with the right one too. Other refusals count for
// nothing, and a success clears the count.
func TestGuessingThePassword(t *testing.T) {
	stage := onMemory().Start(t).As("vic")
	const path, wrong = "/teams/api/users/5/change-password", `{"current_password":"wrong","new_password":"kestrel-77-lake"}`
	const present = `{"current_password":"vic-river-2041","new_password":"vic-river-2041"}`
	for range 20 {
		stage.Must(t, http.StatusBadRequest, "PUT", path, `{}`)
		stage.Must(t, http.StatusBadRequest, "PUT", path, `{"current_password":"vic-river-2041","new_password":"short"}`)
	}
	for range 9 {
		stage.Must(t, http.StatusBadRequest, "PUT", path, wrong)
	}
	stage.Must(t, http.StatusOK, "PUT", path, present)
	for range 10 {
		stage.Must(t, http.StatusBadRequest, "PUT", path, wrong)
	}
	got := stage.Must(t, http.StatusTooManyRequests, "PUT", path, present)
	if got.Body != `{"error":1,"message":"Too many attempts. Please try again later."}` || got.Header.Get("Retry-After") != "900" {
		t.Errorf("%s, Retry-After %q", got.Body, got.Header.Get("Retry-After"))
	}
	stage.As("mia").Must(t, http.StatusForbidden, "PUT", path, present)
	stage.As("vic").Advance(15*time.Minute - time.Second)
	stage.Must(t, http.StatusTooManyRequests, "PUT", path, present)
	stage.Advance(time.Second)
	stage.Must(t, http.StatusOK, "PUT", path, present)
}

// A hundred failures from one address, of whatever kind, and a password is refused there before the body is looked at.
func TestGuessingFromOneAddress(t *testing.T) {
	stage := onMemory().Start(t).As("guest")
	for i := range 100 {
		body := fmt.Sprintf(`{"token":"rbl_%043d","email":"g@acme.io","name":"G","password":"securepassword123"}`, i)
		stage.Must(t, http.StatusNotFound, "POST", "/native/v1/links/join", body)
	}
	stage.As("vic").Must(t, http.StatusTooManyRequests, "PUT", "/teams/api/users/5/change-password", "garbage")
	stage.As("mia").Must(t, http.StatusForbidden, "PUT", "/teams/api/users/5/change-password", "garbage")
}
