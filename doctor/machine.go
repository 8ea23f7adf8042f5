package doctor

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Machine is what the checks look at: this one (Here), or one that a test
// makes up. Its functions may be called from one goroutine at a time.
type Machine struct {
	Files     fs.FS                                                                  // the root directory, names without the first slash
	Look      func(program string) (path string, err error)                          // as exec.LookPath
	Output    func(ctx context.Context, path string, args ...string) (string, error) // standard output and error of a program
	Resolve   func(dir string) (string, error)                                       // as filepath.EvalSymlinks
	Disk      func(dir string) (Disk, error)                                         // of the file system that holds dir
	Listen    func(address string) error                                             // whether a TCP listener can be opened there
	OpenFiles uint64                                                                 // most files that one process may open (hard limit)
	UID       int
	User      string // login name; "" unknown
	Now       time.Time
}

// Here is this machine. user is the login name, "" when unknown.
func Here(user string) Machine {
	var files unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &files); err != nil {
		files.Max = 0
	}
	return Machine{
		Files:     os.DirFS("/"),
		Look:      exec.LookPath,
		Output:    output,
		Resolve:   filepath.EvalSymlinks,
		Disk:      disk,
		Listen:    listen,
		OpenFiles: files.Max,
		UID:       os.Getuid(),
		User:      user,
		Now:       time.Now(),
	}
}

func output(ctx context.Context, path string, args ...string) (string, error) {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("%s: %w", strings.Join(append([]string{path}, args...), " "), err)
	}
	return out.String(), nil
}

func disk(dir string) (Disk, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return Disk{}, &fs.PathError{Op: "statfs", Path: dir, Err: err}
	}
	return Disk{Free: s.Bavail * uint64(s.Bsize), Inodes: s.Ffree, Total: s.Files}, nil //nolint:gosec // a block size is positive
}

func listen(address string) error {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", address)
	if err != nil {
		return err
	}
	return l.Close()
}

// read gives a file's text without the last newline, "" when it cannot be
// read: every file the checks read is one that a kernel may lack.
func (m Machine) read(name string) string {
	b, err := fs.ReadFile(m.Files, name)
	if err != nil {
		return ""
	}
	return strings.TrimRight(string(b), "\n")
}

func (m Machine) exists(name string) bool {
	_, err := fs.Stat(m.Files, name)
	return err == nil
}

// nearest gives the longest part of the absolute path dir that exists, free
// of symlinks.
func (m Machine) nearest(dir string) string {
	for dir = filepath.Clean(dir); dir != "/" && dir != "."; dir = filepath.Dir(dir) {
		if !m.exists(strings.TrimPrefix(dir, "/")) {
			continue
		}
		if target, err := m.Resolve(dir); err == nil {
			return target
		}
	}
	return "/"
}
