package rust

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// pkg is a package of the tree.
type pkg struct {
	dir  string // in the tree
	name string
	file *cargoToml
	data []byte // of its Cargo.toml
}

func (k *pkg) manifest() string { return path.Join(k.dir, cargoFile) }

// program is a binary target of a package.
type program struct {
	pkg      *pkg
	name     string
	path     string   // its root file, relative to the package
	line     int      // of its [[bin]] section; 0 when it was found by its place
	required []string // features without which it is not built
}

// where is the file that shows the program.
func (m program) where() string {
	if m.line > 0 {
		return repo.Place(m.pkg.manifest(), m.line)
	}
	return repo.Quote(path.Join(m.pkg.dir, m.path))
}

// programs gives the binary targets of a package, as Cargo finds them (The
// Cargo Book, "Cargo Targets").
func (k *pkg) programs(tree fs.FS, edition string) []program {
	found := map[string]program{}
	auto := k.file.Package.AutoBins
	if auto == nil && (edition != "2015" || len(k.file.Bin) == 0) || auto != nil && *auto {
		found = k.inferred(tree)
	}
	for i, b := range k.file.Bin {
		m := program{pkg: k, name: b.Name, path: path.Clean(strings.ReplaceAll(b.Path, `\`, "/")), required: b.Required, line: k.binLine(i)}
		if b.Path == "" {
			m.path = k.usual(tree, b.Name)
		}
		maps.DeleteFunc(found, func(_ string, other program) bool { return other.path == m.path })
		found[m.name] = m
	}
	return slices.SortedFunc(maps.Values(found), func(a, b program) int { return strings.Compare(a.name, b.name) })
}

// inferred are the programs that Cargo finds by their place.
func (k *pkg) inferred(tree fs.FS) map[string]program {
	found := map[string]program{}
	add := func(name, file string) { found[name] = program{pkg: k, name: name, path: file} }
	if repo.IsFile(tree, path.Join(k.dir, mainFile)) {
		add(k.name, mainFile)
	}
	entries, _ := fs.ReadDir(tree, path.Join(k.dir, "src/bin")) // not there: none
	for _, e := range entries {
		file := path.Join("src/bin", e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir() && repo.IsFile(tree, path.Join(k.dir, file, "main.rs")):
			add(e.Name(), path.Join(file, "main.rs"))
		case !e.IsDir() && path.Ext(file) == ".rs":
			add(strings.TrimSuffix(e.Name(), ".rs"), file)
		}
	}
	return found
}

// usual is the file of a program whose section names none.
func (k *pkg) usual(tree fs.FS, name string) string {
	for _, file := range []string{"src/bin/" + name + ".rs", "src/bin/" + name + "/main.rs"} {
		if repo.IsFile(tree, path.Join(k.dir, file)) {
			return file
		}
	}
	return mainFile
}

// binLine is the line of the i-th [[bin]] section.
func (k *pkg) binLine(i int) int {
	n := 0
	for line := range strings.Lines(string(k.data)) {
		n++
		if strings.HasPrefix(strings.TrimSpace(line), "[[bin]]") {
			if i == 0 {
				return n
			}
			i--
		}
	}
	return 1
}

// buildScript is the package's build script, "" when it has none.
func (k *pkg) buildScript(tree fs.FS) string {
	switch named := k.file.Package.Build.(type) {
	case string:
		return named
	case nil, bool:
		if repo.IsFile(tree, path.Join(k.dir, "build.rs")) && named != false {
			return "build.rs"
		}
	}
	return ""
}

// roots are the files without which Cargo refuses a package's manifest: the
// root of each target, relative to the package.
func (k *pkg) roots(tree fs.FS, edition string) []string {
	var files []string
	if lib := k.file.Lib; lib != nil && lib.Path != "" {
		files = append(files, path.Clean(lib.Path))
	} else if lib != nil || repo.IsFile(tree, path.Join(k.dir, libFile)) {
		files = append(files, libFile)
	}
	for _, m := range k.programs(tree, edition) {
		files = append(files, m.path)
	}
	if script := k.buildScript(tree); script != "" {
		files = append(files, script)
	}
	for dir, targets := range map[string][]target{"tests": k.file.Test, "benches": k.file.Bench, "examples": k.file.Example} {
		for _, t := range targets {
			if t.Path == "" && t.Name != "" {
				t.Path = path.Join(dir, t.Name+".rs")
			}
			files = append(files, path.Clean(t.Path))
		}
	}
	files = slices.DeleteFunc(files, func(f string) bool { return !fs.ValidPath(path.Join(k.dir, f)) })
	slices.Sort(files)
	return slices.Compact(files)
}
