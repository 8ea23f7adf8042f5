//go:build e2e

package e2e_test

import (
	"path/filepath"
	"strings"
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
