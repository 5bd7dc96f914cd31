package msp_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
)

// unknown returns an invite token that nobody has made.
func unknown(n int) string { return "rbi_" + fmt.Sprintf("%043d", n) }

const validate = "/msp/api/invites/validate/"

func accept(token string) string {
	return `{"token":"` + token + `","name":"Guest","password":"securepassword123"}`
}

// blocked reports whether a request is refused with 429, and checks what such an answer says.
func blocked(t *testing.T, a transcript.Answer, wait string) bool {
	t.Helper()
	if a.Status != http.StatusTooManyRequests {
		return false
	}
	if a.Body != `{"detail":"Too many requests"}` || a.Header.Get("Retry-After") != wait {
		t.Errorf("%s, Retry-After %q, want %q", a.Body, a.Header.Get("Retry-After"), wait)
	}
	return true
}

// Ten failures with one token from one address, and it is refused for a quarter of an hour, by either route. Others are not.
func TestGuessingOneToken(t *testing.T) {
	stage, token := theatre(t)
	stage.As("guest")
	for i := range 10 {
		if i%2 == 0 {
			stage.Must(t, http.StatusNotFound, "GET", validate+unknown(1), "")
		} else {
			stage.Must(t, http.StatusNotFound, "POST", "/msp/api/invites/accept", accept(unknown(1)))
		}
	}
	if !blocked(t, stage.Get(t, validate+unknown(1)), "900") || !blocked(t, stage.Send(t, "POST", "/msp/api/invites/accept", accept(unknown(1))), "900") {
		t.Error("the eleventh guess is let through")
	}
	stage.Must(t, http.StatusOK, "GET", validate+token, "")
	stage.Advance(15*time.Minute - time.Second)
	if !blocked(t, stage.Get(t, validate+unknown(1)), "1") {
		t.Error("let through too early")
	}
	stage.Advance(time.Second)
	stage.Must(t, http.StatusNotFound, "GET", validate+unknown(1), "")
}

// A hundred failures from one address, and whatever it tries is refused, good tokens too, before a body is looked at. What has failed otherwise than by an
// unknown token counts for nothing.
func TestGuessingManyTokens(t *testing.T) {
	stage, token := theatre(t)
	stage.As("guest")
	for range 200 {
		stage.Must(t, http.StatusUnprocessableEntity, "POST", "/msp/api/invites/accept", `{"token":"`+token+`","name":"","password":""}`)
		stage.Must(t, http.StatusUnprocessableEntity, "POST", "/msp/api/invites/accept", "garbage")
		stage.Must(t, http.StatusOK, "GET", validate+token, "")
	}
	for i := range 100 {
		stage.Must(t, http.StatusNotFound, "GET", validate+unknown(i), "")
	}
	for _, a := range []transcript.Answer{
		stage.Get(t, validate+token),
		stage.Get(t, validate+unknown(1000)),
		stage.Send(t, "POST", "/msp/api/invites/accept", accept(token)),
		stage.Send(t, "POST", "/msp/api/invites/accept", "garbage"),
	} {
		if !blocked(t, a, "900") {
			t.Errorf("let through: %d %s", a.Status, a.Body)
		}
	}
	stage.As("ann").Must(t, http.StatusOK, "GET", "/msp/api/users", "") // who has a token guesses none
}

// A used invite answers 410 however often it is asked.
func TestAskingForAUsedInvite(t *testing.T) {
	stage, token := theatre(t)
	stage.As("guest").Must(t, http.StatusCreated, "POST", "/msp/api/invites/accept", accept(token))
	for range 120 {
		stage.Must(t, http.StatusGone, "GET", validate+token, "")
		stage.Must(t, http.StatusGone, "POST", "/msp/api/invites/accept", accept(token))
	}
}

// None of the tokens that are like a good one opens anything.
func TestSimilarTokens(t *testing.T) {
	stage, token := theatre(t)
	similar := []string{token + "=", token + "\n", " " + token, token[:4], "rb_" + token[4:], "rbl_" + token[4:], token[4:]}
	for n := 5; n < len(token); n += 6 {
		similar = append(similar, token[:n], token[:n]+flip(token[n])+token[n+1:])
	}
	swapped := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return r
	}, token)
	for _, s := range append(similar, swapped) {
		stage.As("guest").Must(t, http.StatusNotFound, "POST", "/msp/api/invites/accept", replaced(accept("x"), "token", quoted(s)))
	}
	stage.Must(t, http.StatusOK, "GET", validate+token, "")
}

// flip returns another character of the tokens' alphabet.
func flip(c byte) string {
	if c == 'A' {
		return "B"
	}
	return "A"
}
