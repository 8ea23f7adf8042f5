//go:build e2e

package e2e_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

func limit(says, hint, details string) failure {
	return failure{exit: 1, code: slipway.CodeLimit, class: slipway.ClassLimit, says: says, hint: hint, details: details}
}

// memory gives a compiler less than it needs for one large package: the kernel
// kills the compiler, a child of the go command, which then says so and ends
// with an exit code of its own; or it chooses the go command, which says
// nothing. With less still, the step does not come up at all.
func (d *badDay) memory(t *testing.T) {
	if os.Geteuid() != 0 {
		missing(t, "a step has a memory limit only where the engine has root")
	}
	defer d.goesOn(t)
	hungry := generated(t, "hungry", 1, 6000)
	for mib, want := range map[string]failure{
		"96": limit(`step "compile" was killed: it used more memory than its limit of 96 MiB`, "raise --step-memory", ""),
		"2":  limit(`step "compile" could not start within its memory limit of 2 MiB`, "raise --step-memory", "runc run failed"),
	} {
		t.Run(mib+" MiB", func(t *testing.T) {
			d.fails(t, want, hungry, "--service", "shop/hungry", "--step-memory", mib)
			d.noImage(t, "shop/hungry")
		})
	}
}

// wallTime is over in a compile, and in a fetch from a host that says nothing.
func (d *badDay) wallTime(t *testing.T) {
	defer d.goesOn(t)
	want := limit("the build took longer than its limit of 2s", "raise --timeout", "")
	for _, from := range []string{d.slow, "http://" + d.silent.host + "/shop/late.git"} {
		d.fails(t, want, from, "--service", "shop/late", "--timeout", "2s")
		d.noImage(t, "shop/late")
	}
}

// silentMirror downloads from a mirror that takes connections and then says
// nothing: the step neither prints nor ends.
func (d *badDay) silentMirror(t *testing.T) {
	defer d.goesOn(t)
	server := silence(t, ownAddress(t))
	w := *d.world
	w.env = append(append([]string{}, w.env...), "GOPROXY=http://"+server)
	s := *d.shared
	s.world = &w
	dir := dependent(t, "example.com/silent")
	s.fails(t, limit("the build was silent for 2s", "raise --silence", ""), dir, "--service", "shop/silent", "--silence", "2s")
	d.noImage(t, "shop/silent")
}

// silence listens, accepts and never answers.
func silence(t *testing.T, ip net.IP) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort(ip.String(), "0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String()
}

// dependent is a service that needs a module.
func dependent(t *testing.T, module string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "dependent")
	write(t, filepath.Join(dir, "go.mod"), "module example.com/dependent\n\ngo 1.26\n\nrequire "+module+" v1.0.0\n")
	hash := strings.Repeat("A", 43) + "="
	write(t, filepath.Join(dir, "go.sum"), fmt.Sprintf("%[1]s v1.0.0 h1:%[2]s\n%[1]s v1.0.0/go.mod h1:%[2]s\n", module, hash))
	write(t, filepath.Join(dir, "main.go"), "package main\n\nimport _ \""+module+"\"\n\nfunc main() {}\n")
	return dir
}

// endlessOutput has the compiler complain about names that are very long.
func (d *badDay) endlessOutput(t *testing.T) {
	defer d.goesOn(t)
	const packages, perPackage, length = 12, 9, 50_000
	dir := filepath.Join(t.TempDir(), "loud")
	write(t, filepath.Join(dir, "go.mod"), "module example.com/loud\n\ngo 1.26\n")
	var imports strings.Builder
	for p := range packages {
		var src strings.Builder
		fmt.Fprintf(&src, "package p%d\n", p)
		for i := range perPackage {
			fmt.Fprintf(&src, "\nvar _ = %s%d\n", strings.Repeat("x", length), i)
		}
		write(t, filepath.Join(dir, fmt.Sprintf("p%d", p), "p.go"), src.String())
		fmt.Fprintf(&imports, "import _ \"example.com/loud/p%d\"\n", p)
	}
	write(t, filepath.Join(dir, "main.go"), "package main\n\n"+imports.String()+"\nfunc main() {}\n")
	o := d.fails(t, limit(`step "compile" printed more than its limit of 1 MiB`, "raise --step-output", ""),
		dir, "--service", "shop/loud", "--step-output", "1")
	if n := len(o.stderr); n > 3<<20 {
		t.Errorf("%d bytes were shown", n)
	}
	d.noImage(t, "shop/loud")
}
