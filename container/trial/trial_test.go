package trial_test

import (
	"archive/tar"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks/contract"
	"github.com/slipway-ci/slipway/container"
	"github.com/slipway-ci/slipway/container/imagetest"
	"github.com/slipway-ci/slipway/container/trial"
)

func needRunc(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("runc"); err == nil && os.Geteuid() == 0 {
		return
	}
	const reason = "running images needs runc and, in this test, root"
	if os.Getenv("SLIPWAY_TEST_REQUIRED") == "1" {
		t.Fatal(reason)
	}
	t.Skip("NOT TESTED: " + reason)
}

// image starts the program under a stand-in for the init that, like an init,
// leaves signals to the program.
func image(t *testing.T, program string, kind slipway.Kind, does ...string) v1.Image {
	t.Helper()
	config := v1.Config{
		User: contract.User, Entrypoint: append([]string{"/sbin/tini", "--", "/app/program"}, does...), WorkingDir: contract.Dir,
		Volumes: map[string]struct{}{"/tmp": {}},
		Labels: map[string]string{
			slipway.LabelKind: string(kind), slipway.LabelTitle: "cart", slipway.LabelService: "shop/cart", slipway.LabelStack: "go",
			slipway.LabelPlan: "sha256:" + strings.Repeat("a", 64), slipway.LabelContract: slipway.ContractVersion,
			slipway.LabelBaseName: "slipway.internal/stacks/static:1", slipway.LabelBaseDigest: "sha256:" + strings.Repeat("b", 64),
		},
	}
	if kind == slipway.KindWeb {
		config.Env = []string{"PORT=8080"}
		config.ExposedPorts = map[string]struct{}{"8080/tcp": {}}
		config.Labels[slipway.LabelHealth] = "/healthz"
	}
	return imagetest.Image(t, config,
		imagetest.Add(imagetest.Layer(t, map[string]imagetest.File{
			"sbin/tini": {Body: program, Mode: 0o755}, "scratch": {Type: tar.TypeDir, Mode: 0o1777},
		}), "run image"),
		imagetest.Add(imagetest.Layer(t, map[string]imagetest.File{"app/program": {Body: program, Mode: 0o755}, "app/dash": {Body: program, Mode: 0o755}}), "slipway layer program /app"))
}

func TestRun(t *testing.T) {
	t.Parallel()
	needRunc(t)
	program := imagetest.Program(t)
	for name, test := range map[string]struct {
		kind slipway.Kind
		does []string
		rule contract.Name // that is violated; "" none
		says string
	}{
		"a good web service":             {slipway.KindWeb, []string{"print=ready", "serve"}, "", ""},
		"configured":                     {slipway.KindWeb, []string{"need=DATABASE_URL", "serve"}, "", ""},
		"lacks its configuration":        {slipway.KindWeb, []string{"need=OTHER_URL", "serve"}, contract.RuleStartUp, "OTHER_URL is not set"},
		"a good worker":                  {slipway.KindWorker, []string{"wait"}, "", ""},
		"a good task":                    {slipway.KindTask, []string{"write=/tmp/x", "print=done"}, "", ""},
		"ignores SIGTERM":                {slipway.KindWeb, []string{"ignore-term", "serve"}, contract.RuleStart, "after SIGTERM"},
		"a worker that ignores SIGTERM":  {slipway.KindWorker, []string{"ignore-term", "wait"}, contract.RuleStart, "after SIGTERM"},
		"writes to its root":             {slipway.KindWeb, []string{"write=/scratch/x", "serve"}, contract.RuleUser, "write to its root file system: it writes /scratch/x"},
		"needs root":                     {slipway.KindWeb, []string{"need-root", "serve"}, contract.RuleUser, "works as root"},
		"needs root and a writable root": {slipway.KindTask, []string{"need-root", "write=/x"}, contract.RuleUser, "only as root on a writable root: it writes /x"},
		"writes beside itself":           {slipway.KindWeb, []string{"write=/app/cart.db", "serve"}, contract.RuleUser, "it writes /app/cart.db"},
		"never answers":                  {slipway.KindWeb, []string{"print=busy", "wait"}, contract.RuleStartUp, "nothing answers"},
		"is never well":                  {slipway.KindWeb, []string{"sick", "serve"}, contract.RuleStartUp, "answers 503"},
		"ignores PORT":                   {slipway.KindWeb, []string{"serve=8080"}, contract.RuleKind, "listens on port 8080 although PORT is"},
		"has a port of its own":          {slipway.KindWeb, []string{"serve=9999"}, contract.RuleKind, "listens on port 9999 although PORT is"},
		"speaks something else":          {slipway.KindWeb, []string{"mumble"}, contract.RuleStartUp, "does not answer HTTP"},
		"listens for itself alone":       {slipway.KindWeb, []string{"inside", "serve"}, contract.RuleKind, "of 127.0.0.1 alone"},
		"a shell in front":               {slipway.KindWeb, []string{"become=/app/dash", "serve"}, contract.RuleStart, "a shell, /app/dash, runs under the init"},
		"ends before it answers":         {slipway.KindWeb, []string{"print=no database", "exit=3"}, contract.RuleStartUp, "started as \"/app/program print=no database exit=3\", ended with exit code 3 before it answered: no database"},
		"logs to a file":                 {slipway.KindWeb, []string{"write=/tmp/access.log", "serve"}, contract.RuleLogs, "/tmp/access.log"},
		"a worker that ends":             {slipway.KindWorker, []string{"exit=0"}, contract.RuleKind, "ended by itself"},
		"a task that does not end":       {slipway.KindTask, []string{"wait"}, contract.RuleKind, "has not ended"},
		"a task that does not succeed":   {slipway.KindTask, []string{"exit=4"}, contract.RuleStartUp, "exit code 4"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			report, err := contract.Check(t.Context(), image(t, program, test.kind, test.does...), contract.Options{
				Content: true, Env: map[string]string{"DATABASE_URL": "somewhere"}, Runner: trial.Runner{Options: container.Options{Dir: dir}},
				StartUp: 5 * time.Second, Settle: time.Second, Stop: 3 * time.Second,
			})
			if err != nil {
				t.Fatal(err)
			}
			expect(t, report, test.rule, test.says)
			if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
				t.Errorf("left in the directory of containers: %v, %v", left, err)
			}
		})
	}
}

// expect wants exactly one failed rule beyond start-up, which fails with
// every image that does not come up.
func expect(t *testing.T, report contract.Report, rule contract.Name, says string) {
	t.Helper()
	named := false
	for _, r := range report.Results {
		for _, f := range r.Findings {
			switch {
			case r.Rule == rule && strings.HasPrefix(f.Message, string(rule)+": ") && strings.Contains(f.Message, says):
				named = true
			case r.Rule != contract.RuleStartUp || rule == "":
				t.Errorf("unexpected: %s", f.Message)
			default:
				t.Logf("also: %s", f.Message)
			}
		}
		if r.Status == contract.Skipped {
			t.Errorf("%s was skipped: %s", r.Rule, r.Reason)
		}
	}
	if rule == "" && report.Failed() || rule != "" && !named {
		t.Errorf("want %q named with …%s…, got %+v", rule, says, report.Results)
	}
}
