package matrix

import (
	"errors"
	"fmt"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// Answers and errors that mean the same have the same verdict, and what nobody has foreseen has one of its own.
func TestVerdicts(t *testing.T) {
	for _, row := range []struct {
		status int
		body   string
		err    error
		want   verdict
	}{
		{status: 200, want: allowed},
		{status: 204, want: allowed},
		{status: 401, want: nobody},
		{status: 403, err: fmt.Errorf("change user: %w", perms.Beyond("assets.view")), want: forbidden},
		{status: 403, err: perms.ErrSelfStatus, want: forbidden},
		{status: 404, err: users.ErrNotFound, want: notFound},
		{status: 409, err: users.ErrStatus, want: conflict},
		{status: 410, want: conflict},
		{status: 400, body: `{"error":1,"message":"Email already in use"}`, want: conflict},
		{status: 400, body: `{"error":1,"message":"You cannot delete yourself"}`, want: conflict},
		{status: 400, body: `{"email":["Enter a valid email address."]}`, err: perms.Invalid("email", perms.Format, "is none"), want: invalid},
		{status: 422, want: invalid},
		{status: 500, body: "sorry", want: "500 sorry"},
	} {
		if got := judged(transcript.Answer{Status: row.status, Body: row.body}); got != row.want {
			t.Errorf("%d %s: %s, want %s", row.status, row.body, got, row.want)
		}
		if got := judgedError(row.err); row.err != nil && got != row.want {
			t.Errorf("%v: %s, want %s", row.err, got, row.want)
		}
	}
	if got := judgedError(errors.New("disk full")); got != "disk full" {
		t.Errorf("an error that nobody has foreseen: %s", got)
	}
}

// The file is read as it is written, so that each cell is compared with its own.
func TestTableIsReadAsWritten(t *testing.T) {
	at := cell{"read: a user's record", "dee", "bea", true}
	narrow := at
	narrow.wide = false
	v := verdicts{byCell: map[cell]verdict{at: allowed, narrow: notFound}}
	cells := cellsOf(v.table())
	if got := cells[cell{change: at.change, target: "dee", who: "bea"}]; got != "allowed / not found" {
		t.Errorf("%q", got)
	}
	if got := cells[cell{change: at.change, target: "dee", who: "ann"}]; got != "-" {
		t.Errorf("%q", got)
	}
}
