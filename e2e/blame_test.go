//go:build e2e

package e2e_test

import (
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/slipway-ci/slipway"
)

// compileError shows the compiler's lines first, then whose they are.
func (d *badDay) compileError(t *testing.T) {
	defer d.goesOn(t)
	dir := filepath.Join(t.TempDir(), "broken")
	write(t, filepath.Join(dir, "go.mod"), "module example.com/broken\n\ngo 1.26\n")
	write(t, filepath.Join(dir, "main.go"), "package main\n\nfunc main() {\n\tprintln(nobody)\n}\n")
	d.fails(t, failure{
		exit: 1, code: slipway.CodeFailed, class: slipway.ClassCode, says: `step "compile" ended with exit code 1`,
		hint: "mend the lines above", details: "./main.go:4:10: undefined: nobody",
	}, dir, "--service", "shop/broken")
	d.noImage(t, "shop/broken")
	o := d.run(t, "build", dir, "--service", "shop/broken")
	_, report, _ := strings.Cut(o.stderr, "compile: failed after")
	at := []int{
		strings.Index(report, "\n  ./main.go:4:10: undefined: nobody\n"),
		strings.Index(report, "\nslipway: step \"compile\" ended with exit code 1"),
		strings.Index(report, " [your code]\n"), strings.Index(report, "\n  hint: mend the lines above"),
	}
	for i := range at {
		if at[i] < 0 || i > 0 && at[i] < at[i-1] {
			t.Fatalf("want the lines, the sentence, the class and the hint, in this order:\n%s", o.stderr)
		}
	}
	if o.stdout != "" {
		t.Errorf("printed %q on standard output", o.stdout)
	}
}

func (d *badDay) noDependency(t *testing.T) {
	defer d.goesOn(t)
	d.fails(t, failure{
		exit: 1, code: slipway.CodeFailed, class: slipway.ClassDependency, says: "does not give the module example.com/nowhere",
		hint: "check its name and version", details: "example.com/nowhere@v1.0.0",
	}, dependent(t, "example.com/nowhere"), "--service", "shop/dependent")
	d.noImage(t, "shop/dependent")
}

// busyMirror downloads from a mirror that is well a moment later, and from one
// that is not. The go command asks for nothing twice.
func (d *badDay) busyMirror(t *testing.T) {
	defer d.goesOn(t)
	dir := sample(t, "hello", filepath.Join(t.TempDir(), "hello"))
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "go.mod"), string(mod)+"\n// whose modules are still to be fetched\n")
	o := d.behind(t, 1).build(t, dir, "--service", "shop/hello")
	if said := strings.Count(o.stderr, " answers 503; it is asked once more"); said != 1 {
		t.Errorf("said %d times:\n%s", said, o.stderr)
	}
	d.behind(t, math.MaxInt64).fails(t, failure{
		exit: 1, code: slipway.CodeFailed, class: slipway.ClassDependency, says: " answers 503: it is down",
		hint: "build again", details: "503 Service Unavailable",
	}, dependent(t, "example.com/busy"), "--service", "shop/dependent")
	d.noImage(t, "shop/dependent")
}

// behind is the same engine, with a mirror that sends so many requests away.
func (d *badDay) behind(t *testing.T, busy int64) *shared {
	t.Helper()
	var asked atomic.Int64
	files := moduleFiles(t)
	mirror := listenOn(t, ownAddress(t), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) <= busy {
			http.Error(w, "come again", http.StatusServiceUnavailable)
			return
		}
		files.ServeHTTP(w, r)
	}))
	mirror.Start()
	t.Cleanup(mirror.Close)
	w, s := *d.world, *d.shared
	w.env = append(slices.Clone(w.env), "GOPROXY="+mirror.URL)
	s.world = &w
	return &s
}
