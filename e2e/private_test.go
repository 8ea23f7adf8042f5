//go:build e2e

package e2e_test

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// moduleForge is a git server over TLS that wants a password, on the port that
// module paths mean. Its one repository is a Go module.
type moduleForge struct {
	host, module string // the module is at HOST/team/greet.git
	password     string
	authority    *authority
	served       atomic.Int64
}

func newModuleForge(t *testing.T) *moduleForge {
	t.Helper()
	ip := ownAddress(t)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort(ip.String(), "443"))
	if errors.Is(err, syscall.EACCES) {
		t.Skip("SKIPPED: a module path has no port, and port 443 is root's on this machine")
	}
	if err != nil {
		missing(t, "the port that module paths mean cannot be had: "+err.Error())
	}
	f := &moduleForge{host: ip.String(), password: "forge-" + rand.Text(), authority: newAuthority(t)}
	f.module = f.host + "/team/greet.git"
	root := t.TempDir()
	f.repository(t, filepath.Join(root, "team", "greet.git"))
	out, err := exec.CommandContext(t.Context(), "git", "--exec-path").Output()
	if err != nil {
		missing(t, "git is not installed")
	}
	backend := &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(out)), "git-http-backend"), Dir: root, Stderr: &output{}, Logger: slog.NewLogLogger(slog.DiscardHandler, 0),
		Env: []string{
			"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_NOSYSTEM=1", "HOME=" + root,
			"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
		},
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != f.password {
			w.Header().Set("WWW-Authenticate", `Basic realm="forge"`)
			http.Error(w, "the forge wants a password", http.StatusUnauthorized)
			return
		}
		f.served.Add(1)
		backend.ServeHTTP(w, r)
	}))
	_ = server.Listener.Close()
	server.Listener = listener
	server.TLS = &tls.Config{Certificates: []tls.Certificate{f.authority.server(t, ip)}}
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return f
}

// repository makes the module and tags it.
func (f *moduleForge) repository(t *testing.T, dir string) {
	t.Helper()
	r := &repository{dir: dir}
	write(t, filepath.Join(dir, "go.mod"), "module "+f.module+"\n\ngo 1.26\n")
	write(t, filepath.Join(dir, "greet.go"), "// Package greet greets.\npackage greet\n\n// Word is how.\nconst Word = \"good day from a private module\"\n")
	r.git(t, dir, "init", "--quiet", "--initial-branch=main")
	r.commit(t, "first")
	r.git(t, dir, "tag", "v1.0.0")
}

// service writes a service that needs the module. Its go.sum is written by the
// go command of this machine.
func (f *moduleForge) service(t *testing.T, dir, ca, netrc string) {
	t.Helper()
	write(t, filepath.Join(dir, "go.mod"), "module example.com/needy\n\ngo 1.26\n\nrequire "+f.module+" v1.0.0\n")
	write(t, filepath.Join(dir, "main.go"), "package main\n\nimport (\n\t\"fmt\"\n\t\"net/http\"\n\t\"os\"\n\n\tgreet \""+f.module+"\"\n)\n\nfunc main() {\n"+
		"\thttp.HandleFunc(\"/\", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, greet.Word) })\n"+
		"\t_ = http.ListenAndServe(\":\"+os.Getenv(\"PORT\"), nil)\n}\n")
	home := t.TempDir()
	if err := copyFile(netrc, filepath.Join(home, ".netrc")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "mod", "tidy")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+home, "GOMODCACHE="+filepath.Join(home, "mod"), "GOFLAGS=-modcacherw", "GOPRIVATE="+f.host,
		"GIT_SSL_CAINFO="+ca, "SSL_CERT_FILE="+ca, "GOENV=off", "GOCACHE="+filepath.Join(home, "cache"), "GOTOOLCHAIN=local",
		"NO_PROXY=*", "no_proxy=*")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go mod tidy: %v\n%s", err, out)
	}
}

// TestPrivateModules fetches a module from a git server of the organisation,
// in a build step, with the credentials, the CA and the permission that the
// operator gave; and says which is missing where one is.
func TestPrivateModules(t *testing.T) {
	t.Parallel()
	forge := newModuleForge(t)
	dir := t.TempDir()
	bundle, err := os.ReadFile(machineBundle())
	if err != nil {
		missing(t, "this machine has no CA bundle: "+err.Error())
	}
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		write(t, path, text)
		return path
	}
	ca := file("ca.pem", string(bundle)+"\n"+string(forge.authority.pem))
	netrc := file("netrc", "machine "+forge.host+" login ci password "+forge.password+"\n")
	wrong := file("wrong", "machine "+forge.host+" login ci password wrong\n")
	none := file("none", "\n")
	service := filepath.Join(dir, "needy")
	forge.service(t, service, ca, netrc)

	w := newWorld(t)
	with := func(over ...string) *world {
		return &world{program: w.program, data: w.data, env: append([]string{
			"GOENV=off", "GOPRIVATE=" + forge.host, "NETRC=" + netrc, "SLIPWAY_CA=" + ca, "SLIPWAY_PRIVATE_HOSTS=" + forge.host,
			"GOPROXY=off",
		}, over...)}
	}
	for _, c := range []struct {
		about          string
		over           []string
		sentence, hint string
	}{
		{"no credentials", []string{"NETRC=" + none}, forge.host + " asks for credentials", "machine " + forge.host},
		{"wrong credentials", []string{"NETRC=" + wrong}, forge.host + " refuses the credentials", "machine " + forge.host},
		{"not permitted", []string{"SLIPWAY_PRIVATE_HOSTS="}, forge.host + " could not be reached", "SLIPWAY_PRIVATE_HOSTS=" + forge.host},
		{"no CA", []string{"SLIPWAY_CA=" + machineBundle()}, forge.host + " could not be reached", "SLIPWAY_CA=FILE"},
		{"not private", []string{"GOPRIVATE=", "GOPROXY=" + moduleMirror(t)}, "does not give the module " + forge.module, "GOPRIVATE=" + forge.host},
	} {
		o := with(c.over...).run(t, "build", service, "--service", "shop/needy")
		message, hint := lastError(o.stderr)
		if o.code != 1 || !strings.Contains(message, c.sentence) || !strings.Contains(hint, c.hint) {
			t.Errorf("%s: exit code %d, %q, %q; want %q and %q\n%s", c.about, o.code, message, hint, c.sentence, c.hint, o.stderr)
		}
	}
	served := forge.served.Load()
	ours := with()
	built := ours.build(t, service, "--service", "shop/needy")
	if forge.served.Load() == served {
		t.Error("the forge was not asked")
	}
	found := false
	for name, content := range newBlobs(t, w) {
		lookFor(t, "blob "+name, content, append(forge.authority.lines(), forge.password))
		found = found || strings.Contains(string(content), "good day from a private module")
	}
	if !found {
		t.Error("the module's text is in no layer")
	}
	for name, content := range readAll(t, filepath.Join(w.data, "logs")) {
		lookFor(t, "log "+name, content, []string{forge.password})
	}
	lookFor(t, "what the build printed", []byte(built.stderr), []string{forge.password})
}

// lastError gives the sentence and the hint that a command ended with.
func lastError(stderr string) (message, hint string) {
	for line := range strings.Lines(stderr) {
		if m, ok := strings.CutPrefix(line, "slipway: "); ok {
			message, hint = strings.TrimSpace(m), ""
		}
		if h, ok := strings.CutPrefix(line, "  hint: "); ok {
			hint = strings.TrimSpace(h)
		}
	}
	return message, hint
}
