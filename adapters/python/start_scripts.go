package python

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// startNames are what developers call the script that starts their service.
func startNames() []string {
	return []string{"start", "serve", "server", "web", "prod", "production", "run", "worker"}
}

// startManagerScript takes the script of a usual name that a Pipfile, or the
// tables of PDM and Hatch in pyproject.toml, keep for developers. They come
// after what the sources show: such lines often serve a desk alone.
func (p *planner) startManagerScript() (bool, error) {
	file, all, err := p.managerScripts()
	if err != nil {
		return false, err
	}
	for _, name := range startNames() {
		line := scriptLine(all[name])
		if line == "" {
			continue
		}
		c, ok := command.Parse(line)
		if !ok {
			return false, slipway.Errorf(slipway.CodeInvalid, "%s is not a command", repo.Place(file, lineOf(p.text(file), name))).
				WithHint("scripts are lines as a shell reads them; or say commands: {start: …} in slipway.yaml").WithClass(slipway.ClassCode)
		}
		p.start.env = c.Env
		e := slipway.Evidence{File: file, Line: lineOf(p.text(file), name), Found: name + " = " + line}
		p.runs(c.Exec(), e, p.kindOfLine(name, c))
		return true, nil
	}
	return false, nil
}

// managerScripts are the scripts of the service's own tool.
func (p *planner) managerScripts() (file string, all map[string]any, err error) {
	if f, err := p.readPipfile(); err != nil || f != nil && len(f.Scripts) > 0 {
		if err != nil {
			return "", nil, err
		}
		return p.in(pipfile), f.Scripts, nil
	}
	if p.project == nil {
		return "", nil, nil
	}
	for _, table := range []any{dig(p.project.Tool.PDM, "scripts"), dig(p.project.Tool.Hatch, "envs", "default", "scripts")} {
		if found, ok := table.(map[string]any); ok {
			return p.project.file, found, nil
		}
	}
	return "", nil, nil
}

// scriptLine is a script as one line; "" for those that are made of others.
// Arguments of a desk ({args}) are none here.
func scriptLine(script any) string {
	if table, ok := script.(map[string]any); ok {
		if call := strings.Join(strs(table["call"]), ""); call != "" {
			return callLine(call)
		}
		script = table["cmd"]
		if script == nil {
			script = table["shell"]
		}
		if words := strs(script); len(words) > 1 {
			for i, w := range words {
				words[i] = command.Quoted(w)
			}
			return strings.Join(words, " ")
		}
	}
	if words := strs(script); len(words) == 1 {
		return strings.TrimSpace(regexp.MustCompile(`\{args(:[^}]*)?\}`).ReplaceAllString(words[0], ""))
	}
	return ""
}

// callLine calls MODULE:FUNCTION or MODULE:FUNCTION(ARGUMENTS), as PDM does.
func callLine(call string) string {
	m := regexp.MustCompile(`^([A-Za-z_][\w.]*):([A-Za-z_][\w.]*)(\(.*\))?$`).FindStringSubmatch(call)
	if m == nil {
		return ""
	}
	if m[3] == "" {
		m[3] = "()"
	}
	return "python -c " + command.Quoted("import "+m[1]+"; "+m[1]+"."+m[2]+m[3])
}

// kindOfLine guesses how a script's program lives: by the program where it is
// one of the tree, else by the script's name.
func (p *planner) kindOfLine(name string, c command.Command) repo.Guess {
	words := c.Args
	for i, w := range words {
		if i > 0 && words[i-1] == "-m" {
			if file, ok := p.fileOf(w); ok {
				return p.kindOf(file)
			}
		}
		if strings.HasSuffix(w, ".py") && p.modules[path.Join(p.Dir, w)] != nil {
			return p.kindOf(path.Join(p.Dir, w))
		}
	}
	if name == "worker" {
		return repo.Guess{Kind: slipway.KindWorker, Why: slipway.Evidence{Found: "a script called worker"}}
	}
	return repo.Guess{Health: p.health()}
}

// startNamed starts what the settings of a framework name: FLASK_APP in
// .flaskenv, or entrypoint of [tool.fastapi].
func (p *planner) startNamed() (bool, error) {
	target, e := p.flaskEnv()
	if target == "" && p.project != nil {
		target = strings.Join(strs(dig(p.project.Tool.FastAPI, "entrypoint")), "")
		e = slipway.Evidence{File: p.project.file, Line: p.project.line("entrypoint"), Found: "entrypoint = " + target}
	}
	if target == "" {
		return false, nil
	}
	name, object, _ := strings.Cut(target, ":")
	name = strings.ReplaceAll(strings.TrimSuffix(name, ".py"), "/", ".")
	object, _, _ = strings.Cut(object, "(")
	all := slices.DeleteFunc(p.candidates(), func(c candidate) bool {
		return c.placed.name != name || object != "" && c.object.name != object
	})
	if len(all) == 0 {
		return false, nil
	}
	e.Knob = "main: " + all[0].target()
	return true, p.serve(all[0], e)
}

// flaskEnv is FLASK_APP of a .flaskenv.
func (p *planner) flaskEnv() (string, slipway.Evidence) {
	file := p.in(".flaskenv")
	n := 0
	for line := range strings.Lines(p.text(file)) {
		n++
		key, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		if strings.TrimSpace(key) == "FLASK_APP" {
			value = strings.Trim(strings.TrimSpace(value), `"'`)
			return strings.TrimPrefix(value, "./"), slipway.Evidence{File: file, Line: n, Found: "FLASK_APP=" + value}
		}
	}
	return "", slipway.Evidence{}
}
