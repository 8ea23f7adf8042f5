package manifest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
)

func TestParse_all(t *testing.T) {
	t.Parallel()
	got, err := manifest.Parse([]byte(`services:
  - name: api
    path: ./services/api/
    version: 1.20
    env: {A: 1, B: true, C: "x y"}
    inputs: [./services/api/, lib]
    stamp: main.version
  - name: worker
    kind: worker
    stamp: {revision: example.com/x/v2/build.commit}
`), ".")
	if err != nil {
		t.Fatal(err)
	}
	want := manifest.File{Services: []manifest.Service{
		{
			Name: "api", Path: "services/api", Version: "1.20", Env: map[string]string{"A": "1", "B": "true", "C": "x y"},
			Inputs: []string{"services/api", "lib"}, Stamp: &manifest.Stamp{Version: "main.version"},
		},
		{Name: "worker", Path: ".", Kind: slipway.KindWorker, Stamp: &manifest.Stamp{Revision: "example.com/x/v2/build.commit"}},
	}}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(manifest.File{}, manifest.Service{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if line := got.Services[1].Line("kind"); line != 9 {
		t.Errorf("kind of worker is in line %d, want 9", line)
	}
}

// Paths are relative to the file, and may lead to the rest of the repository,
// not out of it.
func TestParse_inDirectory(t *testing.T) {
	t.Parallel()
	got, err := manifest.Parse([]byte("services:\n  - name: api\n    path: api\n    inputs: [., ../../lib]\n"), "team/shop")
	if err != nil {
		t.Fatal(err)
	}
	want := []manifest.Service{{Name: "api", Path: "team/shop/api", Inputs: []string{"team/shop", "lib"}}}
	if diff := cmp.Diff(want, got.Services, cmpopts.IgnoreUnexported(manifest.Service{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if file := got.Services[0].File(); file != "team/shop/slipway.yaml" {
		t.Errorf("declared in %s", file)
	}
	for _, line := range []string{"path: ../../..", "inputs: [../../../x]"} {
		if _, err := manifest.Parse([]byte("services:\n  - name: api\n    "+line+"\n"), "team/shop"); slipway.ErrorCode(err) != slipway.CodeInvalid {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestParse_NamesTheKeysOfATable(t *testing.T) {
	t.Parallel()
	_, err := manifest.Parse([]byte("services:\n  - name: api\n    tests: go test\n"), ".")
	if e, ok := errors.AsType[*slipway.Error](err); !ok || e.Hint != "its keys are command, reports: for example `{command: …}`" {
		t.Errorf("%#v", err)
	}
}

func TestParse_refuses(t *testing.T) {
	t.Parallel()
	service := func(s string) string { return "services:\n  - name: api\n    " + s + "\n" }
	for text, want := range map[string]string{
		"":                                    "slipway.yaml:1: nothing is declared",
		"# only a comment\n":                  "slipway.yaml:1: nothing is declared",
		"services: []\n":                      "slipway.yaml:1: no service is declared",
		"services:\n":                         "slipway.yaml:1: services is one value, want a list",
		"- name: api\n":                       "slipway.yaml:1: the file is a list, want keys and values",
		"service:\n  - name: api\n":           `slipway.yaml:1: unknown key "service"`,
		"services: &a\n  - name: x\n":         "anchors and aliases are not read here",
		"services: [*a]\n":                    "unknown anchor",
		"services:\n  - {name: a}\n---\n{}\n": "a second document begins",
		"services: [\n":                       "slipway.yaml:",
		"services:\n  - {name: a}\n  - {path: b}\n":           "slipway.yaml:3: a service has no name",
		"services:\n  - {name: a}\n  - {name: a}\n":           `slipway.yaml:3: a second service is named "a"`,
		service("name: b"):                                    `slipway.yaml:3: "name" is given a second time, first in line 2`,
		service("prot: 80"):                                   `slipway.yaml:3: unknown key "prot"`,
		service("port: eighty"):                               "slipway.yaml:3: cannot unmarshal",
		service("port: 0"):                                    "slipway.yaml:3: 0 is not a port",
		service("port: 70000"):                                "slipway.yaml:3: 70000 is not a port",
		service("port: [80]"):                                 "slipway.yaml:3: services[0].port is a list, want one value",
		service("port:"):                                      "slipway.yaml:3: services[0].port has no value",
		service("kind: wbe"):                                  `slipway.yaml:3: unknown kind "wbe"`,
		service("expose: world"):                              `slipway.yaml:3: unknown expose "world"`,
		service("kind: task\n    port: 80"):                   "slipway.yaml:4: a task has no port",
		service("health: healthz"):                            `slipway.yaml:3: "healthz" is not the path of a URL`,
		service("health: \"/a b\""):                           "is not the path of a URL",
		service("path: ../x"):                                 `slipway.yaml:3: "../x" is not a directory of the repository`,
		service("inputs: [../x]"):                             `slipway.yaml:3: "../x" is outside the repository`,
		service("inputs: [\"!x\"]"):                           "is not a directory or file",
		service("inputs: [\"lib/*.go\"]"):                     "is not a directory or file",
		service("inputs: [/etc]"):                             "is not a directory or file",
		service("writable: [/]"):                              `slipway.yaml:3: "/" cannot be made writable`,
		service("writable: [/app]"):                           "cannot be made writable",
		service("writable: [../x]"):                           "cannot be made writable",
		service("env: {A-B: x}"):                              `slipway.yaml:3: "A-B" is not the name of a variable`,
		service("env: {PORT: 1}"):                             "PORT is set by Slipway",
		service("env: {A: [1]}"):                              "services[0].env.A is a list, want one value",
		service("main: ../cmd"):                               `"../cmd" is not a program below the service's`,
		service("tags: [\"a b\"]"):                            `"a b" is not a build tag`,
		service("stamp: \"main.v -X x\""):                     `"main.v -X x" is not a variable of a package`,
		service("stamp: {}"):                                  "stamp names no variable",
		service("stamp: {verson: main.v}"):                    `unknown key "verson"`,
		service("version: newest"):                            `"newest" is not a version`,
		service("cgo: maybe"):                                 "cannot unmarshal",
		service("frontend: true"):                             "slipway.yaml:3: services[0].frontend is \"true\", want a table, a list of tables or false",
		service("frontend: web"):                              `services[0].frontend is "web", want a table`,
		service("frontend: []"):                               "services[0].frontend is an empty list",
		service("frontend: {output: a}"):                      "slipway.yaml:3: the front end has no path",
		service("frontend:\n    - path: a\n    - path: ../b"): `slipway.yaml:5: "../b" is outside the repository`,
		service("frontend: [{path: a, outptu: b}]"):           `unknown key "outptu"`,
		service("frontend: [{path: a, output: .}]"):           "the front end cannot be the whole repository",
		service("frontend: [false]"):                          "services[0].frontend[0] is one value, want keys and values",
		service("{a: b}: c"):                                  "is not a plain word",
		"services:\n  - name: A_b\n":                          `the name "A_b" is not allowed`,
		strings.Repeat("#", manifest.MaxSize+1):               "is larger than",
	} {
		_, err := manifest.Parse([]byte(text), ".")
		if slipway.ErrorCode(err) != slipway.CodeInvalid || !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%.80q: %v, want %s", text, err, want)
		}
	}
}

func TestParse_frontends(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]manifest.Frontends{
		"false":                              {None: true},
		"{path: ./web/}":                     {List: []manifest.Frontend{{Path: "web"}}},
		"[{path: a, output: o/}, {path: b}]": {List: []manifest.Frontend{{Path: "a", Output: "o"}, {Path: "b"}}},
	} {
		got, err := manifest.Parse([]byte("services:\n  - frontend: "+text+"\n"), ".")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Services[0].Frontend); diff != "" {
			t.Errorf("%s: -want +got:\n%s", text, diff)
		}
	}
}

func TestParse_suggests(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"heatlh": `did you mean "health"?`, "surroundings": "it may be", "input": `did you mean "inputs"?`, "Port": `did you mean "port"?`,
		"start": "write `commands: {start: …}`", "entrypoint": "write `commands: {start: …}`", "Environment": "write `env: {NAME: value}`", "volumes": "write `writable: [data]`",
	} {
		_, err := manifest.Parse([]byte("services:\n  - "+word+": x\n"), ".")
		e, ok := errors.AsType[*slipway.Error](err)
		if !ok || !strings.HasPrefix(e.Hint, want) {
			t.Errorf("%s: %v, want the hint %s", word, err, want)
		}
	}
}

func TestParse_keyOutsideOfAService(t *testing.T) {
	t.Parallel()
	_, err := manifest.Parse([]byte("language: dockerfile\n"), ".")
	e, ok := errors.AsType[*slipway.Error](err)
	if !ok || e.Message != `slipway.yaml:1: "language" stands outside of a service` || e.Hint != "write `services:`, and below it `  - language: …`" {
		t.Errorf("%v", err)
	}
}

// An alias bomb is refused for its first anchor, before anything grows.
func TestParse_aliasBomb(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("services:\n  - name: &a0 [x, x]\n")
	for i := 1; i < 40; i++ {
		fmt.Fprintf(&b, "  - name: &a%d [*a%d, *a%d]\n", i, i-1, i-1)
	}
	if _, err := manifest.Parse([]byte(b.String()), "."); slipway.ErrorCode(err) != slipway.CodeInvalid {
		t.Errorf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"services:\n  - name: api\n    port: 80\n", "services: [{stamp: {version: a.b}}]", "a: &a [*a]", "services: [{env: {<<: {A: b}}}]", "? [a]\n: b", "services: [{frontend: [{path: a}]}, {frontend: false}]", "%YAML 1.2\n---\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := manifest.Parse(data, ".")
		if err != nil {
			if _, ok := errors.AsType[*slipway.Error](err); !ok {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		for _, s := range file.Services {
			if got, err := file.Choose(s.Name, "."); s.Name != "" && (err != nil || got.Name != s.Name) {
				t.Errorf("%q is declared and not chosen: %v", s.Name, err)
			}
			if s.Line("") < 0 || s.Path == "" {
				t.Errorf("%+v", s)
			}
		}
	})
}
