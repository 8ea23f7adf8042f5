package java

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// program is what the service starts.
type program struct {
	module module
	class  string // "" when the framework or the jar knows it
	jar    string // that somebody chose, relative to the module's directory; "" for classes and libraries
}

// args are those that a launcher needs to know what it launches.
func (p program) args() []string {
	switch p.class {
	case vertxApplication:
		return []string{p.module.verticle.value}
	case vertxLauncher:
		return []string{"run", p.module.verticle.value}
	default:
		return nil
	}
}

// candidate is a module with a class that could be meant.
type candidate struct {
	module module
	class  said
}

// findMain chooses the program: the one that somebody named, else that of the
// service's own module, else the only one there is below.
func (p *planner) findMain() error {
	err := p.chooseMain()
	if err != nil {
		return err
	}
	return p.useRelease(p.main.module)
}

func (p *planner) chooseMain() error {
	if p.Main != "" {
		return p.named(p.Main, slipway.Evidence{File: p.Dir, Found: "--main " + p.Main})
	}
	if m := p.Declared.Main; m != "" {
		return p.named(m, slipway.Evidence{File: manifest.Name, Line: p.Declared.Line("main"), Found: "main: " + m})
	}
	if m, ok := p.moduleOf(p.Name); ok {
		return p.choose([]module{m})
	}
	if found, err := p.ofProcess(); found || err != nil {
		return err
	}
	return p.choose(p.runnable())
}

// runnable are the modules that the service's program can be in: that of its
// directory, unless that only holds others together.
func (p *planner) runnable() []module {
	var below []module
	for _, m := range p.build.modules {
		if m.packaging == "pom" || !inside(p.Dir, m.dir) {
			continue
		}
		if m.dir == p.Dir && p.hasSources(m) {
			return []module{m}
		}
		below = append(below, m)
	}
	return below
}

// moduleOf is the module that a name or a directory means.
func (p *planner) moduleOf(name string) (module, bool) {
	if name == "" {
		return module{}, false
	}
	dir := path.Join(p.Dir, name)
	for _, m := range p.build.modules {
		if m.packaging != "pom" && inside(p.Dir, m.dir) && m.dir != p.Dir && (m.dir == dir || m.name == strings.TrimPrefix(name, ":") || path.Base(m.dir) == name) {
			return m, true
		}
	}
	return module{}, false
}

func (p *planner) hasSources(m module) bool {
	return slices.ContainsFunc(m.sources, func(dir string) bool { return repo.IsDir(p.Tree, dir) || repo.IsFile(p.Tree, dir) })
}

// named2 takes the program that somebody chose: a jar that the build makes, a
// module, or a class.
func (p *planner) named(choice string, e slipway.Evidence) error {
	if strings.HasSuffix(choice, ".jar") || strings.HasSuffix(choice, ".war") {
		return p.chooseJar(choice, e)
	}
	if m, ok := p.moduleOf(strings.TrimSuffix(strings.TrimPrefix(choice, "./"), "/")); ok {
		e.Means = "the program is in " + repo.Show(m.dir)
		p.note(e)
		return p.choose([]module{m})
	}
	all, err := p.candidates(p.runnable(), true)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.class.value == choice {
			return p.take(c, e)
		}
	}
	if modules := p.runnable(); len(modules) == 1 && !strings.ContainsAny(choice, "/ ") { // it may come with a library
		return p.take(candidate{modules[0], said{value: choice}}, e)
	}
	return slipway.Errorf(slipway.CodeNotFound, "%s: no class or module %s was found in %s", e.Found, repo.Quote(choice), repo.Show(p.Dir)).
		WithHint("name one of those that there are").WithDetails(p.listed(all)...).WithClass(slipway.ClassCode)
}

// chooseJar takes a jar that the build makes, in the module that it lies in.
func (p *planner) chooseJar(choice string, e slipway.Evidence) error {
	name := path.Join(p.Dir, choice)
	found := -1
	for i, m := range p.build.modules {
		if inside(m.dir, name) && (found < 0 || len(m.dir) > len(p.build.modules[found].dir)) {
			found = i
		}
	}
	if found < 0 || !fs.ValidPath(name) {
		return slipway.Errorf(slipway.CodeUsage, "%s: %s is in no module of the build", e.Found, repo.Quote(choice)).
			WithHint("name the file that the build makes, for example target/app.jar")
	}
	m := p.build.modules[found]
	p.main = program{module: m, jar: below(m.dir, name)}
	e.Means = "the jar is started as it is; its libraries are in the program's layer"
	p.note(e)
	return nil
}

// choose takes the only program of some modules.
func (p *planner) choose(modules []module) error {
	all, err := p.candidates(modules, false)
	if err != nil {
		return err
	}
	switch {
	case len(all) == 1:
		c := all[0]
		return p.take(c, slipway.Evidence{File: c.class.file, Line: c.class.line, Found: c.class.found})
	case len(all) > 1:
		var called []repo.Called
		for _, c := range all {
			called = append(called, repo.Called{Started: []string{c.class.value}})
		}
		if i, e := repo.OfDockerfile(p.Service, called); i >= 0 {
			return p.take(all[i], e)
		}
		return slipway.Errorf(slipway.CodeAmbiguous, "%s has %d programs", repo.Show(p.Dir), len(all)).
			WithHint("choose one with `main:` in %s, or --main", manifest.Name).WithDetails(slices.Concat(p.listed(all), p.snippet(all))...).WithClass(slipway.ClassCode)
	}
	if p.Declared.Commands.Start.Given() && len(modules) == 1 {
		p.main = program{module: modules[0]}
		return nil
	}
	if wars := p.wars(); len(wars) > 0 {
		return p.refuseWar(wars[0])
	}
	if i := slices.IndexFunc(p.build.modules, func(m module) bool { return m.uses("com.android.") }); i >= 0 {
		return slipway.Errorf(slipway.CodeInvalid, "%s makes an app for Android, which no image is started with", repo.Quote(p.build.modules[i].file)).
			WithHint("where a service is in the repository too, name its directory").WithClass(slipway.ClassCode)
	}
	if f := p.build.foreign; f.value != "" {
		return slipway.Errorf(slipway.CodeInvalid, "%s: the project %s is compiled for browsers or to machine code, and no other has a program", f.where(), f.value).
			WithHint("name the directory or the project of a service that the JVM runs, or write a Dockerfile").WithClass(slipway.ClassCode)
	}
	return slipway.Errorf(slipway.CodeNotFound, "no program was found in %s: no build file names a main class, and no source has a main method", repo.Show(p.Dir)).
		WithHint("name it with `main: com.example.App` in %s, or give `commands.start`", manifest.Name).
		WithDetails(p.searched(modules)...).WithClass(slipway.ClassCode)
}

func (p *planner) take(c candidate, e slipway.Evidence) error {
	p.main = program{module: c.module, class: c.class.value}
	e.Means = "the program is " + c.class.value
	if c.class.value == "" {
		e.Means = "the program is in " + repo.Show(c.module.dir)
	}
	e.Knob = "main: " + cmp.Or(c.class.value, "./"+below(p.Dir, c.module.dir))
	p.note(e)
	return nil
}

// listed shows candidates in an error.
func (p *planner) listed(all []candidate) []string {
	const most = 20
	var lines []string
	for _, c := range all[:min(len(all), most)] {
		choice := c.class.value
		if slices.ContainsFunc(all, func(o candidate) bool { return o.class.value == choice && o.module.dir != c.module.dir }) || choice == "" {
			choice = "./" + below(p.Dir, c.module.dir)
		}
		lines = append(lines, fmt.Sprintf("%s: main: %s", c.class.where(), choice))
	}
	return lines
}

func (p *planner) searched(modules []module) []string {
	var lines []string
	for _, m := range modules {
		for _, dir := range m.sources {
			lines = append(lines, "looked in "+repo.Quote(dir))
		}
	}
	return lines[:min(len(lines), 20)]
}
