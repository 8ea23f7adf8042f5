//go:build e2e

package e2e_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/crypto/ssh/knownhosts"
)

// sshHost is a host of git repositories on this machine's own address that lets
// one key in and runs git-upload-pack for it, and nothing else.
type sshHost struct {
	ip, address string // address is HOST:PORT
	root        string // of the repositories
	user        string
	key         ed25519.PrivateKey // that is let in
	host        ssh.Signer

	mu    sync.Mutex
	asked []string // commands
}

func newSSHHost(t *testing.T) *sshHost {
	t.Helper()
	ip := ownAddress(t).String()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort(ip, "0"))
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, hostKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h := &sshHost{ip: ip, address: listener.Addr().String(), root: t.TempDir(), user: "git", key: key}
	if h.host, err = ssh.NewSignerFromKey(hostKey); err != nil {
		t.Fatal(err)
	}
	mine, err := ssh.NewPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	config := &ssh.ServerConfig{PublicKeyCallback: func(c ssh.ConnMetadata, k ssh.PublicKey) (*ssh.Permissions, error) {
		if c.User() != h.user || string(k.Marshal()) != string(mine.Marshal()) {
			return nil, errors.New("nobody knows this key")
		}
		return &ssh.Permissions{}, nil
	}}
	config.AddHostKey(h.host)
	var open sync.WaitGroup
	open.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			open.Go(func() { h.serve(t.Context(), conn, config) })
		}
	})
	t.Cleanup(func() { _ = listener.Close(); open.Wait() })
	return h
}

func (h *sshHost) serve(ctx context.Context, conn net.Conn, config *ssh.ServerConfig) {
	defer conn.Close()
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for c := range channels {
		if c.ChannelType() != "session" {
			_ = c.Reject(ssh.UnknownChannelType, "sessions only")
			continue
		}
		channel, requests, err := c.Accept()
		if err != nil {
			return
		}
		h.session(ctx, channel, requests)
	}
}

var uploads = regexp.MustCompile(`^git-upload-pack '/?([A-Za-z0-9/._-]+)'$`)

// session runs what a client asks for. It takes GIT_PROTOCOL as forges do.
func (h *sshHost) session(ctx context.Context, channel ssh.Channel, requests <-chan *ssh.Request) {
	defer channel.Close()
	protocol := ""
	for r := range requests {
		var text struct{ Name, Value string }
		switch r.Type {
		case "env":
			if ssh.Unmarshal(r.Payload, &text) == nil && text.Name == "GIT_PROTOCOL" {
				protocol = text.Value
			}
			_ = r.Reply(true, nil)
		case "exec":
			var command struct{ Line string }
			_ = ssh.Unmarshal(r.Payload, &command)
			_ = r.Reply(true, nil)
			code := h.run(ctx, command.Line, protocol, channel)
			_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Code uint32 }{code}))
			return
		default:
			_ = r.Reply(false, nil)
		}
	}
}

func (h *sshHost) run(ctx context.Context, line, protocol string, channel ssh.Channel) uint32 {
	h.mu.Lock()
	h.asked = append(h.asked, line)
	h.mu.Unlock()
	m := uploads.FindStringSubmatch(line)
	if m == nil {
		_, _ = io.WriteString(channel.Stderr(), "what is that?\n")
		return 1
	}
	dir := filepath.Join(h.root, filepath.FromSlash(m[1]))
	if _, err := os.Stat(dir + ".git"); err == nil {
		dir += ".git" // as forges do it
	} else if _, err := os.Stat(dir); err != nil {
		_, _ = io.WriteString(channel.Stderr(), "ERROR: Repository not found.\n")
		return 1
	}
	cmd := exec.CommandContext(ctx, "git", "upload-pack", dir)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "GIT_PROTOCOL=" + protocol, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
	}
	cmd.Stdout, cmd.Stderr = channel, channel.Stderr()
	in, err := cmd.StdinPipe()
	if err != nil {
		return 1
	}
	go func() { _, _ = io.Copy(in, channel); _ = in.Close() }()
	if cmd.Run() != nil {
		return 1
	}
	return 0
}

// repository makes one with a commit of these files, tagged v1.0.0, and gives
// the commit.
func (h *sshHost) repository(t *testing.T, name string, files map[string]string) string {
	t.Helper()
	r := &repository{dir: filepath.Join(h.root, filepath.FromSlash(name))}
	for file, text := range files {
		write(t, filepath.Join(r.dir, file), text)
	}
	r.git(t, r.dir, "init", "--quiet", "--initial-branch=main")
	commit := r.commit(t, "first")
	r.git(t, r.dir, "tag", "v1.0.0")
	return commit
}

// once is repository, which may be there already.
func (h *sshHost) once(t *testing.T, name string, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(h.root, filepath.FromSlash(name))
	if _, err := os.Stat(dir); err == nil {
		return (&repository{}).git(t, dir, "rev-parse", "HEAD")
	}
	return h.repository(t, name, files)
}

// knownHosts writes the file that has the host's key.
func (h *sshHost) knownHosts(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "known_hosts")
	write(t, file, knownhosts.Line([]string{h.address}, h.host.PublicKey())+"\n")
	return file
}

// agent is an ssh agent that has the key, when it is to have it.
func (h *sshHost) agent(t *testing.T, has bool) string {
	t.Helper()
	socket := filepath.Join(newDataDir(t), "agent")
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	ring := agent.NewKeyring()
	if has {
		if err := ring.Add(agent.AddedKey{PrivateKey: h.key}); err != nil {
			t.Fatal(err)
		}
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { _ = agent.ServeAgent(ring, conn); _ = conn.Close() }()
		}
	}()
	return socket
}

// pem is the key as a file has it.
func (h *sshHost) pem(t *testing.T) string {
	t.Helper()
	block, err := ssh.MarshalPrivateKey(h.key, "")
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(block))
}

// marks are what would betray the key, in the forms in which it could be
// written down.
func (h *sshHost) marks(t *testing.T) []string {
	t.Helper()
	var marks []string
	for line := range strings.Lines(h.pem(t)) {
		if line = strings.TrimSpace(line); len(line) > 20 && !strings.HasPrefix(line, "-") {
			marks = append(marks, line)
		}
	}
	return append(marks, string(h.key.Seed()))
}

func (h *sshHost) url(path string) string { return fmt.Sprintf("ssh://git@%s/%s", h.address, path) }

// commands are what was asked for.
func (h *sshHost) commands() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.asked...)
}
