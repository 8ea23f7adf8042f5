//go:build e2e

package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSSH_Server has a server build a service whose repository and package are
// both read with the connection's own key, once the connection lets the package
// be read: no agent and no key of a user is there. Another service, of a connection by https, gets nothing of it.
func TestSSH_Server(t *testing.T) {
	t.Parallel()
	h := newSSHHost(t)
	s := upWith(t, "SSH_AUTH_SOCK=", "SLIPWAY_SSH_KNOWN_HOSTS="+os.DevNull)
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte(h.pem(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	tree := npmSSHService(t, h)
	h.serves(t, "team/desk.git", tree)
	s.must(t, "team", "add", "team")
	s.must(t, "service", "add", "team/desk", h.url("team/desk.git"), "--forge", "generic", "--default-branch", "main", "--ssh-key-file", key, "--known-hosts-file", h.knownHosts(t))
	o := s.run(t, "start", "team/desk", "--follow")
	if o.code != 1 || !strings.Contains(o.stdout+o.stderr, "connection 1 may not read "+h.ip) || !strings.Contains(o.stdout+o.stderr, "set 1 --reads npm/words") {
		t.Fatalf("not let: exit code %d\n%s%s", o.code, o.stdout, o.stderr)
	}
	s.must(t, "connection", "set", "1", "--reads", "npm/words,other/*")
	o = s.run(t, "start", "team/desk", "--follow")
	if o.code != 0 {
		t.Fatalf("exit code %d\n%s%s", o.code, o.stdout, o.stderr)
	}
	marks := h.marks(t)
	for name, content := range newBlobs(t, s.world) {
		lookFor(t, "blob "+name, content, marks)
	}
	for name, content := range readAll(t, filepath.Join(s.data, "logs")) {
		lookFor(t, "log "+name, content, marks)
	}
	lookFor(t, "what the build printed", []byte(o.stdout+o.stderr), marks)

	// By a machine's own git, another repository of the same tree.
	open := newRepository(t)
	if err := copyTree(tree, open.dir); err != nil {
		t.Fatal(err)
	}
	open.commit(t, "the same")
	s.must(t, "service", "add", "team/other", open.url, "--forge", "generic", "--default-branch", "main")
	o = s.run(t, "start", "team/other", "--follow")
	if o.code != 1 || !strings.Contains(o.stdout+o.stderr, "this build has no key for "+h.ip) {
		t.Errorf("without a key: exit code %d\n%s%s", o.code, o.stdout, o.stderr)
	}

	// A person's build beside the server is with the person's own keys.
	mine := sshWorld(t, h, &world{program: s.program, data: s.data})
	if o := s.run(t, "build", tree, "--service", "mine/desk"); o.code != 1 || !strings.Contains(o.stderr, "is not known") {
		t.Errorf("a person without a key: exit code %d\n%s", o.code, o.stderr)
	}
	before := len(h.commands())
	mine.build(t, tree, "--service", "mine/desk")
	if len(h.commands()) == before {
		t.Error("a person's build found what the team's had read")
	}
}

// serves makes a repository of a directory.
func (h *sshHost) serves(t *testing.T, name, dir string) {
	t.Helper()
	r := &repository{dir: filepath.Join(h.root, filepath.FromSlash(name))}
	if err := os.MkdirAll(filepath.Dir(r.dir), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := copyTree(dir, r.dir); err != nil {
		t.Fatal(err)
	}
	r.git(t, r.dir, "init", "--quiet", "--initial-branch=main")
	r.commit(t, "first")
}
