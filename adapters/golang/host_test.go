package golang_test

import (
	"bytes"
	"debug/elf"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters"
)

// services are the sample repositories that end-to-end tests build.
const services = "../../e2e/services/go"

// TestPlan_builds runs the planned commands on the host, each step with the
// files that its mounts give it and nothing else, and looks at the program.
func TestPlan_builds(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command and downloads modules: -short")
	}
	out, err := exec.CommandContext(t.Context(), "go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	cache := strings.TrimSpace(string(out))
	for _, c := range []struct {
		service, name string
		steps         int
		static        bool
	}{
		{"hello", "hello", 2, true},
		{"stdlib", "stdlib", 1, true},
		{"cgo", "cgo", 1, false},
		{"vendored", "vendored", 1, true},
		{"workspace", "api", 2, true},
		{"workspace", "worker", 2, true},
	} {
		t.Run(c.service+"/"+c.name, func(t *testing.T) {
			dir := filepath.Join(services, c.service)
			plan, err := adapters.Plan(adapters.Request{Tree: os.DirFS(dir), Service: c.name})
			if err != nil {
				t.Fatal(err)
			}
			if len(plan.Steps) != c.steps {
				t.Errorf("%d steps, want %d", len(plan.Steps), c.steps)
			}
			h := host{root: t.TempDir(), tree: dir, cache: cache}
			for range 2 { // the second time with the caches that the first one left
				for _, s := range plan.Steps {
					h.run(t, s)
				}
			}
			if got := isStatic(t, h.path("/out/"+c.name)); got != c.static {
				t.Errorf("static is %t, want %t", got, c.static)
			}
		})
	}
}

// A cache that was damaged, by whatever, is noticed by go.sum and dropped.
func TestPlan_dropsDamagedCache(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("downloads a module: -short")
	}
	dir := filepath.Join(services, "hello")
	plan, err := adapters.Plan(adapters.Request{Tree: os.DirFS(dir)})
	if err != nil {
		t.Fatal(err)
	}
	h := host{root: t.TempDir(), tree: dir}
	h.run(t, plan.Steps[0])
	zip := h.path("/var/cache/go-mod/download/github.com/go-chi/chi/v5/@v/v5.2.1.zip")
	whole, err := os.ReadFile(zip)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(zip, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if out := h.output(t, plan.Steps[0]); !strings.Contains(out, "again, without") {
		t.Errorf("the damage was not noticed:\n%s", out)
	}
	if mended, err := os.ReadFile(zip); err != nil || !bytes.Equal(mended, whole) {
		t.Errorf("the cache was not mended: %v", err)
	}
}

// host gives the directories of a step places below a directory of its own.
type host struct {
	root  string
	tree  string
	cache string // the go command's own, which keeps a second run of the test short
}

func (h host) path(inStep string) string {
	if inStep == "/root/.cache/go-build" {
		return h.cache
	}
	return filepath.Join(h.root, filepath.FromSlash(inStep))
}

func (h host) run(t *testing.T, s slipway.Step) {
	t.Helper()
	if out := h.output(t, s); strings.Contains(out, "again, without") {
		t.Errorf("step %s did not accept its own cache:\n%s", s.Name, out)
	}
}

func (h host) output(t *testing.T, s slipway.Step) string {
	t.Helper()
	for _, m := range s.Mounts {
		h.mount(t, m)
	}
	cmd := exec.CommandContext(t.Context(), s.Args[0], h.moved(s.Args[1:])...)
	cmd.Dir = h.path(s.Dir)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + h.path("/root"), "SSL_CERT_FILE=" + os.Getenv("SSL_CERT_FILE")}
	if s.Network == slipway.NetworkPackages {
		for _, name := range []string{"GOPROXY", "GOSUMDB", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"} { // the machine's own way out
			if v := os.Getenv(name); v != "" {
				cmd.Env = append(cmd.Env, name+"="+v)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Env)) {
		cmd.Env = append(cmd.Env, name+"="+h.moved([]string{s.Env[name]})[0])
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("step %s: %v\n%s", s.Name, err, out)
	}
	return string(out)
}

// mount gives a source step fresh files and leaves outputs and caches where
// they are, except an output that the step itself makes, which is empty.
func (h host) mount(t *testing.T, m slipway.Mount) {
	t.Helper()
	target := h.path(m.Target)
	if m.Source != nil || m.Output {
		if err := os.RemoveAll(target); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(target, 0o750); err != nil {
		t.Fatal(err)
	}
	if m.Source == nil {
		return
	}
	if len(m.Source.Include) == 0 {
		if err := os.CopyFS(target, os.DirFS(h.tree)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range m.Source.Include { // the samples have no names that are patterns
		data, err := os.ReadFile(filepath.Join(h.tree, name))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(target, name)), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(target, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// moved rewrites the directories of the step to those below the root.
func (h host) moved(words []string) []string {
	moved := slices.Clone(words)
	for i, w := range moved {
		for _, dir := range []string{"/src", "/go/pkg/mod", "/root/.cache/go-build", "/var/cache/go-mod", "/out"} {
			w = strings.ReplaceAll(w, dir, h.path(dir))
		}
		moved[i] = w
	}
	return moved
}

func isStatic(t *testing.T, program string) bool {
	t.Helper()
	f, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return f.Section(".interp") == nil
}
