package golang

import (
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// tool is a program of Go that takes part in making code.
type tool struct {
	name    string
	pkg     string
	version string // "" is that of go.mod, with what go.sum holds
	file    string // what says the version
	line    int
	found   string
}

func (t tool) evidence() slipway.Evidence {
	means := t.name + " as go.mod has it"
	if t.version != "" {
		means = t.name + " " + t.version
	}
	e := slipway.Evidence{File: t.file, Line: t.line, Found: t.found, Means: means + ", for the code that is made"}
	if t.found == slipwaysOwn {
		e.Knob = "go get -tool " + t.pkg + "@VERSION"
	}
	return e
}

// slipwaysOwn is said of a version that the repository does not name.
const slipwaysOwn = "no version of it; Slipway's own"

// known is a plugin that everybody means by the same package.
type known struct {
	pkg    string
	module string // which go.mod requires where its code is used
	alone  bool   // needs no module that the code made by it does not need
	pinned string // where go.mod does not say the version
}

// knownPlugins are by their names behind protoc-gen-.
func knownPlugins() map[string]known {
	return map[string]known{
		"go":           {"google.golang.org/protobuf/cmd/protoc-gen-go", "google.golang.org/protobuf", true, ""},
		"go-grpc":      {"google.golang.org/grpc/cmd/protoc-gen-go-grpc", "", false, "v1.5.1"},
		"connect-go":   {"connectrpc.com/connect/cmd/protoc-gen-connect-go", "connectrpc.com/connect", true, ""},
		"grpc-gateway": {"github.com/grpc-ecosystem/grpc-gateway/v2/protoc-gen-grpc-gateway", "github.com/grpc-ecosystem/grpc-gateway/v2", false, ""},
		"openapiv2":    {"github.com/grpc-ecosystem/grpc-gateway/v2/protoc-gen-openapiv2", "github.com/grpc-ecosystem/grpc-gateway/v2", false, ""},
		"validate":     {"github.com/envoyproxy/protoc-gen-validate", "github.com/envoyproxy/protoc-gen-validate", false, ""},
		"go-vtproto":   {"github.com/planetscale/vtprotobuf/cmd/protoc-gen-go-vtproto", "github.com/planetscale/vtprotobuf", true, ""},
		"twirp":        {"github.com/twitchtv/twirp/protoc-gen-twirp", "github.com/twitchtv/twirp", false, ""},
	}
}

// builtIn are the languages that protoc knows without a plugin.
func builtIn() []string {
	return []string{"cpp", "csharp", "java", "kotlin", "objc", "php", "pyi", "python", "ruby", "rust"}
}

var (
	pluginFlag = regexp.MustCompile(`--([a-z][a-z0-9-]*)_out\b`)
	ownPlugin  = regexp.MustCompile(`--plugin=(?:protoc-gen-)?([a-z0-9-]+)=`)
	bufAlone   = regexp.MustCompile(`(?m)(^|[;&|(@]\s*|^\s*)buf\s+generate\b`)
	fetches    = regexp.MustCompile(`(?m)\bgo (?:install|run) (\S+@\S+)|\b(curl|wget|docker|podman) `)
)

// toolsOf finds what the makers need, each at a version that something names.
func (p *planner) toolsOf(makers []maker, files []string) ([]tool, error) {
	var tools []tool
	for _, m := range makers {
		if err := p.refuseBufRegistry(m, files); err != nil {
			return nil, err
		}
		if found := fetches.FindString(m.text); found != "" {
			return nil, slipway.Errorf(slipway.CodeInvalid, "%s makes code with `%s`, and code is made without a network", repo.Place(m.file, max(m.line, 1)), repo.Quote(found)).
				WithHint("name the tool in go.mod, `go get -tool PACKAGE@VERSION`, and call it as `go tool NAME` or by its name").WithClass(slipway.ClassCode)
		}
		for _, name := range toolNames(m.text) {
			if slices.ContainsFunc(tools, func(t tool) bool { return t.name == name }) {
				continue
			}
			t, ok := p.findTool(name, files)
			if !ok {
				return nil, noVersion(m, name)
			}
			tools = append(tools, t)
		}
	}
	return tools, nil
}

func noVersion(m maker, name string) error {
	e := slipway.Errorf(slipway.CodeInvalid, "%s makes code with %s, and nothing names its version", repo.Place(m.file, max(m.line, 1)), repo.Quote(name)).WithClass(slipway.ClassCode)
	if name == "buf" {
		return e.WithHint("name it in go.mod: `go get -tool github.com/bufbuild/buf/cmd/buf@VERSION`; or commit the code")
	}
	return e.WithHint("name it in go.mod: `go get -tool PACKAGE@VERSION`; or commit the code")
}

// toolNames are the programs that a maker takes from the PATH.
func toolNames(text string) []string {
	command, template, _ := strings.Cut(text, bufMark)
	names, _ := bufPlugins(template)
	if bufAlone.MatchString(command) {
		names = append(names, "buf")
	}
	var own []string
	for _, m := range ownPlugin.FindAllStringSubmatch(command, -1) {
		own = append(own, m[1])
	}
	for _, m := range pluginFlag.FindAllStringSubmatch(command, -1) {
		if !slices.Contains(builtIn(), m[1]) && !slices.Contains(own, m[1]) {
			names = append(names, "protoc-gen-"+m[1])
		}
	}
	return names
}

// findTool takes the version of a tool line of go.mod, of an import for
// tools, of the module that the code needs anyway, or our own.
func (p *planner) findTool(name string, files []string) (tool, bool) {
	for _, m := range p.layout.mains {
		for _, t := range m.file.Tool {
			if commandName(t.Path) == name {
				return tool{name: name, pkg: t.Path, file: m.manifest(), line: t.Syntax.Start.Line, found: "tool " + t.Path}, true
			}
		}
	}
	if t, ok := p.importedTool(name, files); ok {
		return t, true
	}
	k, ok := knownPlugins()[strings.TrimPrefix(name, "protoc-gen-")]
	if !ok {
		return tool{}, false
	}
	t := tool{name: name, pkg: k.pkg}
	for _, m := range p.layout.mains {
		for _, r := range m.file.Require {
			if r.Mod.Path == k.module {
				t.file, t.line, t.found = m.manifest(), r.Syntax.Start.Line, r.Mod.String()
				if !k.alone {
					t.version = r.Mod.Version
				}
				return t, true
			}
		}
	}
	t.version, t.file, t.found = k.pinned, p.layout.mains[0].manifest(), slipwaysOwn
	return t, k.pinned != ""
}

// importedTool looks for a file that imports programs, so that go.mod keeps
// their versions: how it was done before tool lines.
func (p *planner) importedTool(name string, files []string) (tool, bool) {
	for _, file := range files {
		if path.Ext(file) != ".go" {
			continue
		}
		data, err := p.readGo(file)
		if err != nil || !strings.Contains(string(data), "/"+name+`"`) {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, data, parser.ImportsOnly)
		if err != nil {
			continue
		}
		for _, imported := range parsed.Imports {
			if pkg, _ := strconv.Unquote(imported.Path.Value); imported.Name != nil && imported.Name.Name == "_" && commandName(pkg) == name {
				return tool{name: name, pkg: pkg, file: file, found: "_ " + imported.Path.Value}, true
			}
		}
	}
	return tool{}, false
}

// commandName is what the go command calls the program of a package.
func commandName(pkg string) string {
	name := path.Base(pkg)
	if dir := path.Dir(pkg); dir != "." && regexp.MustCompile(`^v\d+$`).MatchString(name) {
		return path.Base(dir)
	}
	return name
}
