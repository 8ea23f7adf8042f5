package node

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

func isTypeScript(file string) bool {
	return slices.Contains([]string{".ts", ".mts", ".cts", ".tsx"}, path.Ext(file))
}

// tsconfig is what matters of a tsconfig.json.
type tsconfig struct {
	file    string
	outDir  string // relative to the service, "" when it says none
	rootDir string
	noEmit  bool
}

// tsconfig reads the service's tsconfig.json, or tsconfig.build.json. What
// it extends is not followed: an outDir belongs to a package.
func (p *planner) tsconfig() tsconfig {
	for _, name := range []string{"tsconfig.build.json", "tsconfig.json"} {
		file := path.Join(p.Dir, name)
		data, ok, err := repo.Read(p.Tree, file)
		if err != nil || !ok {
			continue
		}
		c := parseTsconfig(data)
		c.file = name
		if c.outDir != "" || name == "tsconfig.json" {
			return c
		}
	}
	return tsconfig{}
}

func parseTsconfig(data []byte) tsconfig {
	var file struct {
		CompilerOptions struct {
			OutDir  string `json:"outDir"`
			RootDir string `json:"rootDir"`
			NoEmit  bool   `json:"noEmit"`
		} `json:"compilerOptions"`
	}
	if json.Unmarshal(plainJSON(data), &file) != nil {
		return tsconfig{}
	}
	o := file.CompilerOptions
	c := tsconfig{noEmit: o.NoEmit}
	if o.OutDir != "" && !strings.HasPrefix(path.Clean(o.OutDir), "..") {
		c.outDir = path.Clean(o.OutDir)
	}
	if o.RootDir != "" {
		c.rootDir = path.Clean(o.RootDir)
	}
	return c
}

// startTypeScript runs a TypeScript file: through the loader that the
// package has, else compiled, else by Node.js itself, which leaves the types
// out (22.18 and later, without a flag). args stand behind the file.
func (p *planner) startTypeScript(file string, args []string, why slipway.Evidence) error {
	for _, loader := range []struct{ pkg, option string }{{"tsx", "tsx"}, {"ts-node", ""}, {"@swc-node/register", "@swc-node/register/esm-register"}} {
		if !p.pkg.has(loader.pkg) || p.hasBuild() && p.tsconfig().outDir != "" {
			continue
		}
		p.program.file = file
		p.program.start = append([]string{"node", "--import", loader.option, file}, args...)
		if loader.pkg == "ts-node" {
			p.program.start = append([]string{"node", p.bin("ts-node"), file}, args...)
		}
		p.useDev(loader.pkg)
		p.note(slipway.Evidence{File: p.pkg.file(), Line: p.line(loader.pkg), Found: loader.pkg, Means: "runs " + file + " without compiling it", Knob: "commands: {start: …}"})
		return nil
	}
	c := p.tsconfig()
	if c.outDir != "" && !c.noEmit && p.pkg.has("typescript") {
		built := c.compiled(file)
		p.program.file = built
		p.program.start = append([]string{"node", built}, args...)
		p.note(slipway.Evidence{File: path.Join(p.Dir, c.file), Found: "outDir: " + c.outDir, Means: file + " is compiled to " + built, Knob: "main: " + built})
		return nil
	}
	p.program.file = file
	p.program.start = append([]string{"node", file}, args...)
	p.note(slipway.Evidence{
		File: cmpFile(why.File, path.Join(p.Dir, file)), Line: why.Line, Found: file + ", and neither a loader nor an outDir",
		Means: "Node.js runs it as it is, without its types (from 22.18 on)", Knob: "commands: {build: npx tsc --outDir dist, start: node dist/…}",
	})
	return nil
}

// writtenTo is where the build leaves a file that scripts name as it is called
// there, as those of Adonis do, which are started in the directory of the
// build.
func (p *planner) writtenTo(file string) (string, bool) {
	source := strings.TrimSuffix(file, ".js") + ".ts"
	if c := p.tsconfig(); path.Ext(file) == ".js" && !p.exists(file) && p.exists(source) && p.hasBuild() && c.outDir != "" && c.outDir != "." && !c.noEmit {
		return c.compiled(source), true
	}
	return "", false
}

func cmpFile(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// compiled is where tsc puts what it makes of a file: below outDir, without
// the root directory, which is that of the sources unless it is said.
func (c tsconfig) compiled(file string) string {
	root := c.rootDir
	if root == "" && strings.HasPrefix(file, "src/") {
		root = "src"
	}
	if root != "" && root != "." {
		file = strings.TrimPrefix(file, root+"/")
	}
	ext := path.Ext(file)
	return path.Join(c.outDir, strings.TrimSuffix(file, ext)+strings.Replace(ext, "ts", "js", 1))
}
