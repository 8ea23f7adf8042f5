//go:build e2e

package e2e_test

import (
	"path/filepath"
	"testing"

	"github.com/slipway-ci/slipway"
)

// oddNames builds with files beside the program whose names hold line ends,
// quotes and patterns, from a directory and from git. A name that is not
// UTF-8, which an image's layer could not carry, is refused in a sentence.
func (d *badDay) oddNames(t *testing.T) {
	defer d.goesOn(t)
	repo := newRepository(t)
	write(t, filepath.Join(repo.dir, "go.mod"), "module example.com/odd\n\ngo 1.26\n")
	write(t, filepath.Join(repo.dir, "main.go"), "package main\n\nfunc main() { println(\"odd\") }\n")
	for _, name := range []string{
		"a\nslipway: b", `quote"'s`, "[a-z]*?", "back\\slash", "tab\there", " spaces ", "ümläut", "\x1b[31mred", "-rf",
	} {
		write(t, filepath.Join(repo.dir, "data", name, "file "+name), "content\n")
	}
	repo.commit(t, "odd")
	fromDisk := d.build(t, repo.dir, "--service", "shop/odd-disk")
	fromGit := d.build(t, repo.url+"#main", "--service", "shop/odd-git")
	if fromDisk.Known || fromGit.Known {
		t.Errorf("known: %t from a directory, %t from git", fromDisk.Known, fromGit.Known)
	}
	write(t, filepath.Join(repo.dir, "data", "not utf-8 \xff\n"), "content\n")
	repo.commit(t, "not UTF-8")
	for _, from := range []string{repo.dir, repo.url + "#main"} {
		d.fails(t, failure{
			exit: 1, code: slipway.CodeInvalid, says: `the entry "not utf-8 \xff\n" of the directory "data" has a name that is not UTF-8`,
			hint: "rename it",
		}, from, "--service", "shop/not-utf-8")
		d.noImage(t, "shop/not-utf-8")
	}
}
