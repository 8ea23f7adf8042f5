package java

import (
	_ "embed"
	"path"

	"github.com/slipway-ci/slipway"
)

//go:embed sbt-tool.sh
var sbtToolScript string

//go:embed sbt-deps.sh
var sbtDepsScript string

//go:embed sbt-offline.sh
var sbtOfflineScript string

//go:embed sbt-compile.sh
var sbtCompileScript string

//go:embed slipway.sbt
var sbtSettings string

// sbtDir is what sbt keeps: itself, packages, and what it made of the build.
const sbtDir = "/sbt"

const sbtCache = "/var/cache/sbt"

// The launcher, which starts every sbt that this adapter builds with.
const (
	sbtLauncher       = "1.12.14"
	sbtLauncherSHA256 = "1750c8fb61c2d2f82da40b2cd9014f4d8a1bd49a361402ea5b1cec061ed66578"
)

func (p *planner) sbtSteps() steps {
	tests := map[bool]string{true: "yes", false: "no"}[p.Declared.Tests != nil]
	s := steps{
		deps: p.dependencies(trustScript+sbtToolScript+sbtDepsScript,
			append([]string{"sbt-deps", p.sbtProject(), tests}, p.sbtStubs()...), p.sbtEnv(), "sbt", sbtCache, sbtDir),
		compile: p.compiling(sbtToolScript+sbtOfflineScript+sbtCompileScript,
			[]string{"sbt-compile", p.sbtProject(), p.main.jar, p.sbtPacks()}, p.sbtEnv(), sbtDir),
	}
	s.deps.Env["MAVEN_OPTS"], s.deps.Env["DEPENDENCY_PLUGIN"] = jvmOptions, dependencyPlugin
	s.deps.Env["SBT_LAUNCHER"], s.deps.Env["SBT_LAUNCHER_SHA256"] = sbtLauncher, sbtLauncherSHA256
	s.compile.Env["PROJECT_DIR"] = p.build.fromRoot(p.main.module.dir)
	s.tests = s.compile
	if p.main.jar == "" {
		s.layers = append(s.layers, layer(slipway.RoleDependencies, stepDeps, libsDir, libDir))
	}
	s.layers = append(s.layers, layer(slipway.RoleProgram, stepCompile, outputDir, appDir))
	return s
}

// sbtPacks is the task that makes a jar.
func (p *planner) sbtPacks() string {
	if p.build.assembles {
		return "assembly"
	}
	return "package"
}

// sbtProject is what stands before the tasks of the program's project; "" of
// the root's, where sbt starts.
func (p *planner) sbtProject() string {
	if p.main.module.dir == p.build.root {
		return ""
	}
	return p.main.module.name + "/"
}

func (p *planner) sbtEnv() map[string]string {
	flags := jvmOptions
	if p.build.sbt == "" {
		flags += " -Dsbt.version=" + sbtLauncher
	}
	return map[string]string{
		"SBT_FLAGS":       flags,
		"GLOBAL_SETTINGS": sbtSettings,
		"BUILD_DIR":       path.Join(sourceDir, p.build.root),
	}
}
