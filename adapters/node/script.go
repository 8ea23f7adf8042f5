package node

import (
	"maps"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// maxIndirection is how many scripts may hand over to one another.
const maxIndirection = 8

// script starts what `npm start` would start, without npm.
func (p *planner) script() (bool, error) {
	name := p.startName()
	if name == "" {
		return false, nil
	}
	return true, p.runScript(name, 0)
}

// startName is the script that starts the service: start, or one for
// production when start is for development.
func (p *planner) startName() string {
	line := p.pkg.startScript()
	if line == "" || forDevelopment(line) {
		for _, name := range []string{"start:prod", "start:production", "prod", "production", "serve:prod"} {
			if p.pkg.Scripts[name] != "" {
				return name
			}
		}
	}
	if line == "" {
		return ""
	}
	return "start"
}

// forDevelopment tells whether a line starts something that watches files or
// compiles as it goes.
func forDevelopment(line string) bool {
	words := strings.Fields(line)
	return slices.ContainsFunc(words, func(w string) bool {
		return slices.Contains([]string{"nodemon", "ts-node-dev", "tsnd", "node-dev", "supervisor", "watch", "--watch", "--hot", "concurrently"}, w)
	}) || strings.Contains(line, "nest start")
}

func (p *planner) runScript(name string, depth int) error {
	key := "scripts." + name
	line, ok := p.pkg.Scripts[name]
	if !ok {
		return p.noScript(name)
	}
	if depth > maxIndirection {
		return invalid("%s: the scripts hand over to one another without end", p.pkg.at(key))
	}
	why := slipway.Evidence{File: p.pkg.file(), Line: p.pkg.lines[key], Found: name + ": " + line}
	return p.runLine(line, why, depth)
}

func (p *planner) noScript(name string) error {
	return invalid("%s has no script %s, which its start script runs", p.pkg.at("scripts"), name).
		WithHint("add it to %s, or say in slipway.yaml what is started: `commands: {start: node server.js}`", repo.Quote(p.pkg.file()))
}

// runLine reads a line as npm's shell would: what belongs to the build and to
// a release goes there, the last command is what is started.
func (p *planner) runLine(line string, why slipway.Evidence, depth int) error {
	parts, ok := command.Sequence(line)
	if !ok {
		return p.runShell(line, why)
	}
	last := len(parts) - 1
	for _, part := range parts[:last] {
		switch dir, enters := strings.CutPrefix(part, "cd "); {
		case enters && p.hasPackage(dir):
			return p.otherPackage(dir, why)
		case p.setOnWindows(part):
		case p.isBuild(part):
			p.program.builds = append(p.program.builds, part)
		case p.isMigration(part):
			if err := p.release(part, why); err != nil {
				return err
			}
		default:
			return p.runShell(line, why)
		}
	}
	c, ok := command.Parse(parts[last])
	if !ok {
		return invalid("%s is not a command", p.pkg.at("scripts")).WithDetails(why.Found)
	}
	if c.NeedsShell() {
		if words := p.finalWords(parts[last], 0); len(words) > 0 && slices.Contains(fileServers(), words[0]) && servedBy(words) != "." {
			return p.runFileServer(words, why)
		}
		return p.runShell(parts[last], why)
	}
	p.setEnv(c.Env)
	return p.runWords(c.Args, why, depth)
}

// setEnv takes variables that the script sets; PORT is the platform's.
func (p *planner) setEnv(env map[string]string) {
	if p.program.env == nil {
		p.program.env = map[string]string{}
	}
	maps.Copy(p.program.env, env)
	delete(p.program.env, "PORT")
}

// setOnWindows takes a variable that a line sets as Windows' shell does (set
// NODE_ENV=production&& node x), which others take for something else.
func (p *planner) setOnWindows(part string) bool {
	word, assignment, _ := strings.Cut(part, " ")
	name, value, ok := strings.Cut(strings.TrimSpace(assignment), "=")
	if !ok || !strings.EqualFold(word, "set") || strings.ContainsAny(assignment, `"'$%-`) {
		return false
	}
	p.setEnv(map[string]string{name: value})
	return true
}

// isBuild tells whether a command of a start script makes what is started.
func (p *planner) isBuild(line string) bool {
	for range maxIndirection {
		name, ok := scriptOf(strings.Fields(line))
		if !ok {
			break
		}
		inner, known := p.pkg.Scripts[name]
		if !known || strings.Contains(name, "build") || strings.Contains(name, "compile") {
			return known
		}
		line = inner
	}
	words := strings.Fields(line)
	return len(words) > 0 && (slices.Contains([]string{"tsc", "rimraf", "webpack", "esbuild", "tsup", "rollup", "swc", "babel"}, words[0]) || len(words) > 1 && words[1] == "build")
}

// isMigration tells whether a command changes a database's form, which a
// release does once, not every start.
func (p *planner) isMigration(line string) bool {
	for range maxIndirection {
		if name, ok := scriptOf(strings.Fields(line)); ok {
			line = p.pkg.Scripts[name]
		}
	}
	for _, known := range []string{"prisma migrate deploy", "prisma db push", "sequelize db:migrate", "sequelize-cli db:migrate", "knex migrate:latest", "drizzle-kit migrate", "typeorm migration:run", "node-pg-migrate up"} {
		if strings.HasPrefix(strings.TrimPrefix(line, "npx "), known) {
			return true
		}
	}
	return false
}

// scriptOf is the script that `npm run NAME`, `yarn NAME` and the like run.
func scriptOf(words []string) (string, bool) {
	if len(words) < 2 || !slices.Contains([]string{"npm", "pnpm", "yarn", "bun"}, words[0]) {
		return "", false
	}
	rest := slices.DeleteFunc(slices.Clone(words[1:]), func(w string) bool {
		return slices.Contains([]string{"--silent", "-s", "--if-present"}, w)
	})
	switch {
	case len(rest) >= 2 && (rest[0] == "run" || rest[0] == "run-script"):
		return rest[1], true
	case len(rest) == 1 && (rest[0] == "start" || rest[0] == "test"):
		return rest[0], true
	case len(rest) == 1 && words[0] != "npm" && !slices.Contains([]string{"install", "exec", "dlx", "add"}, rest[0]):
		return rest[0], true
	}
	return "", false
}
