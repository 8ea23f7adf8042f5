package adapters_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters"
	"github.com/slipway-ci/slipway/adapters/repo"
)

const program = "package main\n\nimport \"net/http\"\n\nfunc main() { _ = http.ListenAndServe(\":8080\", nil) }\n"

func TestPlan_isPure(t *testing.T) {
	t.Parallel()
	tree := tree(map[string]string{"go.mod": "module example.com/x\n\ngo 1.26\n", "main.go": program})
	first, err := adapters.Plan(adapters.Request{Tree: tree})
	if err != nil {
		t.Fatal(err)
	}
	second, err := adapters.Plan(adapters.Request{Tree: tree, Path: "./"})
	if err != nil {
		t.Fatal(err)
	}
	if first.Digest() != second.Digest() {
		t.Error("two plans of one tree differ")
	}
}

// A commit that touches only the README must find the image that exists.
func TestPlan_sameForAnotherReadme(t *testing.T) {
	t.Parallel()
	files := map[string]string{"go.mod": "module example.com/x\n\ngo 1.26\n", "main.go": program, "README.md": "a\n"}
	before, err := adapters.Plan(adapters.Request{Tree: tree(files)})
	if err != nil {
		t.Fatal(err)
	}
	files["README.md"] = "b\n"
	after, err := adapters.Plan(adapters.Request{Tree: tree(files)})
	if err != nil {
		t.Fatal(err)
	}
	if before.Digest() != after.Digest() {
		t.Error("the plan depends on the README")
	}
}

func TestPlan_refusesRequests(t *testing.T) {
	t.Parallel()
	whole := tree(map[string]string{"go.mod": "module example.com/x\n", "main.go": program})
	for name, c := range map[string]struct {
		req  adapters.Request
		want slipway.Code
	}{
		"path outside":    {adapters.Request{Tree: whole, Path: "../x"}, slipway.CodeUsage},
		"absolute path":   {adapters.Request{Tree: whole, Path: "/etc"}, slipway.CodeNotFound},
		"path to a file":  {adapters.Request{Tree: whole, Path: "go.mod"}, slipway.CodeNotFound},
		"team in name":    {adapters.Request{Tree: whole, Service: "team/x"}, slipway.CodeUsage},
		"newline in path": {adapters.Request{Tree: whole, Path: "a\nb"}, slipway.CodeNotFound},
		"empty tree":      {adapters.Request{Tree: fstest.MapFS{}}, slipway.CodeNotFound},
		"slipway.yml":     {adapters.Request{Tree: tree(map[string]string{"go.mod": "module x\n", "main.go": program, "slipway.yml": "services: []\n"})}, slipway.CodeInvalid},
	} {
		if _, err := adapters.Plan(c.req); slipway.ErrorCode(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestPlan_capsFiles(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"go.mod", "go.work", "slipway.yaml", ".go-version", "vendor/modules.txt"} {
		files := map[string]string{"go.mod": "module example.com/x\n", "main.go": program}
		files[name] = strings.Repeat("// more\n", repo.MaxFile/8+1)
		_, err := adapters.Plan(adapters.Request{Tree: tree(files)})
		if slipway.ErrorCode(err) != slipway.CodeInvalid || !strings.Contains(fmt.Sprint(err), name+" is larger than") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A link that leads out of a directory on disk is not followed by os.Root,
// which is how such a directory is served; the error names the file.
func TestPlan_linkOutside(t *testing.T) {
	t.Parallel()
	outside := filepath.Join(t.TempDir(), "go.mod")
	if err := os.WriteFile(outside, []byte("module example.com/x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "go.mod")); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if _, err := adapters.Plan(adapters.Request{Tree: root.FS()}); slipway.ErrorCode(err) != slipway.CodeInvalid || !strings.Contains(err.Error(), "go.mod") {
		t.Errorf("got %v", err)
	}
}

// A name with a newline cannot write lines of its own into an error.
func TestPlan_nameWithNewline(t *testing.T) {
	t.Parallel()
	_, err := adapters.Plan(adapters.Request{Tree: tree(map[string]string{
		"go.mod": "module example.com/x\n", "cmd/a\n| forged/main.go": program, "cmd/b/main.go": program,
	})})
	e, ok := errors.AsType[*slipway.Error](err)
	if !ok || e.Code != slipway.CodeAmbiguous {
		t.Fatalf("got %v", err)
	}
	for _, line := range slices.Concat(e.Details, []string{e.Message, e.Hint}) {
		if strings.ContainsAny(line, "\n\r") {
			t.Errorf("%q has a newline", line)
		}
	}
}

// FuzzPlan plans hostile trees: whatever is in them, there is a plan that
// can be run or an error that a person can read.
func FuzzPlan(f *testing.F) {
	f.Add("module example.com/x\n\ngo 1.26\n", "", "", "", "", program, "")
	f.Add("module x\nrequire a v0\nreplace a => ../b\n", "go 1.26\nuse .\n", "services: [{name: x, main: .}]", "1.26.8", "golang 1.2\n", "//go:build cgo\n\npackage main\n\nimport \"C\"\n", "# a v1\n## explicit\n")
	f.Add("go", "use ../..\n", "services: [{path: ..}]", "go1", "go", "package main\n\nimport \"embed\"\n\n//go:embed all:[ *\nvar x int", "## workspace\n")
	f.Fuzz(func(t *testing.T, mod, work, yaml, version, tools, source, vendor string) {
		files := map[string]string{"go.mod": mod, "a/b.go": source, "main.go": source, "go.sum": ""}
		for name, text := range map[string]string{
			"go.work": work, "slipway.yaml": yaml, ".go-version": version, ".tool-versions": tools, "vendor/modules.txt": vendor,
		} {
			if text != "" {
				files[name] = text
			}
		}
		plan, err := adapters.Plan(adapters.Request{Tree: tree(files)})
		if err != nil {
			if e, ok := errors.AsType[*slipway.Error](err); !ok || e.Code == slipway.CodeInternal {
				t.Fatalf("%T: %v", err, err)
			} else if said := slices.Concat(e.Details, []string{e.Message, e.Hint}); slices.ContainsFunc(said, func(s string) bool { return strings.ContainsAny(s, "\n\r") }) {
				t.Fatalf("%q has a newline", said)
			}
			return
		}
		if err := plan.Validate(); err != nil {
			t.Fatal(err)
		}
		for _, e := range plan.Evidence {
			if !fs.ValidPath(e.File) || e.Found == "" || e.Means == "" {
				t.Errorf("evidence %+v", e)
			}
		}
	})
}

func tree(files map[string]string) fs.FS {
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	return m
}

// BenchmarkPlan plans a service in a repository of 10,000 files on disk:
// 1,000 packages of which the program imports 100, and everything that a web
// page leaves behind. The bar is 30 ms.
func BenchmarkPlan(b *testing.B) {
	dir := b.TempDir()
	write := func(name, text string) {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	write("go.mod", "module example.com/large\n\ngo 1.26\n")
	var imports strings.Builder
	for i := range 1000 {
		name := fmt.Sprintf("p%03d", i)
		for j := range 4 {
			write(path.Join("internal", name, fmt.Sprintf("f%d.go", j)), "// Package "+name+" is one of many.\npackage "+name+"\n\nimport \"fmt\"\n\nfunc F"+fmt.Sprint(j)+"() { fmt.Println() }\n"+strings.Repeat("// a line of a usual length in a usual source file\n", 60))
		}
		if i%10 == 0 {
			fmt.Fprintf(&imports, "\t_ \"example.com/large/internal/%s\"\n", name)
		}
	}
	write("cmd/api/main.go", "package main\n\nimport (\n"+imports.String()+")\n\nfunc main() {}\n")
	for i := range 5998 {
		write(fmt.Sprintf("web/assets/%02d/%d.svg", i%60, i), "<svg/>")
	}
	tree := os.DirFS(dir)
	for b.Loop() {
		if _, err := adapters.Plan(adapters.Request{Tree: tree}); err != nil {
			b.Fatal(err)
		}
	}
}

// Who has a package.json that only formats the code is not told that there
// is none.
func TestPlan_saysWhatIsThereAndIsNoProgram(t *testing.T) {
	t.Parallel()
	_, err := adapters.Plan(adapters.Request{Tree: tree(map[string]string{
		"package.json": `{"private": true, "devDependencies": {"prettier": "^3.0.0"}}`, "mkdocs.yml": "site_name: x\n", "README.md": "a\n",
	})})
	e, ok := errors.AsType[*slipway.Error](err)
	if !ok || e.Code != slipway.CodeNotFound {
		t.Fatalf("the error is %v, want not_found", err)
	}
	for _, want := range []string{"node: package.json is there, and is not enough", "mkdocs.yml: mkdocs", "go: looked for go.mod"} {
		if !slices.ContainsFunc(e.Details, func(d string) bool { return strings.HasPrefix(d, want) }) {
			t.Errorf("no detail begins with %q: %q", want, e.Details)
		}
	}
}
