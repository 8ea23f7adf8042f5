package golang

import (
	"fmt"
	"maps"
	"path"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// process is the line of a Procfile that the service is.
type process struct {
	kind    slipway.Kind
	line    string // as a shell reads it
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
	p.process = process{kind: slipway.KindWorker, line: line.Command, command: c, others: p.OtherProcesses(lines, name), e: slipway.Evidence{File: file, Line: line.Line, Found: name + ": " + line.Command}}
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
	guess := p.guessKind()
	guess.Health = p.health
	p.Live(&plan, guess)
	if plan.Kind == slipway.KindWeb && p.Declared.Port == 0 && p.port != 0 {
		plan.Port = p.port
	}
	if plan.Kind == slipway.KindWeb && len(p.host) > 0 {
		env := maps.Clone(p.host)
		maps.Copy(env, plan.Env)
		plan.Env = env
	}
	return p.started(p.serving(plan))
}

// tellsPort tells whether the Procfile tells the program its port.
func (p *planner) tellsPort() bool {
	return p.starts(p.main.dir) && repo.NamesPort(p.process.line)
}

// started gives the program the words that the Procfile starts it with. Run
// images of Go have no shell: PORT among the words is written down, and other
// variables are nobody's to fill in.
func (p *planner) started(plan slipway.Plan) slipway.Plan {
	c, e := p.process.command, p.process.e
	if !p.starts(p.main.dir) || p.Declared.Commands.Start.Given() {
		return plan
	}
	e.Knob = "commands: {start: …}"
	e.Means = "what it is started with"
	if c.NeedsShell() && plan.Port != 0 && p.tellsPort() {
		if told, ok := command.Parse(repo.FillPort(p.process.line, strconv.Itoa(plan.Port))); ok {
			c = told
			e.Means = fmt.Sprintf("what it is started with; PORT in it is %d, since the image has no shell to fill it in", plan.Port)
		}
	}
	switch {
	case c.NeedsShell():
		e.Means = "started without what stands behind the program: that needs a shell, which the image does not have; let the program read its environment"
	case len(c.Args) > 1 || len(c.Env) > 0:
		env := maps.Clone(plan.Env)
		if env == nil {
			env = map[string]string{}
		}
		maps.Copy(env, c.Env)
		maps.Copy(env, p.Declared.Env) // what is declared wins
		plan.Env = env
		plan.Start = append(plan.Start, c.Args[1:]...)
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
