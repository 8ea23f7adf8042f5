package assemble

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway/buildpacks"
)

// TestStatus_CountsWhatTheParentHas lets dpkg itself read what was written.
func TestStatus_CountsWhatTheParentHas(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"dpkg-deb", "dpkg-query"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("SLIPWAY_TEST_REQUIRED") == "1" {
				t.Fatalf("required here: %s", tool)
			}
			t.Skipf("NOT TESTED: %s is not installed", tool)
		}
	}
	base, debs, scratch := t.TempDir(), t.TempDir(), t.TempDir()
	control := func(name, more string) string {
		return "Package: " + name + "\nVersion: 1.0\nArchitecture: all\nMaintainer: nobody\n" + more + "Description: " + name + "\n"
	}
	tree := filepath.Join(t.TempDir(), "tree")
	if err := os.MkdirAll(filepath.Join(tree, "DEBIAN"), 0o755); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{
		filepath.Join(tree, "DEBIAN", "control"): control("of-the-parent", ""),
		filepath.Join(base, baseStatus):          control("of-the-base", "Status: install ok installed\n"),
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.CommandContext(t.Context(), "dpkg-deb", "--root-owner-group", "--build", tree, filepath.Join(debs, "p.deb"))
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	f := fetcher{log: &serialLog{}, scratch: scratch}
	path, err := f.status(t.Context(), "x", base, []string{debs})
	if err != nil {
		t.Fatal(err)
	}
	other, err := f.status(t.Context(), "x", base, nil)
	if err != nil || filepath.Dir(other) == filepath.Dir(path) {
		t.Errorf("two suites share %s, which apt locks: %v", filepath.Dir(path), err)
	}
	query := exec.CommandContext(t.Context(), "dpkg-query", "--admindir="+filepath.Dir(path), "--show", "--showformat", "${Package} ${db:Status-Status}\n")
	out, err := query.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if diff := cmp.Diff("of-the-base installed\nof-the-parent installed\n", string(out)); diff != "" {
		t.Error(diff)
	}
}

func TestPackagesOf_GivesWhatTheCacheHas(t *testing.T) {
	t.Parallel()
	c := newCache(t, false)
	suite := buildpacks.Target{Suite: "bookworm"}
	there, absent, none := job{target: suite, packages: []string{"gcc"}}, job{target: suite, packages: []string{"git"}}, job{target: suite}
	if err := os.Mkdir(filepath.Join(c.dir, "bookworm-gcc"), 0o700); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{filepath.Join(c.dir, "bookworm-gcc")}, c.packagesOf([]job{there, absent, none})); diff != "" {
		t.Error(diff)
	}
}
