package python

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// start is how the service is started.
type start struct {
	args    []string
	release []string
	env     map[string]string
	dir     string   // of the tree; where it is started
	file    string   // that is run, where args do not tell
	roots   []string // directories of the tree, which Python imports from beside those of the packages
	guess   repo.Guess
	django  *django // nil when it is none
	pages   *pages  // of a site; nil when it is a program
}

// findStart asks, in this order: slipway.yaml and the flag, the Procfile,
// Django's manage.py, the sources' applications, the project's scripts, and
// at last a program by its name.
func (p *planner) findStart() error {
	p.start = start{dir: p.Dir}
	processes, err := repo.Procfile(p.Service)
	if err != nil {
		return err
	}
	p.findDjango()
	p.findRelease(processes)
	if p.Declared.Commands.Start.Given() {
		p.start.args = p.Declared.Commands.Start.Exec() // declare() says the rest
		return nil
	}
	if main := p.wanted(); main != "" {
		return p.startMain(main)
	}
	if found, err := p.startProcess(processes); found || err != nil {
		return err
	}
	kinds := []func() (bool, error){p.startDjango, p.startNamed, p.startApp, p.startDemo, p.startPages, p.startManagerScript, p.startPEP723, p.startScript, p.startWorker, p.startProgram}
	if k := p.Declared.Kind; k == slipway.KindWorker || k == slipway.KindTask {
		kinds = []func() (bool, error){p.startWorker, p.startPEP723, p.startManagerScript, p.startProgram, p.startScript}
	}
	for _, try := range kinds {
		if found, err := try(); found || err != nil {
			return err
		}
	}
	return p.nothingStarts()
}

// wanted is the program that somebody chose.
func (p *planner) wanted() string {
	if p.Main != "" {
		return p.Main
	}
	return p.Declared.Main
}

func (p *planner) nothingStarts() error {
	if err := p.noService(); err != nil {
		return err
	}
	if files := slices.DeleteFunc(p.files(), func(file string) bool { return !p.modules[file].guarded }); len(files) > 1 {
		return p.severalPrograms(files)
	}
	return slipway.Errorf(slipway.CodeNotFound, "nothing that could be started was found in %s", repo.Show(p.Dir)).
		WithHint("say how in %s: commands: {start: python -m my_package}, or main: my_package.main:app", manifest.Name).
		WithDetails(
			"looked for a process web or worker in a Procfile, not found",
			"looked for manage.py of Django, not found",
			"looked for an application (app = Flask(…), FastAPI(…), create_app()) in "+repo.Show(p.Dir)+" and below, not found",
			"looked for one script in [project.scripts] of "+projectFile+", not found",
			"looked for "+strings.Join(programNames(), ".py, ")+".py and a package with __main__.py, not found",
		).WithClass(slipway.ClassCode)
}

// startMain starts what was named: "package.module:app", a module, or a file.
func (p *planner) startMain(main string) error {
	e := slipway.Evidence{File: manifest.Name, Line: p.Declared.Line("main"), Found: "main: " + main}
	if p.Main != "" {
		e = slipway.Evidence{File: p.Dir, Found: "--main " + main}
	}
	name, object, isApp := strings.Cut(main, ":")
	if isApp {
		for _, c := range p.candidates() {
			if c.placed.name == name && c.object.name == strings.TrimSuffix(object, "()") {
				return p.serve(c, e)
			}
		}
		root := p.Dir
		if d := p.start.django; d != nil && p.hasWanted(d.manage) {
			root = d.dir
		}
		return p.serve(candidate{placed: placed{root, name}, object: named(object), protocol: servedFile(path.Ext("x." + name)[1:] + ".py")}, e)
	}
	if file := path.Join(p.Dir, main); strings.HasSuffix(main, ".py") && repo.IsFile(p.Tree, file) {
		if d := p.demoAlone(file); d.name != "" {
			p.serveDemo(d, file)
			return nil
		}
		p.runs(p.python(strings.TrimPrefix(main, "./")), e, p.kindOf(file))
		return nil
	}
	file, ok := p.fileOf(main)
	if !ok {
		return slipway.Errorf(slipway.CodeInvalid, "%s names no file and no module of %s", e.Found, repo.Show(p.Dir)).
			WithHint("write for example main: app/server.py, main: shop.worker or main: shop.web:app").WithClass(slipway.ClassCode)
	}
	p.runs(p.python("-m", main), e, p.kindOf(file))
	return nil
}

// named is an application that is only known by what somebody wrote.
func named(text string) object {
	name, maker := strings.CutSuffix(text, "()")
	return object{name: name, maker: maker}
}

// fileOf finds a module of the program.
func (p *planner) fileOf(module string) (string, bool) {
	for _, root := range p.allRoots() {
		base := path.Join(root, strings.ReplaceAll(module, ".", "/"))
		for _, file := range []string{base + ".py", base + "/__main__.py", base + "/__init__.py"} {
			if repo.IsFile(p.Tree, file) {
				return file, true
			}
		}
	}
	return "", false
}

// allRoots are all directories of the tree that Python imports from.
func (p *planner) allRoots() []string {
	roots := slices.Clone(p.start.roots)
	for _, q := range p.parties {
		roots = append(roots, q.roots...)
	}
	var once []string
	for _, root := range roots {
		if !slices.Contains(once, root) {
			once = append(once, root)
		}
	}
	return once
}

// runs records how the service is started, why, and of which kind it looks.
func (p *planner) runs(args []string, e slipway.Evidence, g repo.Guess) {
	p.start.args, p.start.guess = args, g
	e.Means = "started as " + strings.Join(args, " ")
	if e.Knob == "" {
		e.Knob = "commands: {start: …}"
	}
	p.note(e)
}

// python is the interpreter of the image with arguments.
func (p *planner) python(args ...string) []string {
	return append([]string{p.program("python")}, args...)
}

// program is a program of the dependencies, or of the run image without any.
func (p *planner) program(name string) string {
	if p.installs() {
		return venvDir + "/bin/" + name
	}
	if name == "python" {
		return "python3"
	}
	return name
}

// startProcess takes the Procfile's process that the service is.
func (p *planner) startProcess(processes map[string]repo.ProcLine) (bool, error) {
	name := p.Process(processes)
	line, ok := processes[name]
	if !ok {
		return false, nil
	}
	file := p.in(repo.ProcfileName)
	c, ok := command.Parse(line.Command)
	if !ok {
		return false, p.NoCommand(line)
	}
	g := repo.Guess{Kind: slipway.KindWorker, Why: slipway.Evidence{File: file, Line: line.Line, Found: "the process " + name}}
	if name == "web" {
		g = repo.Guess{Kind: slipway.KindWeb, Health: p.health(), Why: g.Why}
	}
	p.start.env = c.Env
	p.runs(c.Exec(), slipway.Evidence{File: file, Line: line.Line, Found: name + ": " + line.Command}, g)
	p.evidence = append(p.evidence, p.OtherProcesses(processes, name)...)
	return true, nil
}

// findRelease takes the Procfile's release process, else proposes Django's
// migrations.
func (p *planner) findRelease(processes map[string]repo.ProcLine) {
	if p.Declared.Commands.Release.Given() {
		return
	}
	if !p.Releases(processes) {
		return
	}
	if line, ok := processes["release"]; ok {
		if c, ok := command.Parse(line.Command); ok {
			p.start.release = c.Exec()
			p.note(slipway.Evidence{File: p.in(repo.ProcfileName), Line: line.Line, Found: "release: " + line.Command, Means: "run once before a release starts", Knob: "commands: {release: …}"})
			return
		}
	}
	if d := p.start.django; d != nil && d.migrates {
		p.start.release = p.python("manage.py", "migrate", "--noinput")
		p.note(slipway.Evidence{File: d.manage, Found: "migrations", Means: "run once before a release starts, never at start", Knob: "commands: {release: …}"})
	}
}
