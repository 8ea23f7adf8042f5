package golang

import (
	"maps"
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// process is the line of a Procfile that the service is.
type process struct {
	kind    slipway.Kind
	command command.Command
	program string // its program's name, whatever directory it is to be in; "" for none
	e       slipway.Evidence
	release repo.ProcLine // that comes before a release of this service; zero for none
	others  []slipway.Evidence
}

// readProcess reads the Procfile: which program the service is where there are
// several, and what it is started with.
func (p *planner) readProcess() error {
	lines, err := repo.Procfile(p.Service)
	if err != nil {
		return err
	}
	name := p.Process(lines)
	line, ok := lines[name]
	if !ok {
		return nil
	}
	c, ok := command.Parse(line.Command)
	file := path.Join(p.Dir, repo.ProcfileName)
	if !ok {
		return p.NoCommand(line)
	}
	p.process = process{kind: slipway.KindWorker, command: c, others: p.OtherProcesses(lines, name), e: slipway.Evidence{File: file, Line: line.Line, Found: name + ": " + line.Command}}
	if name == string(slipway.KindWeb) {
		p.process.kind = slipway.KindWeb
	}
	p.process.program = programOf(line.Command, c)
	if p.Releases(lines) {
		p.process.release = lines["release"]
	}
	return nil
}

// programOf is the name of the program that a line begins with.
func programOf(line string, c command.Command) string {
	if words := strings.Fields(line); len(c.Args) == 0 && len(words) > 0 {
		return path.Base(words[0])
	}
	return path.Base(strings.Join(c.Args[:min(len(c.Args), 1)], ""))
}

// ofProcess is the one of several programs that the Procfile starts.
func (p *planner) ofProcess(mains []string) (dir string, ok bool) {
	for _, main := range mains {
		if p.starts(main) {
			if ok {
				return "", false
			}
			dir, ok = main, true
		}
	}
	return dir, ok
}

// starts tells whether the Procfile's program is called as the go command
// calls the one of a directory.
func (p *planner) starts(dir string) bool {
	return p.process.program != "" && (p.process.program == p.label(dir) || p.process.program == path.Base(dir))
}

// lives says how the service lives: as the Procfile has it, and on the port
// that the program has itself.
func (p *planner) lives(plan slipway.Plan) slipway.Plan {
	p.Live(&plan, p.guessKind())
	if plan.Kind == slipway.KindWeb && p.Declared.Port == 0 && p.port != 0 {
		plan.Port = p.port
	}
	return p.started(plan)
}

// started gives the program the words that the Procfile starts it with.
// Variables among them are nobody's to fill in: run images of Go have no
// shell.
func (p *planner) started(plan slipway.Plan) slipway.Plan {
	c, e := p.process.command, p.process.e
	if !p.starts(p.main.dir) || p.Declared.Commands.Start.Given() {
		return plan
	}
	e.Knob = "commands: {start: …}"
	switch {
	case c.NeedsShell():
		e.Means = "started without what stands behind the program: that needs a shell, which the image does not have; let the program read its environment"
	case len(c.Args) > 1 || len(c.Env) > 0:
		plan.Env = maps.Clone(c.Env)
		maps.Copy(plan.Env, p.Declared.Env) // what is declared wins
		plan.Start = append(plan.Start, c.Args[1:]...)
		e.Means = "what it is started with"
	default:
		e.Means = "its start, as it is"
	}
	plan.Evidence = append(append(plan.Evidence, e), p.process.others...)
	return p.released(plan)
}

// released gives the plan the release command where the service's program is
// it; another program is not in the image.
func (p *planner) released(plan slipway.Plan) slipway.Plan {
	line := p.process.release
	if line.Line == 0 || p.Declared.Commands.Release.Given() {
		return plan
	}
	e := slipway.Evidence{File: p.process.e.File, Line: line.Line, Found: "release: " + line.Command, Means: "not run before a release: the image has no such program and no shell", Knob: "commands: {release: …}"}
	if c, ok := command.Parse(line.Command); ok && !c.NeedsShell() && programOf(line.Command, c) == p.process.program {
		plan.Release = append([]string{plan.Start[0]}, c.Args[1:]...)
		e.Means = "run once before a release starts"
	}
	plan.Evidence = append(plan.Evidence, e)
	return plan
}
