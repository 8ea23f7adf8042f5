//go:build e2e

package e2e_test

import (
	"fmt"
	"net/http"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks/contract"
)

// everySample builds every service of the samples, checks its image both
// ways, and asks it something.
func (s *shared) everySample(t *testing.T) {
	for _, service := range []struct{ dir, name string }{
		{"hello", "hello"},
		{"stdlib", "stdlib"},
		{"cgo", "cgo"},
		{"workspace", "api"},
		{"workspace", "worker"},
		{"vendored", "vendored"},
	} {
		t.Run(service.name, func(t *testing.T) {
			r := s.build(t, s.samples[service.dir], "--service", "demo/"+service.name)
			name := "demo/" + service.name + ":" + r.Image.Tag
			s.keepsContract(t, name)
			if r.Plan.Kind == slipway.KindWeb {
				labels := factsOf(t, fetch(t, s.images(), name)).config.Config.Labels
				s.answers(t, name, labels[slipway.LabelHealth])
			}
			t.Logf("%s: built in %s (known: %t)", service.name, r.took.Round(time.Millisecond), r.Known)
		})
	}
}

// keepsContract runs `slipway check --run`; every rule must be tried and
// pass.
func (s *shared) keepsContract(t *testing.T, name string) {
	t.Helper()
	static := s.must(t, "check", name, "--output", "json")
	report := decode[contract.Report](t, static.stdout)
	if report.Failed() || len(report.Results) < len(contract.Rules()) {
		t.Errorf("check gives %s", static.stdout)
	}
	running := decode[contract.Report](t, s.must(t, "check", "--run", name, "--output", "json").stdout)
	for _, r := range running.Results {
		if r.Status != contract.Pass {
			t.Errorf("check --run: %s is %s: %s %v", r.Rule, r.Status, r.Reason, r.Findings)
		}
	}
}

var publishedAt = regexp.MustCompile(`http://(127\.0\.0\.1:\d+) is the image's port`)

// answers starts the image with `slipway run` and asks for a path.
func (s *shared) answers(t *testing.T, name, path string) {
	t.Helper()
	if path == "" {
		path = "/"
	}
	p := s.start(t, "run", name)
	p.until(t, "the image has an address", 30*time.Second, func() bool { return publishedAt.MatchString(p.stderr.String()) })
	url := "http://" + publishedAt.FindStringSubmatch(p.stderr.String())[1] + path
	var last error
	ok := eventually(20*time.Second, func() bool {
		last = get(t, url)
		return last == nil
	})
	if !ok {
		t.Errorf("%s: %v\n%s", url, last, p.stdout)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if o := p.wait(t); o.code != 0 {
		t.Errorf("slipway run ended with exit code %d\n%s%s", o.code, o.stdout, o.stderr)
	}
}

func get(t *testing.T, url string) error {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	resp, err := (&http.Client{Timeout: 5 * time.Second}).Do(req)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("answer %s", resp.Status)
	}
	return nil
}
