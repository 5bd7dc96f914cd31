package pg

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFindProgramsTakesTheNewest(t *testing.T) {
	root := t.TempDir()
	for _, version := range []string{"9", "15", "16"} {
		bin := filepath.Join(root, version, "bin")
		if err := os.MkdirAll(bin, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(bin, "initdb"), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	got, err := findPrograms(Server(filepath.Join(root, "*", "bin", "initdb")))
	if want := filepath.Join(root, "16", "bin"); err != nil || got != want {
		t.Errorf("findPrograms = %q, %v; want %q", got, err, want)
	}
}

func TestFindProgramsInPath(t *testing.T) {
	bin, links := t.TempDir(), t.TempDir()
	t.Setenv("PATH", links)
	if _, err := findPrograms("nowhere"); !errors.Is(err, errNotInstalled) {
		t.Errorf("without initdb: %v, want errNotInstalled", err)
	}
	if err := os.WriteFile(filepath.Join(bin, "initdb"), nil, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(bin, "initdb"), filepath.Join(links, "initdb")); err != nil {
		t.Fatal(err)
	}
	if got, err := findPrograms("nowhere"); err != nil || got != bin {
		t.Errorf("findPrograms = %q, %v; want %q, where the link leads", got, err, bin)
	}
	if got, _ := findPrograms(Another); got == bin {
		t.Error("the other server is the one in PATH")
	}
}

// verdict is a test that remembers how it was ended.
type verdict struct {
	testing.TB
	end string
}

func (v *verdict) Helper()      {}
func (v *verdict) Skip(...any)  { v.end = "skip" }
func (v *verdict) Fatal(...any) { v.end = "fatal" }

func TestWithoutServer(t *testing.T) {
	for _, row := range []struct {
		ci   string
		err  error
		want string
	}{
		{"", nil, ""},
		{"", errNotInstalled, "skip"},
		{"true", errNotInstalled, "fatal"},
		{"", errors.New("initdb failed"), "fatal"},
	} {
		t.Setenv("CI", row.ci)
		v := &verdict{TB: t}
		require(v, row.err)
		if v.end != row.want {
			t.Errorf("CI=%q, %v: %q, want %q", row.ci, row.err, v.end, row.want)
		}
	}
}

// The log of a server that does not start is in the error, and nothing stays behind.
func TestFailedStart(t *testing.T) {
	dir, owner, err := newDir()
	if err != nil {
		t.Fatal(err)
	}
	_, err = keep("/nowhere", dir, owner, Options{})
	if err == nil || !strings.Contains(err.Error(), "initdb") {
		t.Errorf("keep without programs: %v, want the shell's complaint", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", dir, err)
	}
}
