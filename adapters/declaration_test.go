package adapters_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters"
)

// Which slipway.yaml counts for a directory of a repository, seen by the port
// that it declares.
func TestPlan_whichManifest(t *testing.T) {
	t.Parallel()
	declare := func(service string) string { return "services:\n  - " + service + "\n" }
	for name, c := range map[string]struct {
		root, own string // the two files, "" is none
		service   string
		port      int
		read      string // the file that the evidence names first
		passed    bool   // and whether the directory's own was passed over
	}{
		"none":                              {"", "", "", 8080, "", false},
		"the directory's own":               {"", declare("{name: api, port: 1}"), "", 1, "svc/api/slipway.yaml", false},
		"the directory's own, named":        {"", declare("{name: api, port: 1}"), "api", 1, "svc/api/slipway.yaml", false},
		"the root's":                        {declare("{name: api, path: svc/api, port: 2}"), "", "", 2, "slipway.yaml", false},
		"both, the root declares it":        {declare("{name: api, path: svc/api, port: 2}"), declare("{name: api, port: 1}"), "", 2, "slipway.yaml", true},
		"both, the root declares another":   {declare("{name: web, path: web}"), declare("{name: api, port: 1}"), "", 1, "svc/api/slipway.yaml", false},
		"the root declares another":         {declare("{name: web, path: web}"), "", "", 8080, "slipway.yaml", false},
		"several of its own, one is chosen": {"", declare("{name: api, port: 1}\n  - {name: worker, port: 3}"), "worker", 3, "svc/api/slipway.yaml", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{"svc/api/go.mod": "module example.com/api\n\ngo 1.26\n", "svc/api/main.go": program, "web/index.html": ""}
			if c.root != "" {
				files["slipway.yaml"] = c.root
			}
			if c.own != "" {
				files["svc/api/slipway.yaml"] = c.own
			}
			plan, err := adapters.Plan(adapters.Request{Tree: tree(files), Path: "svc/api", Service: c.service})
			if err != nil {
				t.Fatal(err)
			}
			if plan.Port != c.port || plan.Path != "svc/api" {
				t.Errorf("port %d in %s, want %d in svc/api", plan.Port, plan.Path, c.port)
			}
			if c.read != "" && plan.Evidence[0].File != c.read {
				t.Errorf("the evidence begins with %+v, want %s", plan.Evidence[0], c.read)
			}
			passed := slices.ContainsFunc(plan.Evidence, func(e slipway.Evidence) bool {
				return e.File == "svc/api/slipway.yaml" && e.Means == "not read: the one at the root of the repository declares this service"
			})
			if passed != c.passed {
				t.Errorf("passed over: %t, want %t: %+v", passed, c.passed, plan.Evidence)
			}
		})
	}
}

// A directory with a slipway.yaml is planned as the same files are at the
// root of a repository, but for where they are.
func TestPlan_manifestMovesWithItsDirectory(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"slipway.yaml": "services:\n  - name: api\n    path: app\n    inputs: [app, lib]\n    main: ./cmd/api\n    cgo: false\n    version: \"1.26\"\n",
		"go.work":      "go 1.26\n\nuse (\n\t./app\n\t./lib\n)\n", "app/go.mod": "module example.com/app\n\ngo 1.26\n", "app/cmd/api/main.go": program,
		"lib/go.mod": "module example.com/lib\n\ngo 1.26\n", "lib/lib.go": "package lib\n",
	}
	below := map[string]string{}
	for name, text := range files {
		below["team/shop/"+name] = text
	}
	top, err := adapters.Plan(adapters.Request{Tree: tree(files), Service: "api"})
	if err != nil {
		t.Fatal(err)
	}
	moved, err := adapters.Plan(adapters.Request{Tree: tree(below), Service: "api", Path: "team/shop"})
	if err != nil {
		t.Fatal(err)
	}
	if moved.Path != "team/shop/"+top.Path || moved.Version.Value != top.Version.Value {
		t.Errorf("moved: %s %s; at the root: %s %s", moved.Path, moved.Version.Value, top.Path, top.Version.Value)
	}
	var want []string
	for _, in := range top.Inputs {
		want = append(want, "team/shop/"+in)
	}
	if diff := cmp.Diff(want, moved.Inputs); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
}

// A mistake is named in the file that it is in.
func TestPlan_namesTheManifestOfAMistake(t *testing.T) {
	t.Parallel()
	for own, want := range map[string]string{
		"services:\n  - {name: api, prot: 1}\n": `"svc\na/slipway.yaml":2: unknown key "prot"`,
		"services:\n  - {name: web}\n":          `"svc\na/slipway.yaml" declares no service api`,
	} {
		_, err := adapters.Plan(adapters.Request{Path: "svc\na", Service: "api", Tree: tree(map[string]string{
			"svc\na/go.mod": "module example.com/api\n", "svc\na/main.go": program, "svc\na/slipway.yaml": own,
		})})
		if fmt.Sprint(err) != want || slipway.ErrorCode(err) == slipway.CodeInternal {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
