package golang

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// generation is how code that is not in the repository is made before the
// program is compiled.
type generation struct {
	makers  []maker
	missing []string // directories that have no Go files without it
	protos  []string // every .proto file around
	tools   []tool
	debian  []string
}

// maker is a command by which the repository makes code of its protocols.
type maker struct {
	file  string // where it stands
	line  int
	dir   string // where it runs
	text  string // all that it says, with the script or the template that it names
	run   string // for a shell
	about string // for people
	whole bool   // it may read any file
}

var (
	protocWord = regexp.MustCompile(`(^|[\s/;&|(@])protoc($|\s)`)
	bufWord    = regexp.MustCompile(`(^|[\s/;&|(@])buf\s+generate\b`)
)

// makesProtocols tells whether a text is a command that makes code of
// protocols.
func makesProtocols(text string) bool {
	return protocWord.MatchString(text) || bufWord.MatchString(text)
}

// findMakers takes what `//go:generate` says, else buf.gen.yaml, else the
// target of a Makefile that does it.
func (p *planner) findMakers(files []string) []maker {
	for _, look := range []func([]string) []maker{p.directives, p.templates, p.makefile} {
		if makers := look(files); len(makers) > 0 {
			return makers
		}
	}
	return nil
}

const directive = "//go:generate "

// directives are the lines that run protoc or buf, also by a script.
func (p *planner) directives(files []string) []maker {
	var makers []maker
	for _, name := range files {
		if path.Ext(name) != ".go" {
			continue
		}
		data, _ := p.readGo(name) // what cannot be read has no line
		for i, line := range strings.Split(string(data), "\n") {
			line = strings.TrimRight(line, " \t\r")
			said, ok := strings.CutPrefix(line, directive)
			if !ok {
				continue
			}
			text, script := p.withScript(path.Dir(name), said)
			if text = p.withTemplate(path.Dir(name), text); !makesProtocols(text) {
				continue
			}
			makers = append(makers, maker{
				file: name, line: i + 1, dir: path.Dir(name), text: text, about: line, whole: script,
				run: "go generate -run " + command.Quoted("^"+regexp.QuoteMeta(line)+"$") + " " + command.Quoted(path.Base(name)),
			})
		}
	}
	return makers
}

// withScript adds the script of the tree that a command line runs.
func (p *planner) withScript(dir, command string) (text string, found bool) {
	for _, word := range strings.Fields(command)[:min(2, len(strings.Fields(command)))] {
		name := path.Join(dir, strings.Trim(word, `"'`))
		if path.Ext(name) != ".sh" && !strings.HasPrefix(word, "./") && !strings.HasPrefix(word, "../") {
			continue
		}
		if data, ok, _ := repo.Read(p.Tree, name); ok { // it is another command then
			return command + "\n" + withoutComments(string(data)), true
		}
	}
	return command, false
}

// templates are the files of buf.
func (p *planner) templates(files []string) []maker {
	var makers []maker
	for _, name := range files {
		if path.Base(name) == bufTemplate {
			dir := path.Dir(name)
			makers = append(makers, maker{file: name, dir: dir, text: p.withTemplate(dir, "buf generate"), run: "buf generate", about: bufTemplate})
		}
	}
	return makers
}

// withoutComments leaves out the lines of a script that are comments.
func withoutComments(text string) string {
	lines := slices.DeleteFunc(strings.Split(text, "\n"), func(l string) bool { return strings.HasPrefix(strings.TrimSpace(l), "#") })
	return strings.Join(lines, "\n")
}

// debianOf are the packages of Debian that protoc is in, with the protocols
// that come with it where one of the repository's imports them.
func (p *planner) debianOf(g generation) []string {
	if !slices.ContainsFunc(g.makers, func(m maker) bool { return protocWord.MatchString(m.text) }) {
		return nil
	}
	if p.anyProto(g.protos, wellKnown) {
		return []string{"libprotobuf-dev", "protobuf-compiler"}
	}
	return []string{"protobuf-compiler"}
}

var (
	wellKnown = regexp.MustCompile(`(?m)^\s*import\s+(?:public\s+|weak\s+)?"google/protobuf/`)
	editions  = regexp.MustCompile(`(?m)^\s*edition\s*=`)
)

func (p *planner) anyProto(names []string, says *regexp.Regexp) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		data, _, _ := repo.Read(p.Tree, name)
		return says.Match(data)
	})
}

// generates plans how the missing code is made; false where nothing says it.
func (p *planner) generates(missing []string) (bool, error) {
	files := p.filesAround()
	g := generation{missing: missing, makers: p.findMakers(files)}
	for _, name := range files {
		if path.Ext(name) == ".proto" {
			g.protos = append(g.protos, name)
		}
	}
	if len(g.makers) == 0 || len(g.protos) == 0 {
		return false, nil
	}
	var err error
	if g.tools, err = p.toolsOf(g.makers, files); err != nil {
		return false, err
	}
	g.debian = p.debianOf(g)
	if len(g.debian) > 0 && p.anyProto(g.protos, editions) {
		return false, slipway.Errorf(slipway.CodeInvalid, "%s makes code of protocols with an edition, which Debian's protoc does not know", repo.Place(g.makers[0].file, g.makers[0].line)).
			WithHint("commit the code, or make it with buf as a tool of go.mod: `go get -tool github.com/bufbuild/buf/cmd/buf`, then `go tool buf generate`").WithClass(slipway.ClassCode)
	}
	p.generated = &g
	for _, m := range g.makers {
		p.note(slipway.Evidence{File: m.file, Line: m.line, Found: m.about, Means: "makes the code in " + shown(missing) + ", which is not committed, before the program is compiled", Knob: "commands: {build: …}"})
	}
	if len(g.debian) > 0 {
		p.note(slipway.Evidence{File: g.makers[0].file, Line: g.makers[0].line, Found: "protoc", Means: "Debian's " + strings.Join(g.debian, ", ") + " in the build"})
	}
	for _, t := range g.tools {
		p.note(t.evidence())
	}
	return true, nil
}

func shown(dirs []string) string {
	var all []string
	for _, dir := range dirs {
		all = append(all, repo.Show(dir))
	}
	return strings.Join(all, ", ")
}

// maxAround is the most files that are looked through for what makes code.
const maxAround = 20_000

// filesAround are the files of the modules that the program is made of.
func (p *planner) filesAround() []string {
	found := map[string]bool{}
	for _, m := range p.layout.local() {
		p.walk(m.dir, found)
	}
	p.walk(p.layout.root, found)
	return slices.Sorted(maps.Keys(found))
}
