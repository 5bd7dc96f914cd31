package structure

import (
	"bytes"
	"os/exec"
	"path"
	"testing"
)

// Every public package compiles for a machine whose int has 32 bits, and without cgo.
func TestCompilesForSmallMachines(t *testing.T) {
	goCommand(t, root, []string{"GOARCH=386", "CGO_ENABLED=0"}, "build", "./perms", "./roles/...", "./users/...", "./invites", "./store/...", "./httpapi/...")
}

// A look at what a handle has resolved is too short to be called: the compiler puts it in the place of its call.
func TestResolvedCanIsInlined(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "build", "-gcflags=-m", "./perms")
	cmd.Dir = path.Clean(root)
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if !bytes.Contains(said, []byte("can inline (*Resolved).Can\n")) {
		t.Error("the compiler calls Resolved.Can")
	}
}
