package python

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// protocTools is the package that makes code of protocols, with a protoc of
// its own.
const protocTools = "grpcio-tools"

var (
	importLine   = regexp.MustCompile(`(?m)^[ \t]*import[ \t]+([\w.]+_pb2)(?:_grpc)?\b`)
	fromLine     = regexp.MustCompile(`(?m)^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+\(?([^#\n]+)`)
	protoImport  = regexp.MustCompile(`(?m)^\s*import\s+(?:public\s+|weak\s+)?"([^"]+)"`)
	protoService = regexp.MustCompile(`(?m)^\s*service\s+\w+`)
)

// wanted is a module of generated code that a file imports.
type wanted struct {
	name string // dotted, with dots in front when it is relative
	file string
	line int
}

// protocol is how a .proto file is made a module of: seen from in, its name
// is that of the module, seen from out.
type protocol struct{ file, in, out string }

// findGenerated looks for modules that protoc makes, and that are not in the
// repository though their protocols are. They are made before the program is
// copied, by the grpcio-tools that it asks for.
func (p *planner) findGenerated() error {
	if p.Declared.Commands.Build.Given() {
		return nil
	}
	protos := p.protocols()
	if len(protos) == 0 {
		return nil
	}
	var all []protocol
	var first wanted
	for _, w := range p.generatedImports() {
		found, ok, err := p.protocolOf(w, protos)
		if err != nil {
			return err
		}
		if ok {
			if len(all) == 0 {
				first = w
			}
			all = p.withImported(all, found)
		}
	}
	if len(all) == 0 {
		return nil
	}
	tools := slices.ContainsFunc(p.deps.direct, func(d dependency) bool { return d.name == protocTools })
	dev := p.developersHave(protocTools)
	if !tools && !dev {
		return slipway.Errorf(slipway.CodeInvalid, "%s imports %s, which is not in the repository; %s is, and nothing here makes the one of the other", repo.Place(first.file, first.line), repo.Quote(first.name), repo.Quote(all[0].file)).
			WithHint("add %s to the dependencies, or to those of developers, and the build makes it; or commit it; or say how: `commands: {build: …}`", protocTools).WithClass(slipway.ClassCode)
	}
	p.build.script, p.build.dev = strings.TrimSuffix(p.makeScript(all)+"\n"+p.build.script, "\n"), !tools
	if p.build.dir == "" {
		p.build.dir = p.Dir
	}
	p.note(slipway.Evidence{
		File: first.file, Line: first.line, Found: "imports " + first.name, Means: "made of " + all[0].file + " in the build, with " + protocTools, Knob: "commands: {build: …}",
	})
	return nil
}

// protocols are the .proto files of the tree that are not somebody else's.
func (p *planner) protocols() []string {
	var found []string
	_ = fs.WalkDir(p.Tree, ".", func(name string, d fs.DirEntry, err error) error { // what cannot be listed makes nothing
		switch {
		case err != nil:
			return fs.SkipDir
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || slices.Contains([]string{"node_modules", "vendor", "venv", "third_party"}, d.Name())):
			return fs.SkipDir
		case path.Ext(name) == ".proto":
			found = append(found, name)
		}
		return nil
	})
	return found
}

// generatedImports are the modules of generated code that the sources import.
func (p *planner) generatedImports() []wanted {
	var all []wanted
	for _, file := range p.files() {
		data, _, _ := repo.Read(p.Tree, file) // it was read before
		for _, w := range importsGenerated(file, string(data)) {
			if !slices.ContainsFunc(all, func(o wanted) bool { return o.name == w.name && (w.name[0] != '.' || w.file == o.file) }) {
				all = append(all, w)
			}
		}
	}
	return all
}

// importsGenerated are those of one file.
func importsGenerated(file, text string) []wanted {
	if !strings.Contains(text, "_pb2") {
		return nil
	}
	var all []wanted
	add := func(name string, at int) {
		all = append(all, wanted{name, file, strings.Count(text[:at], "\n") + 1})
	}
	for _, m := range importLine.FindAllStringSubmatchIndex(text, -1) {
		add(text[m[2]:m[3]], m[2])
	}
	for _, m := range fromLine.FindAllStringSubmatchIndex(text, -1) {
		from := strings.TrimSuffix(text[m[2]:m[3]], "_grpc")
		if strings.HasSuffix(from, "_pb2") {
			add(from, m[2])
			continue // what it imports is in the module
		}
		for word := range strings.FieldsFuncSeq(text[m[4]:m[5]], func(r rune) bool { return strings.ContainsRune(" \t,()\\\r", r) }) {
			if word = strings.TrimSuffix(word, "_grpc"); strings.HasSuffix(word, "_pb2") {
				add(strings.TrimSuffix(from, ".")+dotUnless(from)+word, m[2])
			}
		}
	}
	return all
}

// dotUnless is the dot between a package and its module: `from . import x`
// has one already.
func dotUnless(from string) string {
	if strings.Trim(from, ".") == "" {
		return from[len(from)-1:]
	}
	return "."
}

// protocolOf finds what a module that is not there is made of; false for one
// that is, or that comes with a package.
func (p *planner) protocolOf(w wanted, protos []string) (protocol, bool, error) {
	if first, _, _ := strings.Cut(w.name, "."); first == "google" || strings.HasPrefix(first, "grpc_") {
		return protocol{}, false, nil
	}
	target, there := p.target(w)
	if there {
		return protocol{}, false, nil
	}
	stem := strings.TrimSuffix(path.Base(target), "_pb2")
	var best []protocol
	most := -1
	for _, file := range protos {
		if strings.ReplaceAll(strings.TrimSuffix(path.Base(file), ".proto"), "-", "_") != stem {
			continue
		}
		in, out, alike := commonEnd(path.Dir(file), path.Dir(target))
		if alike > most {
			best, most = nil, alike
		}
		if alike == most {
			best = append(best, protocol{file, in, out})
		}
	}
	switch len(best) {
	case 0:
		return protocol{}, false, nil
	case 1:
		return best[0], true, p.checkImports(best[0])
	}
	return protocol{}, false, slipway.Errorf(slipway.CodeAmbiguous, "%s imports %s, which could be made of %s or of %s", repo.Place(w.file, w.line), repo.Quote(w.name), repo.Quote(best[0].file), repo.Quote(best[1].file)).
		WithHint("commit it, or say how it is made: `commands: {build: …}`").WithClass(slipway.ClassCode)
}

// target is the module's name in the tree, without .py, and whether it is
// there.
func (p *planner) target(w wanted) (string, bool) {
	if strings.HasPrefix(w.name, ".") {
		rest := strings.TrimLeft(w.name, ".")
		dir := path.Dir(w.file)
		for range len(w.name) - len(rest) - 1 {
			dir = path.Dir(dir)
		}
		target := path.Join(dir, strings.ReplaceAll(rest, ".", "/"))
		return target, repo.IsFile(p.Tree, target+".py")
	}
	name := strings.ReplaceAll(w.name, ".", "/")
	roots := slices.Concat([]string{p.Dir}, p.allRoots(), []string{path.Dir(w.file)})
	target := path.Join(p.Dir, name)
	for _, root := range roots {
		if repo.IsFile(p.Tree, path.Join(root, name+".py")) {
			return "", true
		}
	}
	for _, root := range roots[1:] {
		if path.Dir(name) != "." && repo.IsDir(p.Tree, path.Join(root, path.Dir(name))) {
			target = path.Join(root, name)
		}
	}
	if path.Dir(name) == "." && p.rootOf(w.file) != path.Dir(w.file) && !repo.IsFile(p.Tree, path.Join(path.Dir(w.file), "__init__.py")) {
		target = path.Join(path.Dir(w.file), name) // a directory of programs, each with its own path
	}
	return target, false
}

// commonEnd takes from two directories what both end with, and tells how many
// names that was.
func commonEnd(a, b string) (restA, restB string, n int) {
	for a != "." && b != "." && path.Base(a) == path.Base(b) {
		a, b, n = path.Dir(a), path.Dir(b), n+1
	}
	return a, b, n
}

// checkImports refuses a protocol whose imports are not where its own name
// begins: protoc would find them under another name.
func (p *planner) checkImports(found protocol) error {
	data, _, _ := repo.Read(p.Tree, found.file)
	for _, m := range protoImport.FindAllStringSubmatch(string(data), -1) {
		if name := m[1]; !strings.HasPrefix(name, "google/") && !repo.IsFile(p.Tree, path.Join(found.in, name)) {
			return slipway.Errorf(slipway.CodeInvalid, "%s imports %s, which is not below %s", repo.Quote(found.file), repo.Quote(name), repo.Show(found.in)).
				WithHint("say how the code is made: `commands: {build: python -m grpc_tools.protoc …}`; or commit it").WithClass(slipway.ClassCode)
		}
	}
	return nil
}

// withImported adds a protocol, and those that it imports.
func (p *planner) withImported(all []protocol, found protocol) []protocol {
	if slices.Contains(all, found) {
		return all
	}
	all = append(all, found)
	data, _, _ := repo.Read(p.Tree, found.file)
	for _, m := range protoImport.FindAllStringSubmatch(string(data), -1) {
		other := protocol{path.Join(found.in, m[1]), found.in, found.out}
		made := path.Join(found.out, strings.ReplaceAll(strings.TrimSuffix(m[1], ".proto"), "-", "_")+"_pb2.py")
		if repo.IsFile(p.Tree, other.file) && !repo.IsFile(p.Tree, made) {
			all = p.withImported(all, other)
		}
	}
	return all
}

// makeScript calls protoc for each pair of directories.
func (p *planner) makeScript(all []protocol) string {
	var lines []string
	for len(all) > 0 {
		in, out := all[0].in, all[0].out
		var files []string
		service := false
		rest := all[:0:0]
		for _, x := range all {
			if x.in != in || x.out != out {
				rest = append(rest, x)
				continue
			}
			data, _, _ := repo.Read(p.Tree, x.file)
			files, service = append(files, command.Quoted(x.file)), service || protoService.Match(data)
		}
		slices.Sort(files)
		line := "mkdir -p " + command.Quoted(out) + " && python -m grpc_tools.protoc -I " + command.Quoted(in) + " --python_out=" + command.Quoted(out)
		if service {
			line += " --grpc_python_out=" + command.Quoted(out)
		}
		lines = append(lines, "(cd "+appDir+" && "+line+" "+strings.Join(files, " ")+")")
		all = rest
	}
	return strings.Join(lines, "\n")
}

// developersHave tells whether a package is among what developers install.
func (p *planner) developersHave(name string) bool {
	if p.deps.locked[name] {
		return true
	}
	lines := p.developerLines()
	for _, file := range p.developerRequirements().files {
		data, _, _ := repo.Read(p.Tree, file)
		lines = append(lines, strings.Split(string(data), "\n")...)
	}
	return slices.ContainsFunc(lines, func(l string) bool { d, ok := requirement(l); return ok && d.name == name })
}
