package node

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// runWords starts a command of plain words: the program itself in the place
// of those that only start another one.
func (p *planner) runWords(args []string, why slipway.Evidence, depth int) error {
	args = p.unwrap(args)
	if len(args) == 0 {
		return invalid("%s starts nothing", p.pkg.at("scripts.start")).WithDetails(why.Found)
	}
	if dir, ok := p.handsOver(args); ok {
		return p.otherPackage(dir, why)
	}
	if name, ok := scriptOf(args); ok && p.isScript(args[0], name) {
		return p.runScript(name, depth+1)
	}
	switch args[0] {
	case "bun":
		return p.runBun(args[1:], why, depth)
	case "run-s", "npm-run-all":
		return p.runInTurn(args, why, depth)
	}
	if start := starterOf(args[0]); start != nil {
		return start(p, args, why)
	}
	switch {
	case isShell(args[0]) && len(args) > 1 && !strings.HasPrefix(args[1], "-"):
		return p.runShellScript(args, args[1], why)
	case slices.Contains(fileServers(), args[0]) && servedBy(args) != ".":
		return p.runFileServer(args, why)
	case slices.Contains(notStarted(), args[0]) || slices.Contains(onDesks(), args[0]):
		return p.notStarted(args[0], why)
	}
	return p.runBin(args, why)
}

// starterOf knows how what a program starts is started without it, nil for one
// that only starts itself.
func starterOf(program string) func(p *planner, args []string, why slipway.Evidence) error {
	switch program {
	case "node", "nodejs":
		return func(p *planner, args []string, why slipway.Evidence) error { return p.runNode(args[1:], why) }
	case "nodemon", "node-dev", "supervisor", "forever":
		return (*planner).instead
	case "ts-node-dev", "tsnd", "ts-node", "tsx", "ts-node-esm":
		return (*planner).runLoader
	case "pm2-runtime", "pm2":
		return (*planner).runPM2
	case "nest":
		return func(p *planner, _ []string, why slipway.Evidence) error { return p.runNest(why) }
	}
	return nil
}

// unwrap takes off what only sets variables or looks for a program.
func (p *planner) unwrap(args []string) []string {
	for len(args) > 0 {
		rest, ok := p.unwrapOne(args)
		if !ok {
			return args
		}
		args = rest
	}
	return args
}

// unwrapOne takes off one such word with what belongs to it; false when the
// first word is the program.
func (p *planner) unwrapOne(args []string) ([]string, bool) {
	switch args[0] {
	case "cross-env", "cross-env-shell", "env":
		return p.assignments(args[1:]), true
	case "npx", "exec", "dumb-init", "tini", "--", "bunx":
		return named(args[1:]), true
	case "npm", "pnpm":
		if len(args) > 1 && args[1] == "exec" {
			return args[2:], true
		}
	case "yarn":
		return p.unwrapYarn(args[1:])
	case "bun":
		if len(args) > 1 && (args[1] == "x" || args[1] == "--bun") {
			return append([]string{map[string]string{"x": "npx", "--bun": "bun"}[args[1]]}, args[2:]...), true
		}
	case "dotenv", "dotenvx", "env-cmd":
		if at := slices.Index(args, "--"); at >= 0 {
			return args[at+1:], true
		}
		rest := withoutEnvFiles(args[1:])
		return rest, len(rest) > 0
	}
	return nil, false
}

// withoutEnvFiles takes off which files of variables are read, which are not
// in the image.
func withoutEnvFiles(args []string) []string {
	for len(args) > 0 {
		switch {
		case slices.Contains([]string{"-f", "--file", "-e", "--environments", "-r", "--rc-file", "-v"}, args[0]) && len(args) > 1:
			args = args[2:]
		case strings.HasPrefix(args[0], "-"), strings.HasPrefix(path.Base(args[0]), ".env"):
			args = args[1:]
		default:
			return args
		}
	}
	return nil
}

// named gives the program that npx is told to run, which may be named by its
// package, and options of npx in front of it.
func named(args []string) []string {
	for len(args) > 0 && slices.Contains([]string{"--bun", "--yes", "-y", "--no-install", "--no", "--"}, args[0]) {
		args = args[1:]
	}
	if len(args) == 0 || !strings.HasPrefix(args[0], "@") {
		return args
	}
	scope, name, _ := strings.Cut(args[0], "/")
	name, _, _ = strings.Cut(name, "@")
	for program, pkg := range binPackages() {
		if pkg == scope+"/"+name {
			name = program
		}
	}
	return append([]string{name}, args[1:]...)
}

func (p *planner) assignments(args []string) []string {
	for len(args) > 0 {
		name, value, ok := strings.Cut(args[0], "=")
		if !ok || name == "" || strings.HasPrefix(name, "-") {
			break
		}
		p.setEnv(map[string]string{name: value})
		args = args[1:]
	}
	return args
}

// takesValue are options of node whose next word is theirs (node --help).
func takesValue() []string {
	return []string{"-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--env-file", "--env-file-if-exists", "--max-old-space-size"}
}

// runNode starts node itself. Options that are for development are left out.
func (p *planner) runNode(args []string, why slipway.Evidence) error {
	start := []string{"node"}
	for i := 0; i < len(args); i++ {
		word := args[i]
		switch {
		case word == "--watch" || strings.HasPrefix(word, "--watch-path=") || strings.HasPrefix(word, "--inspect"):
		case word == "--env-file" && i+1 < len(args):
			i++ // it is not in the image, and node refuses to start without it
		case strings.HasPrefix(word, "--env-file="):
		case slices.Contains(takesValue(), word) && i+1 < len(args):
			i++
			start = append(start, p.nodeOption(word, args[i])...)
		case strings.HasPrefix(word, "-"):
			start = append(start, word)
			if _, value, ok := strings.Cut(word, "="); ok {
				p.useDev(packageOf(value))
			}
		default:
			return p.startNode(start, word, args[i+1:], why)
		}
	}
	return invalid("%s starts node without a file", p.pkg.at("scripts.start")).WithDetails(why.Found)
}

// nodeOption is an option of node with its value; none for the loader of
// Plug'n'Play, which is not in the image.
func (p *planner) nodeOption(word, value string) []string {
	if strings.Contains(value, ".pnp.") {
		return nil
	}
	p.useDev(packageOf(value))
	return []string{word, value}
}

// startNode finds the file that node is told to run, as node itself does:
// with an extension that is left out, or as a directory.
func (p *planner) startNode(start []string, file string, rest []string, why slipway.Evidence) error {
	file = path.Clean(file)
	if !p.exists(file) {
		for _, candidate := range []string{file + ".js", path.Join(file, "index.js")} {
			if p.exists(candidate) {
				file = candidate
				break
			}
		}
	}
	if built, ok := p.writtenTo(file); ok {
		p.note(slipway.Evidence{File: p.tsconfig().file, Found: "outDir: " + p.tsconfig().outDir, Means: file + " is written to " + built, Knob: "main: " + built})
		file = built
	}
	if strings.HasPrefix(file, nitroDir+"/") && len(start) == 1 {
		p.program.only = []string{nitroDir} // the server has its modules beside it
	}
	p.program.file = file
	p.program.start = append(append(start, file), rest...)
	if len(start) == 1 && isTypeScript(file) {
		return p.startTypeScript(file, rest, why)
	}
	p.started(why)
	return nil
}

// started notes what a line came to.
func (p *planner) started(why slipway.Evidence) {
	why.Means, why.Knob = "started as "+strings.Join(p.program.start, " "), "commands: {start: …}"
	p.note(why)
}

// instead starts the program itself in the place of one that restarts it
// when files change.
func (p *planner) instead(args []string, why slipway.Evidence) error {
	for i := 1; i < len(args); i++ {
		switch word := args[i]; {
		case word == "--exec" || word == "-x":
			if i+1 == len(args) {
				break
			}
			inner := strings.Fields(args[i+1])
			return p.runWords(append(inner, onlyFiles(args[i+2:])...), why, maxIndirection)
		case slices.Contains([]string{"-w", "--watch", "-e", "--ext", "--ignore", "-i", "--delay", "-c", "-l", "-o", "--minUptime", "--spinSleepTime", "--uid"}, word):
			i++
		case word == "start" || word == "--" || strings.HasPrefix(word, "-"):
		case word == "node" || word == "ts-node" || word == "tsx":
			return p.runWords(args[i:], why, maxIndirection)
		default:
			return p.startNode([]string{"node"}, word, args[i+1:], why)
		}
	}
	if p.pkg.Main != "" {
		return p.startNode([]string{"node"}, p.pkg.Main, nil, why)
	}
	return p.startNode([]string{"node"}, "index.js", nil, why)
}

func onlyFiles(args []string) []string {
	return slices.DeleteFunc(slices.Clone(args), func(w string) bool { return strings.HasPrefix(w, "-") })
}

// runNest starts what `nest build` makes.
func (p *planner) runNest(why slipway.Evidence) error {
	file := "dist/main.js"
	if c := p.tsconfig(); c.outDir != "" {
		file = path.Join(c.outDir, "main.js")
	}
	p.program.file = file
	p.program.start = []string{"node", file}
	p.started(why)
	return nil
}

// runBin starts the program of a package.
func (p *planner) runBin(args []string, why slipway.Evidence) error {
	if strings.Contains(args[0], "/") {
		if p.shellScript(args[0]) {
			return p.runShellScript(args, args[0], why)
		}
		return p.startNode([]string{"node"}, args[0], args[1:], why)
	}
	if p.pkg.has(p.binPackage(args[0])) || p.space.root.has(p.binPackage(args[0])) {
		p.program.start = append([]string{"node", p.bin(args[0])}, args[1:]...)
		p.useDev(p.binPackage(args[0]))
		p.setEnv(outward(args[0]))
		p.started(why)
		return nil
	}
	return invalid("%s starts %s, which is none of the package's dependencies", p.pkg.at("scripts.start"), args[0]).
		WithHint("add it to the dependencies, or say what to start in slipway.yaml: `commands: {start: node server.js}`").WithDetails(why.Found)
}

// packageOf is the package of a module's name: "@scope/x/y" is of "@scope/x".
func packageOf(module string) string {
	parts := strings.Split(module, "/")
	if strings.HasPrefix(module, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}
