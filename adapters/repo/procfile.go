package repo

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// ProcfileName is where a Procfile lies in a service's directory.
const ProcfileName = "Procfile"

// ProcLine is one process type of a Procfile.
type ProcLine struct {
	Command string // as a shell reads it
	Line    int
}

// Procfile reads the service's Procfile: lines "NAME: COMMAND", where # begins
// a comment line. None without one. A line of another form is CodeInvalid; of
// two of one name the last counts, as for everybody who reads such files.
func Procfile(s Service) (map[string]ProcLine, error) {
	name := path.Join(s.Dir, ProcfileName)
	data, ok, err := Read(s.Tree, name)
	if err != nil || !ok {
		return nil, err
	}
	lines, wrong := parseProcfile(string(data))
	if wrong > 0 {
		return nil, slipway.Errorf(slipway.CodeInvalid, "%s:%d is not of the form NAME: COMMAND", Quote(name), wrong).
			WithHint("write for example web: gunicorn app:app").WithClass(slipway.ClassCode)
	}
	return lines, nil
}

var variablePort = regexp.MustCompile(`\$(?:PORT\b|\{PORT(?::?-[0-9]+)?\})`)

// NamesPort tells whether PORT is in a line that a shell reads.
func NamesPort(line string) bool { return variablePort.MatchString(line) }

// FillPort writes text in the place of PORT in such a line.
func FillPort(line, text string) string { return variablePort.ReplaceAllString(line, text) }

// NoCommand refuses a line that no shell would read.
func (s Service) NoCommand(l ProcLine) error {
	return slipway.Errorf(slipway.CodeInvalid, "%s:%d is not a command", Quote(path.Join(s.Dir, ProcfileName)), l.Line).
		WithHint("a Procfile's commands are lines as a shell reads them").WithClass(slipway.ClassCode)
}

// Process chooses the process type that the service is: that of its name, else
// web, or of its declared kind; else worker. "" for none of them.
func (s Service) Process(lines map[string]ProcLine) string {
	names := []string{s.Name, string(slipway.KindWeb), string(slipway.KindWorker)}
	if k := s.Declared.Kind; k == slipway.KindWorker || k == slipway.KindTask {
		names = []string{s.Name, string(k), string(slipway.KindWorker)}
	}
	for _, name := range names {
		if _, ok := lines[name]; ok && name != "" && name != "release" {
			return name
		}
	}
	return ""
}

// Releases tells whether the release line of a Procfile is the service's: of
// several services of one Procfile that which answers requests has it.
func (s Service) Releases(lines map[string]ProcLine) bool {
	_, web := lines[string(slipway.KindWeb)]
	return !web || s.Process(lines) == string(slipway.KindWeb)
}

// OtherProcesses tells of the process types beside the one that the service
// is, and how to declare each as a service: they have the same files, and
// each an image of its own.
func (s Service) OtherProcesses(lines map[string]ProcLine, taken string) []slipway.Evidence {
	var others []slipway.Evidence
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		if name == taken || name == "release" {
			continue
		}
		e := slipway.Evidence{
			File: path.Join(s.Dir, ProcfileName), Line: lines[name].Line, Found: name + ": " + lines[name].Command,
			Means: "another process of the same files: not started by this service",
		}
		if s.Declared.Name == "" && slipway.ValidLabel(name) {
			kind := slipway.KindWorker
			if name == string(slipway.KindWeb) {
				kind = slipway.KindWeb
			}
			e.Knob = fmt.Sprintf("services: [{name: %s, path: %s}, {name: %s, path: %s, kind: %s}]", cmp.Or(s.Name, "NAME"), Quote(s.Dir), name, Quote(s.Dir), kind)
		}
		others = append(others, e)
	}
	return others
}

// parseProcfile gives the process types, and the first line that is none.
func parseProcfile(text string) (lines map[string]ProcLine, wrong int) {
	form := regexp.MustCompile(`^([A-Za-z0-9_-]+):\s*(\S.*)$`)
	lines = map[string]ProcLine{}
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		m := form.FindStringSubmatch(line)
		if m == nil {
			return nil, n
		}
		lines[m[1]] = ProcLine{Command: m[2], Line: n}
	}
	return lines, 0
}
