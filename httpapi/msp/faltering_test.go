package msp_test

import (
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
)

// Whatever of a request cannot be read, the answer is a failure of the server; but who has come by an invite has come, and is signed in where that is possible.
func TestReadsThatFail(t *testing.T) {
	transcript.Run(t, "testdata/*.txt", onMemory().Faltering(t, "/msp/api/invites/accept"))
}
