//go:build e2e

package e2e_test

import (
	"path/filepath"
	"testing"
)

// oddNames builds with files beside the program whose names hold line ends,
// quotes, patterns and bytes that are not UTF-8, from a directory and from git.
func (d *badDay) oddNames(t *testing.T) {
	repo := newRepository(t)
	write(t, filepath.Join(repo.dir, "go.mod"), "module example.com/odd\n\ngo 1.26\n")
	write(t, filepath.Join(repo.dir, "main.go"), "package main\n\nfunc main() { println(\"odd\") }\n")
	for _, name := range []string{
		"a\nslipway: b", `quote"'s`, "[a-z]*?", "back\\slash", "tab\there", " spaces ", "ümläut", "\x1b[31mred", "not utf-8 \xff\xfe", "-rf",
	} {
		write(t, filepath.Join(repo.dir, "data", name, "file "+name), "content\n")
	}
	repo.commit(t, "odd")
	fromDisk := d.build(t, repo.dir, "--service", "shop/odd-disk")
	fromGit := d.build(t, repo.url+"#main", "--service", "shop/odd-git")
	if fromDisk.Known || fromGit.Known {
		t.Errorf("known: %t from a directory, %t from git", fromDisk.Known, fromGit.Known)
	}
	t.Run("a program that is made of one", func(t *testing.T) {
		// The go command itself refuses the name; what matters is how it is told.
		dir := filepath.Join(t.TempDir(), "embeds")
		write(t, filepath.Join(dir, "go.mod"), "module example.com/embeds\n\ngo 1.26\n")
		write(t, filepath.Join(dir, "main.go"), "package main\n\nimport \"embed\"\n\n//go:embed data\nvar files embed.FS\n\nfunc main() { println(files) }\n")
		write(t, filepath.Join(dir, "data", "a\nb\"\xff"), "content\n")
		o := d.run(t, "build", dir, "--service", "shop/embeds")
		t.Logf("exit code %d: %q", o.code, end(o.stderr))
		if o.code != 1 {
			t.Errorf("exit code %d", o.code)
		}
	})
}
