package pg

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

const (
	superuser = "rolebook"
	port      = 5432 // only names the socket file: no TCP port is opened
	settings  = `
listen_addresses = ''
port = %d
unix_socket_directories = '%s'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 32MB
fsync = %t
full_page_writes = %[3]t
# No client is in this zone: arithmetic done in the server's zone shows.
timezone = 'Asia/Kathmandu'
%[4]s
`
)

var (
	errNotInstalled = errors.New("no PostgreSQL server found (on Debian: apt-get install postgresql)")
	errNoOther      = fmt.Errorf("%w; the second one is installed by .ci/run", errNotInstalled)
)

// script keeps one cluster for as long as its standard input is open.
//
//go:embed keeper.sh
var script string

// keeper is the running script.
type keeper struct {
	cmd    *exec.Cmd
	input  io.WriteCloser
	output *bufio.Reader
}

// keep starts the script in dir, as owner where that is not nil, and returns when the server accepts connections.
func keep(programs, dir string, owner *syscall.Credential, options Options) (*keeper, error) {
	conf := fmt.Sprintf(settings, port, dir, options.Fsync, options.Settings)
	primary := ""
	if options.Primary != nil {
		primary = options.Primary.dir
	}
	cmd := exec.Command("/bin/sh", "-c", script, "keeper", programs, dir, superuser, conf, primary)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C"} // and no PG* variable of the developer
	// A session of its own: an interrupt typed at the terminal must not end the script before the test binary.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: owner}
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	k := &keeper{cmd: cmd, input: input, output: bufio.NewReader(output)}
	if err := k.ready(); err != nil {
		return nil, errors.Join(err, k.stop())
	}
	return k, nil
}

// ready waits until the script reports a server that accepts connections. A script that gives up prints the server's log.
func (k *keeper) ready() error {
	line, err := k.output.ReadString('\n')
	if err == nil && line == "ready\n" {
		return nil
	}
	rest, _ := io.ReadAll(k.output)
	return fmt.Errorf("start the server: %s%s", line, rest)
}

// obey gives an order that the script knows, and returns when it is carried out.
func (k *keeper) obey(order string) error {
	if _, err := io.WriteString(k.input, order+"\n"); err != nil {
		return err
	}
	return k.ready()
}

func (k *keeper) stop() error {
	return errors.Join(k.input.Close(), k.cmd.Wait())
}

// newDir makes the cluster's folder, under /tmp because a socket's path is at most some 100 bytes long and every user can
// reach it there. PostgreSQL refuses to run as root; the folder then belongs to the user that is returned with it.
func newDir() (dir string, owner *syscall.Credential, err error) {
	if os.Geteuid() == 0 {
		if owner, err = unprivileged(); err != nil {
			return "", nil, err
		}
	}
	if dir, err = os.MkdirTemp("/tmp", "rolebook-pg-"); err != nil || owner == nil {
		return dir, nil, err
	}
	if err := os.Chown(dir, int(owner.Uid), int(owner.Gid)); err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	return dir, owner, nil
}

func unprivileged() (*syscall.Credential, error) {
	account, err := user.Lookup("postgres")
	if err != nil {
		account, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, fmt.Errorf("a user to run PostgreSQL as: %w", err)
	}
	uid, errUID := strconv.ParseUint(account.Uid, 10, 32)
	gid, errGID := strconv.ParseUint(account.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(errUID, errGID)
}

// findPrograms returns the folder of initdb and its like: the newest version that the pattern finds, else the one in PATH, if any server will do.
func findPrograms(pattern Server) (string, error) {
	found, err := filepath.Glob(string(pattern))
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })), nil
	}
	if pattern == Another {
		return "", errNoOther
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errNotInstalled
	}
	if path, err = filepath.EvalSymlinks(path); err != nil { // the other programs are beside the real one
		return "", err
	}
	return filepath.Dir(path), nil
}

// version reads 15 from <root>/15/bin/initdb.
func version(initdb string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	return n
}
