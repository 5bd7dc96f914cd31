package locator_test

import (
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
)

// Whatever of a request cannot be read, the answer is a failure of the server.
func TestReadsThatFail(t *testing.T) { transcript.Run(t, "testdata/*.txt", onMemory().Faltering(t)) }
