package java

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// process is the line of a Procfile that the service is, where it is a java
// command.
type process struct {
	class  string   // that it names, "" for a jar's own
	jvm    []string // options of the JVM beside the class path
	args   []string // of the program
	worker bool
	e      slipway.Evidence // zero: none
	others []slipway.Evidence
}

var (
	quotedPort = regexp.MustCompile(`"(\$(?:PORT|\{PORT(?::?-[0-9]+)?\}))"`)
	forShell   = regexp.MustCompile("[&|;<>\"'`\\\\*?]|\\$")
)

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
	read, ok := javaCommand(line.Command)
	if !ok {
		return nil // another program's, or a script's
	}
	read.worker = name != string(slipway.KindWeb)
	read.others = p.OtherProcesses(lines, name)
	read.e = slipway.Evidence{File: path.Join(p.Dir, repo.ProcfileName), Line: line.Line, Found: name + ": " + line.Command, Knob: "commands: {start: …}"}
	p.process = read
	return nil
}

// javaCommand reads a java command of plain words. The class path is the
// build's own, and variables that stand for words of their own, as JAVA_OPTS,
// are nobody's to fill in; false for whatever else needs a shell.
func javaCommand(line string) (process, bool) {
	words := strings.Fields(quotedPort.ReplaceAllString(line, "$1"))
	if len(words) == 0 || path.Base(words[0]) != "java" {
		return process{}, false
	}
	var c process
	for i := 1; i < len(words); i++ {
		word := words[i]
		switch {
		case slices.Contains([]string{"-cp", "-classpath", "--class-path"}, word):
			i++
		case strings.HasPrefix(word, "$") && !repo.NamesPort(word):
		case forShell.MatchString(repo.FillPort(word, "")):
			return process{}, false
		case word == "-jar" && i+1 < len(words):
			c.args = words[i+2:]
			return c, plainWords(c.args)
		case strings.HasPrefix(word, "-"):
			c.jvm = append(c.jvm, word)
		default:
			c.class, c.args = word, words[i+1:]
			return c, plainWords(c.args)
		}
	}
	return process{}, false
}

// plainWords tells whether words need no shell but for PORT.
func plainWords(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return forShell.MatchString(repo.FillPort(w, "")) })
}

// ofProcess takes the program that the Procfile names by its class.
func (p *planner) ofProcess() (bool, error) {
	if p.process.class == "" {
		return false, nil
	}
	all, err := p.candidates(p.runnable(), true)
	if err != nil {
		return false, err
	}
	for _, c := range all {
		if c.class.value == p.process.class {
			return true, p.take(c, p.process.e)
		}
	}
	return false, nil
}

// started tells whether the Procfile starts the program that was chosen.
func (p *planner) started() bool {
	return p.process.e.Found != "" && p.main.jar == "" && (p.process.class == "" || p.process.class == p.main.class) && !p.Declared.Commands.Start.Given()
}

// withProcess gives the program the words that the Procfile starts it with.
// PORT among them is written down: nothing fills it in.
func (p *planner) withProcess(plan slipway.Plan) slipway.Plan {
	if !p.started() {
		return plan
	}
	written := func(words []string) []string {
		var all []string
		for _, w := range words {
			if plan.Port == 0 || len(p.framework.env) == 0 || !repo.NamesPort(w) { // else the framework is told by its variable
				all = append(all, repo.FillPort(w, strconv.Itoa(plan.Port)))
			}
		}
		return all
	}
	plan.Start = slices.Concat(slices.Insert(slices.Clone(plan.Start), 1, written(p.process.jvm)...), written(p.process.args))
	e := p.process.e
	e.Means = "what it is started with, on the build's own class path"
	plan.Evidence = append(append(plan.Evidence, e), p.process.others...)
	return plan
}
