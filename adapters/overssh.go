package adapters

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// withSSH says which git repositories the service's manifests and lock files
// name by ssh: those are read for its steps, with a key that no step gets, and
// no others are. It looks where package managers do: in the directories of the
// service and of its parts, and above them.
func withSSH(p slipway.Plan, s repo.Service) slipway.Plan {
	if p.Dockerfile != nil {
		return p
	}
	named := map[string]bool{}
	for _, dir := range placesOf(p, s) {
		for _, file := range namingFiles(s.Tree, dir) {
			for _, n := range overSSH(contentOf(s.Tree, file)) {
				if named[n.name] {
					continue
				}
				named[n.name] = true
				p.SSH = append(p.SSH, n.name)
				p.Evidence = append(p.Evidence, slipway.Evidence{
					File: repo.Quote(file), Line: n.line, Found: n.text, Means: "a git repository that is read over ssh for the steps, which get no key",
				})
			}
		}
	}
	slices.Sort(p.SSH)
	return p
}

// placesOf are the directories of the service and of its parts, and those
// above.
func placesOf(p slipway.Plan, s repo.Service) []string {
	dirs := slices.Collect(s.Upwards())
	for _, part := range p.Parts {
		for dir := range strings.SplitSeq(part.Path, ",") {
			for above := range (repo.Service{Dir: path.Join(".", dir)}).Upwards() {
				if !slices.Contains(dirs, above) {
					dirs = append(dirs, above)
				}
			}
		}
	}
	return dirs
}

// manifests are what package managers read that call git.
func manifests() []string {
	return []string{
		"package.json", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock",
		"pyproject.toml", "uv.lock", "poetry.lock", "pdm.lock", "Pipfile", "Pipfile.lock", "setup.cfg", "setup.py", "environment.yml", "environment.yaml",
		"Cargo.toml", "Cargo.lock",
	}
}

// namingFiles are the manifests of a directory, and its lists of requirements,
// which people put into a directory of their own, too.
func namingFiles(tree fs.FS, dir string) []string {
	var files []string
	for _, at := range []string{dir, path.Join(dir, "requirements")} {
		entries, err := fs.ReadDir(tree, at)
		if err != nil {
			continue
		}
		for _, e := range entries {
			name := e.Name()
			list := strings.HasSuffix(name, ".txt") || strings.HasSuffix(name, ".in")
			about := at != dir || strings.Contains(name, "requirements") || strings.Contains(name, "constraints")
			if at == dir && slices.Contains(manifests(), name) || list && about {
				files = append(files, path.Join(at, name))
			}
		}
	}
	return files
}

// largestNaming bounds what is read of one file: lock files of large monorepos
// have some 5 MiB.
const largestNaming = 16 << 20

// contentOf gives a file, nothing of one that cannot be read or is larger:
// whoever needs it says so.
func contentOf(tree fs.FS, file string) []byte {
	if !repo.IsFile(tree, file) {
		return nil
	}
	f, err := tree.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close() //nolint:errcheck // only read
	b, err := io.ReadAll(io.LimitReader(f, largestNaming+1))
	if err != nil || len(b) > largestNaming {
		return nil
	}
	return b
}

// naming is a place where a repository is named.
type naming struct {
	name, text string
	line       int
}

// address finds what may be the address of a repository: a URL with ssh, or
// git's short form with its usual user.
var address = regexp.MustCompile(`(?:git\+)?ssh://[^\s"'<>,;()\[\]{}\\]+|\bgit@[A-Za-z0-9.-]+:[^\s"'<>,;()\[\]{}\\]+`)

// withPassword is the user of an address, with a password that opens nothing
// over ssh and is nobody else's to read.
var withPassword = regexp.MustCompile(`(://[^@/:]*):[^@/]*@`)

// overSSH gives the repositories that a file names by ssh.
func overSSH(content []byte) []naming {
	if !bytes.Contains(content, []byte("ssh://")) && !bytes.Contains(content, []byte("git@")) {
		return nil
	}
	var found []naming
	line := 0
	for text := range bytes.Lines(content) {
		line++
		for _, m := range address.FindAll(text, -1) {
			r, err := slipway.ParseSSHRepository(withoutRevision(string(m)))
			if err == nil {
				found = append(found, naming{name: r.Name(), text: withPassword.ReplaceAllString(string(m), "$1@"), line: line})
			}
		}
	}
	return found
}

// withoutRevision drops what package managers write behind the address: #REF,
// ?rev=REF, and pip's @REF.
func withoutRevision(text string) string {
	if i := strings.IndexAny(text, "#?"); i >= 0 {
		text = text[:i]
	}
	slash := strings.LastIndexAny(text, "/:")
	if at := strings.LastIndex(text, "@"); at > slash && slash > 0 && !strings.HasSuffix(text[:slash+1], "://") {
		return text[:at]
	}
	// A revision may be a branch with a slash in its name: behind .git it is one
	// in any case.
	if before, _, ok := strings.Cut(text, ".git@"); ok {
		return before + ".git"
	}
	return text
}
