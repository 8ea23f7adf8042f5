package python

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// requirementFiles are the names under which services keep what they need to
// run: what is for production first.
func requirementFiles() []string {
	return []string{
		"requirements-prod.txt", "requirements-production.txt", "requirements.prod.txt", "requirements_prod.txt",
		"requirements/prod.txt", "requirements/production.txt",
		"requirements.txt", "requirements.lock",
		"requirements/base.txt", "requirements/main.txt", "requirements/common.txt", "requirements/requirements.txt",
		"requirements.in",
	}
}

// developerFiles are those that they keep what their tests need in.
func developerFiles() []string {
	return []string{
		"requirements-dev.txt", "requirements-test.txt", "requirements-tests.txt", "requirements_dev.txt", "requirements_test.txt",
		"dev-requirements.txt", "test-requirements.txt", "requirements.dev.txt", "requirements.test.txt",
		"requirements/dev.txt", "requirements/development.txt", "requirements/test.txt", "requirements/tests.txt", "requirements/testing.txt",
	}
}

// requirements are a requirements file and those that it includes
// (pip, "Requirements File Format").
type requirements struct {
	files  []string // in the order in which they are read
	needs  []dependency
	local  []localRequirement
	extras map[string][]string // of those, by directory
	lines  int                 // that name a package
	fixed  map[string]bool     // packages that a file of constraints names a version for
	exact  []string            // of these, those that name a version, a hash or an address
}

// extra notes the extras in "./libs/x[a,b]".
func (r *requirements) extra(dir, text string) {
	_, list, ok := strings.Cut(text, "[")
	if !ok {
		return
	}
	list, _, _ = strings.Cut(list, "]")
	if r.extras == nil {
		r.extras = map[string][]string{}
	}
	for name := range strings.SplitSeq(list, ",") {
		r.extras[dir] = append(r.extras[dir], normal(strings.TrimSpace(name)))
	}
}

// localRequirement is a directory of the tree that is to be installed.
type localRequirement struct {
	dir  string
	file string
	line int
}

// read adds a file and what it includes.
func (r *requirements) read(tree fs.FS, name string, from string) error {
	if slices.Contains(r.files, name) {
		return nil
	}
	data, ok, err := repo.Read(tree, name)
	if err != nil {
		return err
	}
	if !ok {
		return slipway.Errorf(slipway.CodeInvalid, "%s names %s, which is not in the repository", from, repo.Quote(name)).
			WithHint("commit the file, or take the line out").WithClass(slipway.ClassCode)
	}
	r.files = append(r.files, name)
	for _, l := range requirementLines(decoded(data)) {
		if err := r.take(tree, name, l); err != nil {
			return err
		}
	}
	return nil
}

// take reads one logical line.
func (r *requirements) take(tree fs.FS, name string, l textLine) error {
	if file, ok := option(l.text, "-r", "--requirement"); ok {
		return r.include(tree, name, file, l.line)
	}
	if file, ok := option(l.text, "-c", "--constraint"); ok {
		return r.constrain(tree, name, file, l.line)
	}
	text, editable := option(l.text, "-e", "--editable")
	if !editable {
		text = l.text
	}
	if dir, ok := localDir(path.Dir(name), text); ok && repo.IsDir(tree, dir) {
		r.local = append(r.local, localRequirement{dir, name, l.line})
		r.extra(dir, text)
		return nil
	}
	if err := ofAnotherMachine(name, text, l.line); err != nil {
		return err
	}
	d, ok := requirement(text)
	if !ok {
		d, ok = egg(text)
	}
	if !ok {
		return nil // an option, or an address without a name; the installer reads it
	}
	d.file, d.line = name, l.line
	r.needs = append(r.needs, d)
	r.lines++
	if strings.Contains(text, "==") || strings.Contains(text, "--hash") || strings.Contains(text, "://") {
		r.exact = append(r.exact, d.name)
	}
	return nil
}

func (r *requirements) include(tree fs.FS, from, file string, line int) error {
	if strings.Contains(file, "://") {
		return nil
	}
	target := path.Join(path.Dir(from), file)
	if !fs.ValidPath(target) {
		return outside(repo.Place(from, line), file)
	}
	return r.read(tree, target, repo.Place(from, line))
}

// constrain adds a file of constraints, which needs nothing by itself.
func (r *requirements) constrain(tree fs.FS, from, file string, line int) error {
	rest := requirements{files: r.files}
	if err := rest.include(tree, from, file, line); err != nil {
		return err
	}
	r.files = rest.files
	for _, d := range rest.exact {
		if r.fixed == nil {
			r.fixed = map[string]bool{}
		}
		r.fixed[d] = true
	}
	return nil
}

// settled tells whether every line names a version, itself or by the
// constraints.
func (r *requirements) settled() bool {
	for _, d := range r.needs {
		if !r.fixed[d.name] && !slices.Contains(r.exact, d.name) {
			return false
		}
	}
	return len(r.needs) == r.lines
}

func outside(where, file string) error {
	return slipway.Errorf(slipway.CodeInvalid, "%s names %s, which is outside the repository", where, repo.Quote(file)).
		WithHint("a build sees nothing but the repository").WithClass(slipway.ClassCode)
}

// option gives the value of an option, in one of its forms.
func option(text string, names ...string) (string, bool) {
	for _, name := range names {
		rest, ok := strings.CutPrefix(text, name)
		if !ok || rest == "" || strings.HasPrefix(name, "--") && !strings.ContainsRune(" =\t", rune(rest[0])) {
			continue
		}
		return strings.Trim(strings.TrimLeft(rest, " =\t"), `"'`), true
	}
	return "", false
}

// localDir reads "." and "./libs/x[extra]" as a directory of the tree.
func localDir(dir, text string) (string, bool) {
	text, _, _ = strings.Cut(text, ";")
	text = strings.TrimPrefix(strings.TrimSpace(text), "file:")
	text, _, _ = strings.Cut(text, "[")
	if text != "." && !strings.HasPrefix(text, "./") && !strings.HasPrefix(text, "../") && text != ".." {
		return "", false
	}
	joined := path.Join(dir, text)
	return joined, fs.ValidPath(joined)
}

// egg reads the name behind an address: git+https://…#egg=NAME.
func egg(text string) (dependency, bool) {
	_, name, ok := strings.Cut(text, "#egg=")
	if !ok {
		return dependency{}, false
	}
	name, _, _ = strings.Cut(name, "&")
	return requirement(name)
}

type textLine struct {
	text string
	line int
}

// placedText is a line with its file.
type placedText struct {
	file string
	textLine
}

// requirementLines joins continued lines and drops comments and empty lines.
func requirementLines(text string) []textLine {
	var lines []textLine
	n, begin, whole := 0, 0, ""
	for raw := range strings.Lines(text) {
		n++
		if whole == "" {
			begin = n
		}
		raw = strings.TrimRight(raw, "\r\n")
		if joined, ok := strings.CutSuffix(raw, `\`); ok {
			whole += joined
			continue
		}
		whole += raw
		if t := strings.TrimSpace(uncommented(whole)); t != "" {
			lines = append(lines, textLine{t, begin})
		}
		whole = ""
	}
	if t := strings.TrimSpace(uncommented(whole)); t != "" {
		lines = append(lines, textLine{t, begin})
	}
	return lines
}

// uncommented drops a comment: # at the beginning or behind a blank.
func uncommented(text string) string {
	for i, c := range text {
		if c == '#' && (i == 0 || text[i-1] == ' ' || text[i-1] == '\t') {
			return text[:i]
		}
	}
	return text
}

// decoded reads UTF-16 too, which PowerShell's > writes.
func decoded(data []byte) string {
	little, big := bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff})
	if !little && !big {
		return strings.TrimPrefix(string(data), "\ufeff")
	}
	units := make([]uint16, 0, len(data)/2)
	for i := 2; i+1 < len(data); i += 2 {
		if little {
			units = append(units, uint16(data[i])|uint16(data[i+1])<<8)
		} else {
			units = append(units, uint16(data[i+1])|uint16(data[i])<<8)
		}
	}
	return string(utf16.Decode(units))
}
