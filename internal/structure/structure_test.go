// Package structure tests the shape of the repository: who may import whom, what a host of the library inherits from its
// go.mod, what each public package exports, and that the code in the README runs. It has no code of its own.
//
// The one rule to know: a test that fails here is answered in the code first. Only a change that was meant is answered in the
// table or, with go test ./internal/structure -update, in the golden files, and it is reviewed there.
package structure

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	module = "github.com/seed-06a6a295/rolebook"
	root   = "../.." // tests run in their package's folder
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// goCommand runs the go command in dir, with env on top of the environment, and returns what it prints.
func goCommand(t *testing.T, dir string, env []string, args ...string) []byte {
	t.Helper()
	return output(t, dir, append(env, "GOWORK=off"), "go", args...)
}

func output(t *testing.T, dir string, env []string, name string, args ...string) []byte {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Stderr, cmd.Env = dir, &stderr, append(os.Environ(), env...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, &stderr)
	}
	return out
}

// committed returns the paths, relative to the root, of every file that is or could be committed.
func committed(t *testing.T) []string {
	t.Helper()
	list := output(t, root, nil, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	var files []string
	for file := range strings.SplitSeq(string(list), "\x00") {
		if _, err := os.Lstat(path.Join(root, file)); file != "" && err == nil { // deleted ones are still in the index
			files = append(files, file)
		}
	}
	return files
}

func TestTopLevel(t *testing.T) {
	allowed := strings.Fields(`users roles perms invites store httpapi examples internal
		go.mod go.sum README.md LICENSE CHANGELOG.md CONTRIBUTING.md SECURITY.md Makefile`)
	for _, file := range committed(t) {
		entry, _, _ := strings.Cut(file, "/")
		if !strings.HasPrefix(entry, ".") && !slices.Contains(allowed, entry) {
			t.Errorf("%s: the repository's top level has no place for %s", file, entry)
		}
	}
}

// The brackets keep the pattern from finding itself.
var machinePath = regexp.MustCompile(`/wor[k]/|/far[m]/|/roo[t]/|/hom[e]/\w|/User[s]/\w|/tmp/bash_job[s]`)

func TestNoPathsOfOneMachine(t *testing.T) {
	for _, file := range committed(t) {
		if strings.HasSuffix(file, ".sum") {
			continue
		}
		text, err := os.ReadFile(path.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		if found := machinePath.Find(text); found != nil {
			t.Errorf("%s: %q is a path of one machine", file, found)
		}
	}
}
