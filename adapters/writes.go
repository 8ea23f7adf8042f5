package adapters

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// below is the name of a directory or file beside the program, as a text of a
// source.
const below = `["'` + "`" + `](?:\./)?([A-Za-z0-9_][A-Za-z0-9_./-]*?)/?["'` + "`" + `]`

// Where programs of several languages say that they write beside themselves.
// The first group is the directory, or a file in it.
var (
	makesDir = regexp.MustCompile(`\b(?:makedirs|mkdir|mkdirSync|mkdirp|ensureDir|ensureDirSync|Mkdir|MkdirAll|create_dir|create_dir_all|createDirectory|createDirectories)\(\s*(?:(?:Path|Paths)\.(?:of|get)\(\s*)?` + below +
		`|\b(?:Path|File)\(\s*` + below + `\s*\)\.mkdirs?\(` +
		`|(?:\bBASE_DIR\s*/\s*|\bPath\.cwd\(\)\s*/\s*|\bos\.path\.join\(\s*(?:BASE_DIR|basedir|os\.getcwd\(\))\s*,\s*|\bpath\.(?:join|resolve)\(\s*process\.cwd\(\)\s*,\s*)` + below +
		`|\bmulter\(\s*\{\s*dest\s*:\s*` + below)
	logsTo     = regexp.MustCompile(`(?:["'` + "`" + `=>]|:[ \t])\s*(?:\./)?([A-Za-z0-9_][A-Za-z0-9_-]*(?:/[A-Za-z0-9_-]+)*/[A-Za-z0-9_.%{}$-]+\.log)\b`)
	database   = regexp.MustCompile(`\b(?:sqlite(?:\+\w+)?:///|jdbc:sqlite:|jdbc:h2:(?:file:)?)(?:\./)?([A-Za-z0-9_][A-Za-z0-9_./-]*)`)
	beside     = regexp.MustCompile(`(?:\bBASE_DIR\s*/\s*|\bos\.path\.join\(\s*(?:BASE_DIR|basedir)\s*,\s*)["']([A-Za-z0-9_-]+\.(?:sqlite3?|db))["']`) // Django's
	named      = regexp.MustCompile(`/[^/]*\.[A-Za-z][A-Za-z0-9]*$`)                                                                                   // a file, not a directory
	staticRoot = regexp.MustCompile(`(?m)^\s*STATIC_ROOT\s*=[^"'\n]*["'](?:\./)?([A-Za-z0-9_][A-Za-z0-9_./-]*)`)
	instance   = regexp.MustCompile(`\bmakedirs\(\s*app\.(instance)_path`) // Flask's
)

// withWrites makes writable what the program writes beside itself, where
// slipway.yaml says nothing of it: the image's files are read-only, and
// without it a program that logs to a file would end where it starts.
func withWrites(plan slipway.Plan, s repo.Service, sources func() []source) slipway.Plan {
	if plan.Dockerfile != nil || plan.Base == "web" || len(s.Declared.Writable) > 0 {
		return plan
	}
	w := writes{Service: s, start: plan.Start}
	for _, f := range sources() {
		w.collected(f.file, f.text)
	}
	w.look(s.Dir, strings.Join(plan.Start, " "))
	w.kept()
	for _, f := range sources() {
		w.look(f.file, f.text)
	}
	for _, dir := range w.dirs {
		if !slices.Contains(plan.Writable, dir) {
			plan.Writable = append(plan.Writable, dir)
		}
	}
	slices.Sort(plan.Writable)
	plan.Evidence = append(plan.Evidence, w.evidence...)
	return plan
}

// writes are the directories that a service's sources write to, relative to
// where its program is started.
type writes struct {
	repo.Service

	start    []string // the start command
	made     []string // by the build
	dirs     []string
	evidence []slipway.Evidence
}

// collected notes where Django's build puts static files.
func (w *writes) collected(_, text string) {
	for _, m := range staticRoot.FindAllStringSubmatch(text, -1) {
		w.made = append(w.made, path.Clean(m[1]))
	}
}

// look finds what a text of a file says.
func (w *writes) look(file, text string) {
	for _, m := range makesDir.FindAllStringSubmatchIndex(text, -1) {
		dir := group(text, m)
		if named.MatchString(dir) {
			dir = path.Dir(dir) // a volume in a file's place would be a directory
		}
		if top, _, _ := strings.Cut(dir, "/"); slices.Contains(usualDirs(), top) {
			w.take(file, text, m, dir, "written at run time")
		}
	}
	for _, m := range instance.FindAllStringSubmatchIndex(text, -1) {
		w.take(file, text, m, group(text, m), "Flask's instance folder")
	}
	for _, m := range logsTo.FindAllStringSubmatchIndex(text, -1) {
		w.take(file, text, m, path.Dir(group(text, m)), "a log; let it go to stdout, where somebody reads it")
	}
	for _, m := range slices.Concat(database.FindAllStringSubmatchIndex(text, -1), beside.FindAllStringSubmatchIndex(text, -1)) {
		name := group(text, m)
		if path.Dir(name) != "." && !w.built(path.Dir(path.Clean(name))) {
			w.take(file, text, m, path.Dir(name), "a database in a file")
			continue
		}
		w.warn(file, text, m, name)
	}
}

// warn tells of a database that lies beside the program, which no volume can
// be made for.
func (w *writes) warn(file, text string, at []int, name string) {
	e := w.said(file, text, at)
	e.Means = name + " is a file beside the program, where nothing may be written: give it a directory of its own, as in data/" + path.Base(name) + ", or take another database"
	e.Knob = "writable: [data]"
	w.evidence = append(w.evidence, e)
}

// said is what stands in a file.
func (w *writes) said(file, text string, at []int) slipway.Evidence {
	e := slipway.Evidence{File: file, Found: strings.Join(strings.Fields(text[at[0]:at[1]]), " ")}
	switch {
	case text == "":
		e.Found = path.Base(file)
	case file != w.Dir:
		e.Line = 1 + strings.Count(text[:at[0]], "\n")
	}
	return e
}

// kept takes directories that are in the repository for nothing but their
// being there.
func (w *writes) kept() {
	for _, dir := range usualDirs() {
		if file := path.Join(w.Dir, dir, ".gitkeep"); repo.IsFile(w.Tree, file) {
			w.take(file, "", []int{0, 0}, dir, "a directory that is kept empty")
		}
	}
}

// take makes a directory writable, unless the repository has files in it: a
// volume would hide them.
func (w *writes) take(file, text string, at []int, dir, what string) {
	if dir = path.Clean(dir); !fs.ValidPath(dir) || dir == "." || slices.Contains(w.dirs, dir) || w.built(dir) || !w.empty(dir) {
		return
	}
	w.dirs = append(w.dirs, dir)
	e := w.said(file, text, at)
	e.Means, e.Knob = fmt.Sprintf("%s: %s is writable, a volume", what, dir), "writable: ["+dir+"]"
	w.evidence = append(w.evidence, e)
}

// built tells whether a directory may be the build's, or has what is started:
// the repository has nothing of it, and a volume would hide all of it.
func (w *writes) built(dir string) bool {
	ofBuild := []string{"app", "bin", "build", "client", "dist", "lib", "node_modules", "out", "output", "public", "server", "src", "static", "staticfiles", "target", "vendor", "venv"}
	return slices.Contains(ofBuild, path.Base(dir)) || slices.Contains(w.made, dir) || slices.ContainsFunc(slices.Concat(w.start, w.made), func(word string) bool {
		return strings.HasPrefix(strings.TrimPrefix(word, "./"), dir+"/")
	})
}

// empty tells whether the repository has nothing in a directory but what
// keeps it there.
func (w *writes) empty(dir string) bool {
	entries, err := fs.ReadDir(w.Tree, path.Join(w.Dir, dir))
	if err != nil { // a file or a link of that name is nothing that a volume may lie over
		return errors.Is(err, fs.ErrNotExist)
	}
	return !slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return !slices.Contains([]string{".gitkeep", ".keep", ".gitignore"}, e.Name())
	})
}

// group is the first group of a match that took part in it.
func group(text string, m []int) string {
	for i := 2; i+1 < len(m); i += 2 {
		if m[i] >= 0 {
			return text[m[i]:m[i+1]]
		}
	}
	return ""
}

// usualDirs are names that programs give to what they write. Others that they
// make (dist, public) may be of a build, whose files a volume would hide.
func usualDirs() []string {
	return []string{
		"attachments", "backups", "cache", "data", "database", "db", "downloads", "exports", "instance", "log", "logs",
		"media", "reports", "sessions", "spool", "storage", "temp", "tmp", "upload", "uploads", "var",
	}
}
