package main

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Built without cgo there is no SQLite: the server says so, and what to do instead.
func TestWithoutCgo(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "server")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var stderr bytes.Buffer
	start := exec.Command(binary, "-addr", "127.0.0.1:0", "-db", filepath.Join(t.TempDir(), "book.db"))
	start.Stderr = &stderr
	err := start.Run()
	var ended *exec.ExitError
	if !errors.As(err, &ended) || ended.ExitCode() != 1 {
		t.Errorf("ends with %v", err)
	}
	if line := stderr.String(); strings.Count(line, "\n") != 1 || !strings.Contains(line, "cgo") || !strings.Contains(line, "-db memory:") {
		t.Errorf("says %q", line)
	}
	spawnBinary(t, binary, "-db", inMemory).want(http.StatusOK, "GET", "/", "", "")
}
