package faults

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// mounts names the environment variable that makes this binary a process with mounts of its own: the test that it runs there.
const mounts = "ROLEBOOK_FAULTS_MOUNTS"

// apart runs a test in another process with mounts of its own: nobody else sees them, and they are gone with it, however it ends. It reports whether this is
// that process. Without the right to mount a test is skipped on a laptop, and fails where CI is set.
func apart(t *testing.T) bool {
	t.Helper()
	if os.Getenv(mounts) == t.Name() {
		return true
	}
	c := exec.Command(os.Args[0], "-test.v", "-test.run=^"+t.Name()+"$")
	c.Env = append(os.Environ(), mounts+"="+t.Name())
	c.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	if uid, gid := os.Getuid(), os.Getgid(); uid != 0 {
		const admin = 21 // CAP_SYS_ADMIN, which in a namespace of users of one's own anybody has
		c.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		c.SysProcAttr.AmbientCaps = []uintptr{admin}
		c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}}
		c.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: gid, HostID: gid, Size: 1}}
	}
	said, err := c.CombinedOutput()
	switch {
	case errors.Is(err, syscall.EPERM) && os.Getenv("CI") == "":
		t.Skip("skipped without the right to mount: ", err)
	case err != nil:
		t.Errorf("%v: %s", err, said)
	default:
		t.Logf("%s", said)
	}
	return false
}

// disk is a small one, which can be filled up but for a little, and emptied again.
type disk struct {
	dir     string
	ballast string
	leave   int64
}

// newDisk mounts a disk of so many bytes.
func newDisk(t *testing.T, size string, leave int64) *disk {
	t.Helper()
	dir, err := os.MkdirTemp("", "rolebook-disk-")
	must(t, err)
	must(t, os.Chmod(dir, 0o755)) // a server runs as somebody else
	must(t, syscall.Mount("tmpfs", dir, "tmpfs", 0, "mode=0755,size="+size))
	t.Cleanup(func() {
		_ = syscall.Unmount(dir, syscall.MNT_DETACH) // what is still open ends with the process
		must(t, os.Remove(dir))
	})
	return &disk{dir, filepath.Join(dir, "ballast"), leave}
}

func (d *disk) fill(t *testing.T) {
	t.Helper()
	f, err := os.Create(d.ballast)
	must(t, err)
	defer f.Close()
	written, block := int64(0), make([]byte, 4096)
	for err == nil {
		_, err = f.Write(block)
		written += int64(len(block))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	must(t, f.Truncate(max(written-d.leave, 0)))
}

func (d *disk) free(t *testing.T) { t.Helper(); must(t, os.Remove(d.ballast)) }
