//go:build e2e

package e2e_test

import (
	"bytes"
	"fmt"
	"os/exec"
	"testing"
)

// manyFiles builds a repository of 100,000 files over HTTP, and its next
// commit. The figures are printed.
func (d *badDay) manyFiles(t *testing.T) {
	defer d.goesOn(t)
	const files, perDir = 100_000, 100
	repo := newRepository(t)
	repo.importFiles(t, func(add func(path, content string)) {
		add("go.mod", "module example.com/huge\n\ngo 1.26\n")
		add("main.go", "package main\n\nfunc main() {}\n")
		for i := range files - 2 {
			add(fmt.Sprintf("data/%d/%d.txt", i/perDir, i), fmt.Sprintf("file %d\n", i))
		}
	})
	first := d.build(t, repo.url+"#main", "--service", "shop/huge")
	repo.importFiles(t, func(add func(path, content string)) { add("main.go", "package main\n\nfunc main() { println() }\n") })
	next := d.build(t, repo.url+"#main", "--service", "shop/huge")
	again := d.build(t, repo.url+"#main", "--service", "shop/huge")
	for what, r := range map[string]buildResult{"first build": first, "next commit": next, "the same again": again} {
		t.Logf("%d files, %s: %.2f s, milliseconds by part: %v", files, what, r.took.Seconds(), r.Took)
	}
	if first.Known || next.Known || !again.Known || next.Image.Content == first.Image.Content {
		t.Errorf("first %+v, next %+v, again %+v", first.Image, next.Image, again.Image)
	}
}

// importFiles commits files to main, over those that are there, without a
// checkout.
func (r *repository) importFiles(t *testing.T, fill func(add func(path, content string))) {
	t.Helper()
	r.commits++
	var stream bytes.Buffer
	fmt.Fprintf(&stream, "commit refs/heads/main\ncommitter a <a@example.com> %d +0000\ndata 1\nx\n", 1_700_000_000+3600*r.commits)
	if r.commits > 1 {
		stream.WriteString("from refs/heads/main^0\n")
	}
	fill(func(path, content string) {
		fmt.Fprintf(&stream, "M 100644 inline %s\ndata %d\n%s\n", path, len(content), content)
	})
	cmd := exec.CommandContext(t.Context(), "git", "fast-import", "--quiet")
	cmd.Dir, cmd.Stdin = r.dir, &stream
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git fast-import: %v\n%s", err, out)
	}
}
