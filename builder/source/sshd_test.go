package source_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// sshd is Debian's OpenSSH server on a free loopback port, with a host key and
// a configuration of its own, as a child that ends with the test.
type sshd struct {
	dir  string
	port string
	user string
	repo string // path of a bare repository whose only file f holds "over ssh"
}

func newSSHD(t *testing.T) *sshd {
	t.Helper()
	if _, err := os.Stat("/usr/sbin/sshd"); err != nil {
		missing(t, "openssh-server is not installed")
	}
	if _, err := exec.LookPath("ssh-agent"); err != nil {
		missing(t, "openssh-client is not installed")
	}
	if os.Getuid() == 0 { // sshd as root wants it, and only the service makes it
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	who, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	s := &sshd{dir: shortDir(t), user: who.Username}
	s.key(t, "host")
	s.key(t, "good")
	s.key(t, "wrong")
	authorized, err := os.ReadFile(filepath.Join(s.dir, "good.pub"))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(s.dir, "authorized"), string(authorized))
	s.makeRepository(t)
	for range 5 { // the port is free when it is chosen, and may not stay so
		if s.started(t) {
			return s
		}
	}
	t.Fatal("sshd did not start")
	return nil
}

// shortDir is a directory for sockets, whose paths have at most 107 bytes.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "ssh") //nolint:usetesting // T.TempDir has the test's name in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func (s *sshd) key(t *testing.T, name string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", filepath.Join(s.dir, name)).CombinedOutput()
	if err != nil {
		t.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
}

func (s *sshd) makeRepository(t *testing.T) {
	t.Helper()
	work := t.TempDir()
	s.repo = filepath.Join(s.dir, "team", "shop.git")
	run(t, "", "init", "-q", "--bare", "-b", "main", s.repo)
	run(t, work, "init", "-q", "-b", "main")
	writeFile(t, filepath.Join(work, "f"), "over ssh")
	run(t, work, "add", "f")
	run(t, work, "commit", "-q", "-m", "one")
	run(t, work, "push", "-q", s.repo, "main")
}

// started starts sshd and waits for its greeting.
func (s *sshd) started(t *testing.T) bool {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, s.port, err = net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf("Port %s\nListenAddress 127.0.0.1\nHostKey %s\nAuthorizedKeysFile %s\nPidFile none\nStrictModes no\nUsePAM no\n"+
		"PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\nAllowAgentForwarding no\n",
		s.port, filepath.Join(s.dir, "host"), filepath.Join(s.dir, "authorized"))
	writeFile(t, filepath.Join(s.dir, "config"), config)
	cmd := exec.CommandContext(t.Context(), "/usr/sbin/sshd", "-D", "-e", "-f", filepath.Join(s.dir, "config"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	log := &strings.Builder{}
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		if t.Failed() {
			t.Logf("sshd: %s", log)
		}
	})
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		select {
		case <-ended:
			return false
		default:
		}
		if greets(t.Context(), net.JoinHostPort("127.0.0.1", s.port)) {
			return true
		}
	}
	return false
}

func greets(ctx context.Context, address string) bool {
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	line, err := bufio.NewReader(conn).ReadString('\n')
	return err == nil && strings.HasPrefix(line, "SSH-2.0-")
}

func (s *sshd) url() string { return "ssh://" + s.user + "@127.0.0.1:" + s.port + s.repo }

// knownHosts is a file in which the server has the key of that name.
func (s *sshd) knownHosts(t *testing.T, key string) string {
	t.Helper()
	pub, err := os.ReadFile(filepath.Join(s.dir, key+".pub"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "known hosts 100%'s")
	writeFile(t, file, fmt.Sprintf("[127.0.0.1]:%s %s", s.port, pub))
	return file
}

// agent starts an ssh-agent that has the keys, and gives its socket.
func (s *sshd) agent(t *testing.T, keys ...string) string {
	t.Helper()
	socket := filepath.Join(shortDir(t), "agent")
	cmd := exec.CommandContext(t.Context(), "ssh-agent", "-D", "-a", socket)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for deadline := time.Now().Add(20 * time.Second); ; {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "unix", socket)
		if err == nil {
			_ = conn.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	for _, key := range keys {
		add := exec.CommandContext(t.Context(), "ssh-add", "-q", filepath.Join(s.dir, key))
		add.Env = []string{"SSH_AUTH_SOCK=" + socket, "PATH=" + os.Getenv("PATH")}
		if out, err := add.CombinedOutput(); err != nil {
			t.Fatalf("ssh-add: %v\n%s", err, out)
		}
	}
	return socket
}
