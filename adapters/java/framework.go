package java

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Groups of the frameworks that are known.
const (
	springGroup    = "org.springframework.boot"
	quarkusGroup   = "io.quarkus"
	micronautGroup = "io.micronaut"
	helidonGroup   = "io.helidon"
)

// framework is what a program is made with, and what that needs to know.
type framework struct {
	name   string
	env    map[string]string // puts PORT where the framework reads it
	health string            // path, "" unknown
}

// findFramework looks for a framework whose programs do not read PORT
// themselves. Each puts the value of one variable into another's.
func (p *planner) findFramework() error {
	m := p.main.module
	switch {
	case !p.web():
		return nil
	case p.uses(springGroup):
		p.framework = framework{name: "Spring Boot", env: map[string]string{"SERVER_PORT": "${PORT}"}}
		if p.uses(springGroup + ":spring-boot-starter-actuator") {
			p.framework.health = p.springHealth()
			p.beside()
		}
	case p.quarkus():
		p.framework = framework{name: "Quarkus", env: map[string]string{"QUARKUS_HTTP_PORT": "${PORT}"}}
		if p.uses(quarkusGroup + ":quarkus-smallrye-health") {
			p.framework.health = path.Join("/", p.springSetting(quarkusPath), "q/health/ready")
		}
	case p.uses(micronautGroup):
		p.framework = framework{name: "Micronaut", env: map[string]string{"MICRONAUT_SERVER_PORT": "${PORT}"}}
		if p.uses(micronautGroup + ":micronaut-management") {
			p.framework.health = p.springPath() + "/health"
		}
	case p.uses(helidonGroup):
		p.framework = framework{name: "Helidon", env: map[string]string{"SERVER_PORT": "${PORT}"}, health: p.helidonHealth()}
	case p.main.class == playMain:
		p.notePlay()
		return nil
	default:
		p.listenOutward()
		p.findPort()
		p.findHealth()
		return nil
	}
	p.noteFramework(m)
	p.listenOutward()
	return nil
}

func (p *planner) noteFramework(m module) {
	var variables []string
	for name, value := range p.framework.env {
		if value == "${PORT}" {
			variables = append(variables, name)
		}
	}
	p.note(slipway.Evidence{
		File: m.file, Found: p.framework.name, Means: "listens on PORT, which " + strings.Join(variables, ", ") + " refers to",
		Knob: "env: {" + variables[0] + `: "9000"}`,
	})
}

// helidonHealth is where the features of Helidon answer that the program has.
func (p *planner) helidonHealth() string {
	switch {
	case p.uses("io.helidon.webserver.observe:helidon-webserver-observe-health"):
		return "/observe/health"
	case p.uses("io.helidon.microprofile.health"), p.uses("io.helidon.health"),
		p.uses(helidonBundle) && !p.uses(helidonBundle+"-core"):
		return "/health"
	}
	return ""
}

// helidonMain starts what Helidon's MicroProfile finds; most of its programs
// have no main method of their own.
const helidonMain = "io.helidon.microprofile.cdi.Main"

const helidonBundle = "io.helidon.microprofile.bundles:helidon-microprofile"

func (m module) helidon() bool {
	return m.uses("io.helidon.applications:helidon-mp") || m.uses(helidonBundle)
}

// The programs that start a verticle of Vert.x: of version 4, and of 5.
const (
	vertxLauncher    = "io.vertx.core.Launcher"
	vertxApplication = "io.vertx.launcher.application.VertxApplication"
)

// launcher is what starts the module's verticle.
func (m module) launcher() said {
	s := m.verticle
	s.value = vertxLauncher
	if m.uses("io.vertx:vertx-launcher-application") {
		s.value = vertxApplication
	}
	return s
}

// refuseDropwizard asks for the words that a program of Dropwizard wants to be
// started with: without them it says how it is called, and ends.
func (p *planner) refuseDropwizard() error {
	if !p.uses("io.dropwizard:") || p.Declared.Commands.Start.Given() || p.main.jar != "" {
		return nil
	}
	for _, dir := range p.main.module.sources {
		file := path.Join(dir, strings.ReplaceAll(p.main.class, ".", "/")+sourceExt(dir))
		data, ok, err := repo.Read(p.Tree, file)
		if err != nil || !ok || !strings.Contains(blank(string(data)), "run(args)") {
			continue
		}
		return slipway.Errorf(slipway.CodeInvalid, "%s is a program of Dropwizard, and nothing says what it is to be started with", repo.Quote(file)).
			WithHint("write `commands: {start: java @%s %s server FILE}` into %s; FILE is a file of the service's directory, or one among the resources that the program reads as such, and may name ${PORT} (ResourceConfigurationSourceProvider, EnvironmentVariableSubstitutor)", p.argFile(), p.main.class, manifest.Name).
			WithClass(slipway.ClassCode)
	}
	return nil
}

// sourceExt is what the files of a directory of sources end in.
func sourceExt(dir string) string {
	if path.Base(dir) == "kotlin" {
		return ".kt"
	}
	return ".java"
}

// uses tells whether the program's module, or one that it is made of,
// mentions something of a group.
func (p *planner) uses(prefix string) bool {
	for _, m := range p.build.closure(p.main.module) {
		if m.uses(prefix) {
			return true
		}
	}
	return false
}

// quarkus tells whether Quarkus makes the program: then its plugin decides
// what is started.
func (p *planner) quarkus() bool { return p.main.jar == "" && p.main.module.quarkus() }

func (m module) quarkus() bool {
	return slices.ContainsFunc(m.refs, func(ref string) bool {
		return ref == quarkusGroup || strings.HasPrefix(ref, quarkusGroup) && strings.HasSuffix(ref, ":quarkus-maven-plugin")
	})
}

var contextPath = regexp.MustCompile(`(?m)^\s*(?:server\.servlet\.|micronaut\.server\.)?context-path\s*[:=]\s*["']?(/[\w/.-]*[\w.-])["']?\s*$`)

// managementPath is where the actuator is, in a line of properties or in the
// usual form of YAML.
var managementPath = regexp.MustCompile(`(?m)(?:^\s*management\.endpoints\.web\.base-path\s*[:=]\s*|^\s*endpoints:\s*\n\s+web:\s*\n(?:\s+(?:exposure|path-mapping):\s*\n(?:\s+\S.*\n)*?)?\s+base-path:\s*)["']?(/[\w/.-]*\w)`)

// springPath is the path below which a Spring Boot program answers.
func (p *planner) springPath() string {
	return p.springSetting(contextPath)
}

// springHealth is the actuator's path.
func (p *planner) springHealth() string {
	return p.springPath() + cmp.Or(p.springSetting(managementPath), "/actuator") + "/health"
}

// springSetting is the first of the settings that a pattern finds, in the
// order in which Spring Boot lets one win over the next.
func (p *planner) springSetting(pattern *regexp.Regexp) string {
	for _, dir := range []string{"src/main/resources/config", "src/main/resources"} {
		for _, name := range []string{"application.properties", "application.yml", "application.yaml"} {
			data, ok, err := repo.Read(p.Tree, path.Join(p.main.module.dir, dir, name))
			if err != nil || !ok {
				continue
			}
			if found := pattern.FindSubmatch(data); found != nil {
				return string(found[1])
			}
		}
	}
	return ""
}

// refuse says what cannot be built, before a build would find out.
func (p *planner) refuse() error {
	m := p.main.module
	if m.packaging == "war" && p.build.tool == maven && m.uses(springGroup+":spring-boot-maven-plugin") {
		return p.startWar(m)
	}
	if m.packaging == "war" || m.packaging == "ear" {
		return p.refuseWar(m)
	}
	if p.build.tool == sbt {
		return p.refuseSbt()
	}
	if err := p.refuseDropwizard(); err != nil {
		return err
	}
	if err := p.withoutNode(); err != nil {
		return err
	}
	if p.build.tool == gradle && p.quarkus() {
		return slipway.Errorf(slipway.CodeInvalid, "%s is a Quarkus application that Gradle builds, which this version does not", repo.Quote(m.file)).
			WithHint("build it with Maven, or name the jar that it makes: `main: build/app-runner.jar` in %s", manifest.Name).WithClass(slipway.ClassCode)
	}
	return nil
}

// startWar starts the war of Spring Boot, which has its server in it.
func (p *planner) startWar(m module) error {
	if p.main.jar == "" {
		p.main = program{module: m, jar: path.Join("target", m.final+".war")}
		p.note(slipway.Evidence{File: m.file, Found: "<packaging>war</packaging>", Means: "Spring Boot's plugin makes it one that starts by itself", Knob: "main: target/NAME.war"})
	}
	return nil
}

func (p *planner) wars() []module {
	var wars []module
	for _, m := range p.build.modules {
		if (m.packaging == "war" || m.packaging == "ear") && inside(p.Dir, m.dir) {
			wars = append(wars, m)
		}
	}
	return wars
}

func (p *planner) refuseWar(m module) error {
	return slipway.Errorf(slipway.CodeInvalid, "%s makes a %s, which runs in an application server and does not start by itself", repo.Quote(m.file), m.packaging).
		WithHint("use <packaging>jar</packaging> with an embedded server, or write a Dockerfile that brings the server").
		WithClass(slipway.ClassCode)
}
