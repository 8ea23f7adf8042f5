package java

import (
	_ "embed"
	"path"
	"regexp"
	"slices"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Directories of the steps.
const (
	sourceDir   = "/src"
	outputDir   = "/out"
	libsDir     = "/libs"
	mavenDir    = "/m2"
	gradleDir   = "/gradle"
	mavenCache  = "/var/cache/m2"
	gradleCache = "/var/cache/gradle"
)

// Names of the steps.
const (
	stepDeps    = "deps"
	stepCompile = "compile"
)

//go:embed trust.sh
var trustScript string

//go:embed TrustStore.java
var trustStore string

// jvmOptions of build tools: they live for seconds, and a second compiler and
// a parallel collector would only cost them.
const jvmOptions = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"

// steps are those of one plan.
type steps struct {
	deps, compile slipway.Step
	tests         slipway.Step // what a step that runs tests is like
	layers        []slipway.Layer
}

func (p *planner) steps() steps {
	if p.build.tool == gradle {
		return p.gradleSteps()
	}
	if p.build.tool == sbt {
		return p.sbtSteps()
	}
	return p.mavenSteps()
}

// dependencies is the step that reaches package registries: it sees what
// decides the dependencies, and nothing else.
func (p *planner) dependencies(script string, args []string, env map[string]string, cache, cacheDir, home string) slipway.Step {
	env["TRUST_STORE"] = trustStore
	return slipway.Step{
		Name:    stepDeps,
		Args:    slices.Concat([]string{"/bin/sh", "-euc", script}, args),
		Dir:     path.Join(sourceDir, p.build.root),
		Env:     env,
		Network: slipway.NetworkPackages,
		Mounts: []slipway.Mount{
			{Target: sourceDir, Source: &slipway.Source{Include: p.manifests()}},
			{Target: home, Output: true},
			{Target: libsDir, Output: true},
			{Target: cacheDir, Cache: cache},
		},
	}
}

// compiling is the step that sees the sources, and no network.
func (p *planner) compiling(script string, args []string, env map[string]string, home string) slipway.Step {
	if c := p.Declared.Commands.Build; c.Given() {
		args = append(args, p.withoutWrapper(c.Script()))
	}
	env["SERVICE_DIR"] = path.Join(sourceDir, p.Dir)
	return slipway.Step{
		Name:    stepCompile,
		Args:    slices.Concat([]string{"/bin/sh", "-euc", script}, args),
		Dir:     path.Join(sourceDir, p.build.root),
		Env:     env,
		Network: slipway.NetworkNone,
		Mounts: []slipway.Mount{
			{Target: sourceDir, Source: p.sources()},
			{Target: home, From: &slipway.Output{Step: stepDeps, Mount: home}},
			{Target: outputDir, Output: true},
		},
	}
}

// layer copies an output of a step into the image.
func layer(role slipway.Role, step, mount, to string) slipway.Layer {
	return slipway.Layer{Role: role, From: &slipway.Output{Step: step, Mount: mount}, To: to}
}

// stubs are the directories, from where the tool is started, in which the
// step that fetches dependencies puts a class in the place of the sources.
func (p *planner) stubs(tests bool) []string {
	var dirs []string
	for _, m := range p.build.closure(p.main.module) {
		if m.packaging == "pom" {
			continue
		}
		dirs = append(dirs, p.build.fromRoot(m.sources[0]))
		// Scala's plugin fetches the compiler when there is something to compile.
		if scala := path.Join(m.dir, "src/main/scala"); scala != m.sources[0] && repo.IsDir(p.Tree, scala) {
			dirs = append(dirs, p.build.fromRoot(scala))
		}
		if tests {
			dirs = append(dirs, p.build.fromRoot(path.Join(m.dir, "src/test/java")))
		}
	}
	return dirs
}

// wrapperCall is how a command of a repository starts the wrapper of a tool,
// from the service's directory or above it.
var wrapperCall = regexp.MustCompile(`(?:\.\.?/)+(mvnw|gradlew)\b`)

// withoutWrapper lets a command of the repository use the tool that the step
// has: a wrapper would fetch another, and there is no network.
func (p *planner) withoutWrapper(command string) string {
	command = wrapperCall.ReplaceAllStringFunc(command, func(call string) string {
		return map[string]string{"mvnw": "mvn", "gradlew": "gradle"}[path.Base(call)]
	})
	if p.build.tool == sbt {
		return sbtToolScript + sbtOfflineScript + command
	}
	if p.build.tool == gradle {
		return gradleToolScript + gradleCommandScript + command
	}
	return command
}
