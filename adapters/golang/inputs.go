package golang

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Patterns of files that a Go program is not made of, unless it embeds them:
// in the root of the tree, and anywhere.
const testFiles = "**/*_test.go"

// withTestFiles and withoutTestFiles are what irrelevant is asked for.
const (
	withTestFiles    = true
	withoutTestFiles = false
)

func rootPatterns() []string {
	return []string{".github", ".gitlab-ci.yml", ".gitignore", "*.md", "LICENSE*"}
}

// sources are the files that the compile step sees: what is declared and
// what the go command itself reads, or everything but what cannot matter.
func (p *planner) sources(irrelevant []string) *slipway.Source {
	if len(p.Declared.Inputs) > 0 {
		return &slipway.Source{Include: repo.Literals(p.declaredInputs()), Exclude: []string{".git"}}
	}
	return &slipway.Source{Exclude: slices.Concat([]string{".git"}, irrelevant)}
}

// inputs are the same files as the build key sees them: names of directories
// and files, then patterns with ! in front that except from them.
func (p *planner) inputs() []string {
	if len(p.Declared.Inputs) > 0 {
		return p.declaredInputs()
	}
	inputs := []string{"."}
	for _, pattern := range p.irrelevant(p.Declared.Tests != nil) {
		inputs = append(inputs, "!"+pattern)
	}
	return inputs
}

// declaredInputs adds the files without which the go command does not start.
func (p *planner) declaredInputs() []string {
	inputs := slices.Concat(p.Declared.Inputs, p.layout.manifests())
	if p.layout.vendored {
		inputs = append(inputs, path.Join(p.layout.root, "vendor"))
	}
	slices.Sort(inputs)
	return slices.Compact(inputs)
}

// irrelevant lists what cannot be part of the program. Only embedding and C
// can bring other files than Go's into it: with cgo nothing is left out, and
// a pattern that an embed directive might mean is not in the list. A declared
// build command may read anything. Test files matter where tests are run.
func (p *planner) irrelevant(tested bool) []string {
	if p.cgo || p.custom() {
		return nil
	}
	patterns := slices.DeleteFunc(rootPatterns(), p.embedsInRoot)
	if !tested && !p.layout.vendored && !p.embedsTests() {
		patterns = append(patterns, testFiles)
	}
	return patterns
}

// embedsInRoot tells whether a package in the root of the tree embeds a file
// there that matches the pattern.
func (p *planner) embedsInRoot(pattern string) bool {
	for _, found := range p.packages {
		if found.dir != "." {
			continue
		}
		for _, embed := range found.EmbedPatterns {
			first, _, _ := strings.Cut(strings.TrimPrefix(embed, "all:"), "/")
			if first == "." || p.bothMatch(first, pattern) {
				return true
			}
		}
	}
	return false
}

// bothMatch tells whether a name in the root matches both patterns.
func (p *planner) bothMatch(a, b string) bool {
	entries, err := fs.ReadDir(p.Tree, ".")
	return err != nil || slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		first, errA := path.Match(a, e.Name())
		second, errB := path.Match(b, e.Name())
		return errA != nil || errB != nil || first && second
	})
}

// embedsTests tells whether an embed directive might mean a test file: it
// names a directory, or anything that ends like one.
func (p *planner) embedsTests() bool {
	for _, found := range p.packages {
		for _, embed := range found.EmbedPatterns {
			names, err := fs.Glob(p.Tree, path.Join(repo.Literal(found.dir), strings.TrimPrefix(embed, "all:")))
			if err != nil || slices.ContainsFunc(names, func(n string) bool {
				info, err := fs.Stat(p.Tree, n)
				return err != nil || info.IsDir() || strings.HasSuffix(n, "_test.go")
			}) {
				return true
			}
		}
	}
	return false
}

// checkInputs refuses declared inputs that lack a package of the program:
// the compiler would only say that it does not exist.
func (p *planner) checkInputs() error {
	if len(p.Declared.Inputs) == 0 {
		return nil
	}
	var missing []string
	for _, found := range p.packages {
		if !slices.ContainsFunc(p.Declared.Inputs, func(in string) bool {
			return under(found.dir, in) || path.Dir(in) == found.dir
		}) {
			missing = append(missing, found.dir)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	details := make([]string, min(len(missing), maxListed))
	for i := range details {
		details[i] = "not among the inputs: " + repo.Show(missing[i])
	}
	return slipway.Errorf(slipway.CodeInvalid, "%s:%d: the inputs lack packages that the program is made of", repo.Quote(p.Declared.File()), p.Declared.Line("inputs")).
		WithHint("add %s", strings.Join(missing[:min(len(missing), maxListed)], ", ")).WithDetails(details...).WithClass(slipway.ClassCode)
}
