package java

import (
	_ "embed"
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
)

//go:embed gradle-tool.sh
var gradleToolScript string

//go:embed gradle-fetch.sh
var gradleFetchScript string

//go:embed gradle-command.sh
var gradleCommandScript string

//go:embed Distribution.java
var distributionFetcher string

//go:embed gradle-deps.sh
var gradleDepsScript string

//go:embed gradle-compile.sh
var gradleCompileScript string

//go:embed slipway.gradle
var gradleInit string

func (p *planner) gradleSteps() steps {
	tests := map[bool]string{true: "yes", false: "no"}[p.Declared.Tests != nil]
	project, wrapper := p.project(), p.build.wrapper.value
	s := steps{
		deps: p.dependencies(p.gradleFetch()+gradleDepsScript,
			append([]string{"gradle-deps", project, wrapper, tests}, p.stubs(p.Declared.Tests != nil)...), p.gradleEnv(), "gradle", gradleCache, gradleDir),
		compile: p.compiling(gradleToolScript+gradleCompileScript, []string{"gradle-compile", project, p.gradleResult()}, p.gradleEnv(), gradleDir),
	}
	if d := p.build.wrapper; d.address != "" {
		s.deps.Env["GRADLE_DISTRIBUTION"], s.deps.Env["GRADLE_DISTRIBUTION_SHA256"] = d.address, d.sum
		s.deps.Env["DISTRIBUTION_FETCHER"] = distributionFetcher
	}
	s.compile.Env["PROJECT_DIR"] = p.build.fromRoot(p.main.module.dir)
	s.tests = s.compile
	if p.main.jar == "" {
		s.layers = append(s.layers, layer(slipway.RoleDependencies, stepDeps, libsDir, libDir))
	}
	s.layers = append(s.layers, layer(slipway.RoleProgram, stepCompile, outputDir, appDir))
	return s
}

// gradleFetch is what a step does to have the right Gradle.
func (p *planner) gradleFetch() string {
	if p.build.wrapper.address == "" {
		return trustScript + gradleToolScript
	}
	return trustScript + gradleFetchScript + gradleToolScript
}

// gradleResult is the file of the project that is started, "" for classes.
func (p *planner) gradleResult() string { return p.main.jar }

// project is the path of the program's project, "" of the root's.
func (p *planner) project() string {
	if p.main.module.name == "" {
		return ""
	}
	return ":" + p.main.module.name
}

func (p *planner) gradleEnv() map[string]string {
	return map[string]string{
		"GRADLE_USER_HOME": gradleDir,
		"GRADLE_OPTS":      strings.Join([]string{jvmOptions, "-Dorg.gradle.configuration-cache=false", "-Dorg.gradle.vfs.watch=false"}, " "),
		"INIT_SCRIPT":      gradleInit,
		"SLIPWAY_ROOT":     path.Join(sourceDir, p.build.root),
	}
}
