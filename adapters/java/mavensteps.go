package java

import (
	_ "embed"
	"maps"
	"strings"

	"github.com/slipway-ci/slipway"
)

//go:embed maven-deps.sh
var mavenDepsScript string

//go:embed maven-compile.sh
var mavenCompileScript string

//go:embed maven-package.sh
var mavenPackageScript string

// dependencyPlugin lists the libraries of a program.
const dependencyPlugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"

// Phases of Maven's lifecycle.
const (
	phaseClasses = "process-classes" // everything that makes classes, and nothing that packs them
	phasePackage = "package"
	phaseVerify  = "verify" // all that tests need
)

// mavenFlags leave out what has nothing to do with the program: tests, style,
// reports, and what asks git, whose data is not there. The one time makes
// jars the same each time.
func mavenFlags(tests bool) string {
	flags := []string{
		"-Dproject.build.outputTimestamp=2001-09-09T01:46:40Z",
		"-Dmaven.gitcommitid.skip=true", "-Dmaven.buildNumber.skip=true",
		"-Dcheckstyle.skip", "-Dpmd.skip", "-Dcpd.skip", "-Dspotbugs.skip", "-Dspotless.check.skip=true", "-Dspotless.apply.skip=true",
		"-Dspring-javaformat.skip=true", "-Dformatter.skip", "-Dlicense.skip", "-Drat.skip", "-Djacoco.skip",
		"-Dmaven.javadoc.skip=true", "-Dmaven.source.skip=true", "-Dgpg.skip", "-Dcyclonedx.skip=true", "-Danimal.sniffer.skip=true",
		"-Dquarkus.analytics.disabled=true",
	}
	if !tests {
		flags = append(flags, "-Dmaven.test.skip=true")
	}
	return strings.Join(flags, " ")
}

func (p *planner) mavenSteps() steps {
	module := p.build.fromRoot(p.main.module.dir)
	tests := p.Declared.Tests != nil
	phase, script, args := phaseClasses, mavenCompileScript, []string{"maven-compile", module, phaseClasses}
	if result := p.mavenResult(); result != "" {
		phase, script, args = phasePackage, mavenPackageScript, []string{"maven-package", module, result}
	}
	compile := p.compiling(script, args, p.mavenEnv(false, true), mavenDir)
	compileTests := compile
	compileTests.Env = p.mavenEnv(true, true)
	s := steps{compile: compile, tests: compileTests}
	if tests {
		phase = phaseVerify
	}
	s.deps = p.dependencies(trustScript+mavenDepsScript, append([]string{"maven-deps", module, phase}, p.stubs(tests)...), p.mavenEnv(tests, false), "m2", mavenCache, mavenDir)
	s.deps.Env["DEPENDENCY_PLUGIN"] = dependencyPlugin
	from := stepDeps
	if p.mavenResult() != "" {
		from = stepCompile
		s.compile.Mounts = append(s.compile.Mounts, slipway.Mount{Target: libsDir, Output: true})
	}
	s.layers = []slipway.Layer{layer(slipway.RoleDependencies, from, libsDir, libDir), layer(slipway.RoleProgram, stepCompile, outputDir, appDir)}
	return s
}

// mavenResult is what the phase package leaves, for programs that are more
// than classes and libraries; "" for those that are not.
func (p *planner) mavenResult() string {
	switch {
	case p.main.jar != "":
		return p.main.jar
	case p.quarkus():
		return "target/quarkus-app"
	default:
		return ""
	}
}

func (p *planner) mavenEnv(tests, offline bool) map[string]string {
	flags := mavenFlags(tests)
	if p.pages().found != "" && !p.Declared.Commands.Build.Given() {
		flags += " " + skipsNode()
	}
	if p.quarkus() {
		if key := p.springSetting(quarkusForm); key != "" {
			flags += " -D" + key + "=fast-jar"
		}
	}
	if len(p.Declared.Profiles) > 0 {
		flags += " -P" + strings.Join(p.Declared.Profiles, ",")
	}
	env := map[string]string{"MAVEN_OPTS": jvmOptions, "MAVEN_FLAGS": flags}
	if offline { // for commands of the repository, too
		env["MAVEN_ARGS"] = "-B -o -Dmaven.repo.local=" + mavenDir
	}
	return maps.Clone(env)
}
