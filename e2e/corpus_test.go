//go:build e2e

package e2e_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks/contract"
)

// expectation is services/LANGUAGE/NAME.yaml: what is promised of the tree
// services/LANGUAGE/NAME beside it.
type expectation struct {
	Shape   string            `yaml:"shape"`   // what is special about this repository
	Service string            `yaml:"service"` // bare name; the tree's by default
	Path    string            `yaml:"path"`    // --path
	Main    string            `yaml:"main"`    // --main
	Env     []string          `yaml:"env"`     // NAME=value for the program
	Get     map[string]string `yaml:"get"`     // path -> text in the answer, which is 200
	Output  string            `yaml:"output"`  // text that the program prints
	Error   string            `yaml:"error"`   // text of the error that the build ends with, instead of an image
	Breaks  bool              `yaml:"breaks"`  // the image breaks the contract, and the build says so
	Quick   bool              `yaml:"quick"`   // part of `make test`; the rest is `make corpus`
	Demo    bool              `yaml:"demo"`    // `make demo` takes it through
}

// TestCorpus builds every tree of the corpus, holds the image to the contract
// both ways, starts it, asks it, and stops it. SLIPWAY_CORPUS=all takes all
// of them, a comma-separated list LANGUAGE/NAME those; else the quick ones.
func TestCorpus(t *testing.T) { //nolint:tparallel // its parts share one engine and come one after another
	t.Parallel()
	chosen := os.Getenv("SLIPWAY_CORPUS")
	files, err := filepath.Glob("services/*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("the corpus is not there: %v", err)
	}
	var s *shared
	var points score
	for _, file := range files {
		points.of(treeOf(file))
	}
	for _, file := range files {
		name, want := treeOf(file), readExpectation(t, file)
		if !taken(chosen, name, want.Quick) {
			continue
		}
		if s == nil {
			s = up(t)
		}
		t.Run(name, func(t *testing.T) { s.corpus(t, points.of(name), want) })
		points.save(t)
	}
	t.Logf("the score:\n%s", &points)
}

// treeOf is the tree that an expectation file is about, LANGUAGE/NAME.
func treeOf(file string) string {
	return strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(file), "services/"), ".yaml")
}

func taken(chosen, name string, quick bool) bool {
	switch chosen {
	case "":
		return quick
	case "all":
		return true
	default:
		return slices.Contains(strings.Split(chosen, ","), name)
	}
}

func readExpectation(t *testing.T, file string) (e expectation) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	decoder := yaml.NewDecoder(f)
	decoder.KnownFields(true)
	if err := decoder.Decode(&e); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if e.Shape == "" {
		t.Fatalf("%s does not say what is special about it", file)
	}
	return e
}

func (s *shared) corpus(t *testing.T, m *mark, want expectation) {
	t.Helper()
	tree := filepath.Join(t.TempDir(), filepath.Base(m.name))
	if err := os.CopyFS(tree, os.DirFS(filepath.Join("services", filepath.FromSlash(m.name)))); err != nil {
		t.Fatal(err)
	}
	args := []string{tree, "--service", "corpus/" + strings.ReplaceAll(orElse(want.Service, filepath.Base(m.name)), "_", "-")}
	for flag, value := range map[string]string{"--path": want.Path, "--main": want.Main} {
		if value != "" {
			args = append(args, flag, value)
		}
	}
	m.reached, m.why = looked, "the test ended before a plan; its log says why"
	if want.Error != "" {
		s.refuses(t, m, args, want.Error)
		return
	}
	if o := s.run(t, append([]string{"plan"}, args...)...); o.code != 0 {
		m.fails(t, o, "planning it")
	}
	m.reached = planned
	r := s.builds(t, m, args, want)
	s.lives(t, m, r, want)
	if again := s.build(t, args...); !again.Known || again.Image.Digest != r.Image.Digest {
		t.Errorf("built again it is known: %t, with the digests %s and %s", again.Known, r.Image.Digest, again.Image.Digest)
	}
	if t.Failed() && m.why == "" {
		m.why = "its test failed beside that; its log says why"
	}
}

// builds gives the image, which keeps the contract or says that it does not.
func (s *shared) builds(t *testing.T, m *mark, args []string, want expectation) buildResult {
	t.Helper()
	o := s.run(t, append([]string{"build", "--output", "json"}, args...)...)
	if o.code != 0 {
		m.fails(t, o, "building it")
	}
	m.reached = built
	r := decode[buildResult](t, o.stdout)
	r.took, r.stderr = o.took, o.stderr
	t.Logf("%s: built in %s", m.name, r.took.Round(time.Millisecond))
	if !want.Breaks {
		s.contractOf(t, r.ref(), want.Env)
	} else if !strings.Contains(r.stderr, "contract: ") {
		t.Errorf("nobody says that it breaks the contract:\n%s", r.stderr)
	}
	return r
}

// ref names the image for other commands.
func (r buildResult) ref() string { return r.Image.Service.String() + ":" + r.Image.Tag }

func (s *shared) refuses(t *testing.T, m *mark, args []string, says string) {
	t.Helper()
	m.why = "refused, as promised: " + says
	o := s.run(t, append([]string{"build"}, args...)...)
	if o.code != 1 && o.code != 2 || !strings.Contains(o.stderr, says) {
		m.why = "not refused as promised: " + says
		t.Errorf("exit code %d, want 1 or 2 and %q in\n%s", o.code, says, o.stderr)
	}
}

// contractOf fails for a rule that an image breaks, at rest or running with
// what env has for it.
func (s *shared) contractOf(t *testing.T, image string, env []string) {
	t.Helper()
	args := []string{"check", "--run", image, "--output", "json"}
	for _, kv := range env {
		args = append(args, "--env", kv)
	}
	o := s.run(t, args...)
	for _, r := range decode[contract.Report](t, o.stdout).Results {
		if r.Status == contract.Fail {
			t.Errorf("check --run: %s: %s %v", r.Rule, r.Reason, r.Findings)
		}
	}
}

// lives starts the image, sees it answer or print, and stops it.
func (s *shared) lives(t *testing.T, m *mark, r buildResult, want expectation) {
	t.Helper()
	m.why = "it does not start; the test's log says why"
	args := []string{"run", r.ref()}
	for _, kv := range want.Env {
		args = append(args, "--env", kv)
	}
	p := s.start(t, args...)
	if r.Plan.Kind == slipway.KindWeb {
		p.until(t, "the image has an address", 2*time.Minute, func() bool { return publishedAt.MatchString(p.stderr.String()) })
	}
	m.reached, m.why = started, ""
	if r.Plan.Kind == slipway.KindWeb {
		base := "http://" + publishedAt.FindStringSubmatch(p.stderr.String())[1]
		for _, path := range slices.Sorted(maps.Keys(want.Get)) {
			s.asks(t, m, p, base+path, want.Get[path])
		}
	}
	if want.Output != "" {
		m.why = fmt.Sprintf("it does not print %q", want.Output)
		p.until(t, fmt.Sprintf("the program prints %q", want.Output), 30*time.Second, func() bool { return strings.Contains(p.stdout.String()+p.stderr.String(), want.Output) })
		m.why = ""
	}
	if r.Plan.Kind != slipway.KindTask {
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	if o := p.wait(t); o.code != 0 {
		m.why = fmt.Sprintf("it ends with exit code %d", o.code)
		t.Errorf("slipway run ended with exit code %d\n%s%s", o.code, o.stdout, o.stderr)
	}
	if m.why == "" {
		m.reached = answering
	}
}

func (s *shared) asks(t *testing.T, m *mark, p *process, url, text string) {
	t.Helper()
	var last error
	if !eventually(30*time.Second, func() bool { last = answersWith(t, url, text); return last == nil || p.ended() }) || last != nil {
		m.why = fmt.Sprintf("%s: %v", url, last)
		t.Errorf("%s: %v\n%s%s", url, last, p.stdout, p.stderr)
	}
}

func answersWith(t *testing.T, url, text string) error {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "text/html,*/*")
	resp, err := (&http.Client{Timeout: 5 * time.Second}).Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK || !strings.Contains(string(body), text) {
		return fmt.Errorf("answer %s without %q: %.500s", resp.Status, text, body)
	}
	return nil
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
