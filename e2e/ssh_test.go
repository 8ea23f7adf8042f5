//go:build e2e

package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// sshWorld is a machine whose user has a key of the host in the agent.
func sshWorld(t *testing.T, h *sshHost, w *world, over ...string) *world {
	t.Helper()
	return &world{program: w.program, data: w.data, env: append(append([]string{
		"SSH_AUTH_SOCK=" + h.agent(t, true), "SLIPWAY_SSH_KNOWN_HOSTS=" + h.knownHosts(t), "SLIPWAY_PRIVATE_HOSTS=" + h.ip,
	}, w.env...), over...)}
}

// TestSSH_Module fetches a Go module of the organisation over ssh, as the git
// of this machine would, and says what is missing where something is.
func TestSSH_Module(t *testing.T) {
	t.Parallel()
	h := newSSHHost(t)
	name := h.ip + "/team/greet.git"
	h.repository(t, "team/greet.git", map[string]string{
		"go.mod": "module " + name + "\n\ngo 1.26\n", "greet.go": "package greet\n\n// Word is how.\nconst Word = \"good day over ssh\"\n",
	})
	gitconfig := filepath.Join(t.TempDir(), "gitconfig")
	write(t, gitconfig, fmt.Sprintf("[url %q]\n\tinsteadOf = https://%s/\n", h.url(""), h.ip))
	w := sshWorld(t, h, newWorld(t), "GOENV=off", "GOPRIVATE="+h.ip, "GOPROXY=off", "GIT_CONFIG_GLOBAL="+gitconfig)
	dir := goSSHService(t, h, w, name)

	for about, c := range map[string]struct{ over, sentence, hint string }{
		"no key":        {"SSH_AUTH_SOCK=" + h.agent(t, false), "does not let this fetch in with any ssh key", "ssh-add"},
		"unknown host":  {"SLIPWAY_SSH_KNOWN_HOSTS=" + os.DevNull, "the ssh key of [" + h.ip + "]", "ssh-keyscan"},
		"not permitted": {"SLIPWAY_PRIVATE_HOSTS=", h.ip + " is not a public address", "private hosts"},
	} {
		o := sshWorld(t, h, w, append(w.env, c.over)...).run(t, "build", dir, "--service", "shop/"+strings.ReplaceAll(about, " ", "-"))
		message, hint := lastError(o.stderr)
		if o.code != 1 || !strings.Contains(message, c.sentence) || !strings.Contains(hint, c.hint) {
			t.Errorf("%s: exit code %d, %q, %q; want %q and %q\n%s", about, o.code, message, hint, c.sentence, c.hint, o.stderr)
		}
	}
	stranger := w.run(t, "build", dir, "--service", "shop/stranger", "--untrusted")
	if stranger.code != 1 || !strings.Contains(stranger.stderr, "a stranger's code gets no key for repositories over ssh") {
		t.Errorf("a stranger: exit code %d\n%s", stranger.code, stranger.stderr)
	}
	h.builds(t, w, dir, "good day over ssh")
}

// builds has the service built, and looks for the key in all that is left.
func (h *sshHost) builds(t *testing.T, w *world, dir, text string) {
	t.Helper()
	before := len(h.commands())
	built := w.build(t, dir, "--service", "shop/needy")
	if len(h.commands()) == before {
		t.Error("the host was not asked")
	}
	found := false
	marks := h.marks(t)
	for name, content := range newBlobs(t, w) {
		lookFor(t, "blob "+name, content, append(marks, "git-ssh", "git.sock"))
		found = found || strings.Contains(string(content), text)
	}
	if !found {
		t.Errorf("%q is in no layer", text)
	}
	for name, content := range readAll(t, filepath.Join(w.data, "logs")) {
		lookFor(t, "log "+name, content, marks)
	}
	if log, err := os.ReadFile(filepath.Join(w.data, "logs", "builds", "shop-needy.log")); !strings.Contains(string(log), "git | - GIT ssh://"+h.address+"/") {
		t.Errorf("the log does not say what was read: %v\n%s", err, log)
	}
	lookFor(t, "what the build printed", []byte(built.stderr), marks)
	for _, command := range h.commands() {
		if !uploads.MatchString(command) {
			t.Errorf("the host was asked for %q", command)
		}
	}
}

// goSSHService is a service that needs the module, with the sums that this
// machine's own go command wrote.
func goSSHService(t *testing.T, h *sshHost, w *world, module string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "needy")
	write(t, filepath.Join(dir, "go.mod"), "module example.com/needy\n\ngo 1.26\n\nrequire "+module+" v1.0.0\n")
	write(t, filepath.Join(dir, "main.go"), "package main\n\nimport (\n\t\"fmt\"\n\t\"net/http\"\n\t\"os\"\n\n\tgreet \""+module+"\"\n)\n\nfunc main() {\n"+
		"\thttp.HandleFunc(\"/\", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, greet.Word) })\n"+
		"\t_ = http.ListenAndServe(\":\"+os.Getenv(\"PORT\"), nil)\n}\n")
	home := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "go", "mod", "tidy")
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), w.env...), "HOME="+home, "GOMODCACHE="+filepath.Join(home, "mod"), "GOFLAGS=-modcacherw", "GOCACHE="+filepath.Join(home, "cache"),
		"GOTOOLCHAIN=local", "GIT_SSH_COMMAND=ssh -o StrictHostKeyChecking=yes -o UserKnownHostsFile="+h.knownHosts(t), "NO_PROXY=*", "no_proxy=*")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go mod tidy: %v\n%s", err, out)
	}
	return dir
}
