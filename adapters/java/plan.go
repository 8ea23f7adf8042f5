package java

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/junit"
)

// Where the program lies in the image.
const (
	appDir  = "/app"
	libDir  = "/app/lib"
	argFile = libDir + "/classpath" // arguments of the java command that name all of it
	sbtArgs = appDir + "/classpath" // the same, where the order is known when the program is
)

// plan writes down what the phases found.
func (p *planner) plan() (slipway.Plan, error) {
	plan := slipway.Plan{
		Service:        p.name(),
		Path:           p.Dir,
		Language:       slipway.LanguageJava,
		Version:        p.version,
		PackageManager: p.build.tool,
		Start:          p.start(),
		Dir:            appDir,
		Base:           "java",
		Inputs:         p.inputs(),
		Unlocked:       p.build.unlocked,
		Evidence:       p.evidence,
	}
	p.guess.Health = p.framework.health
	p.Live(&plan, p.guess)
	if plan.Kind == slipway.KindWeb && p.Declared.Port == 0 && p.port != 0 {
		plan.Port = p.port
	}
	plan = p.withProcess(plan)
	if plan.Kind == slipway.KindWeb && len(p.framework.env) > 0 {
		env := maps.Clone(p.framework.env)
		maps.Copy(env, plan.Env)
		plan.Env = env
	}
	steps := p.steps()
	steps.compile = p.withFiles(steps.compile)
	plan.Steps = []slipway.Step{steps.deps, steps.compile}
	plan.Layers = steps.layers
	if t := p.Declared.Tests; t != nil {
		plan = junit.Add(plan, *t, steps.tests, path.Join(sourceDir, p.Dir))
		last := &plan.Steps[len(plan.Steps)-1]
		const script = 4 // shell, its flags, the script, its name, the command
		last.Args[script] = p.withoutWrapper(last.Args[script])
	}
	return plan, nil
}

// start is the java command. Options stand in it rather than in a variable:
// the JVM prints a line for each variable that it reads, and whoever sets
// JAVA_TOOL_OPTIONS for a container replaces nothing of it. An -Xmx there wins
// over the percentage.
func (p *planner) start() []string {
	start := []string{"java", "-XX:MaxRAMPercentage=75", "-XX:+ExitOnOutOfMemoryError"}
	switch {
	case p.main.jar != "":
		return append(start, "-jar", path.Join(appDir, path.Base(p.main.jar)))
	case p.quarkus():
		return append(start, "-jar", path.Join(appDir, "quarkus-run.jar"))
	case p.main.class == "":
		return nil // commands.start stands in slipway.yaml
	default:
		return slices.Concat(start, []string{"@" + p.argFile(), p.main.class}, p.main.args())
	}
}

func (p *planner) argFile() string {
	if p.build.tool == sbt {
		return sbtArgs
	}
	return argFile
}

// name of the service: its own, else the module's.
func (p *planner) name() string {
	if p.Name != "" {
		return p.Name
	}
	name := strings.ToLower(p.main.module.name[strings.LastIndex(p.main.module.name, ":")+1:])
	if !slipway.ValidLabel(name) {
		name = strings.ToLower(path.Base(p.main.module.dir))
	}
	if !slipway.ValidLabel(name) {
		return "app"
	}
	return name
}
