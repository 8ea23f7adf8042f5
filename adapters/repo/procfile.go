package repo

import (
	"path"
	"regexp"
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
