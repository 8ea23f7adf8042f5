package java

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// sbtModule gathers what the plan needs of a project. Settings outside all
// projects are the root's, and those of ThisBuild everybody's.
func (p *planner) sbtModule(project sbtProject, rest script, shared string, values sbtValues) (module, error) {
	m := module{dir: path.Join(p.build.root, project.dir), name: project.id, file: project.file, packaging: "jar"}
	own := scripts{project.script, rest}
	if project.dir != "." {
		file := path.Join(m.dir, sbtBuildFile)
		text, err := p.script(file)
		if err != nil {
			return m, err
		}
		own[1] = script{file: file, text: text}
	}
	if name, ok := own.said(sbtName); ok && project.id == "" {
		m.name = name.value
	}
	if main, ok := own.said(sbtMain); ok {
		m.mains = append(m.mains, main)
	}
	m.siblings, m.everybody = sbtNeeds(own.text())
	m.release, _ = append(own, rest).said(sbtRelease)
	m.scala = append(own, rest).scala(shared)
	text := values.asked(own.text())
	for _, ref := range sbtModuleID.FindAllStringSubmatch(text, -1) {
		m.refs = append(m.refs, ref[1]+":"+ref[2])
	}
	p.build.unlocked = p.build.unlocked || sbtFloating.MatchString(text)
	p.sbtShape(&m, project, own.text())
	return m, nil
}

// scripts are those that say something of a project, the nearest first.
type scripts []script

func (s scripts) said(re *regexp.Regexp) (said, bool) {
	for _, one := range s {
		if found, ok := one.said(re); ok {
			return found, true
		}
	}
	return said{}, false
}

func (s scripts) text() string {
	var all strings.Builder
	for _, one := range s {
		all.WriteString(one.text + "\n")
	}
	return all.String()
}

// scala is the version that the settings name; where they name a value
// instead, what the build's own Scala or they say of that.
func (s scripts) scala(shared string) said {
	v, ok := s.said(scalaVersion)
	if _, _, number := numbers(v.value); number || !ok {
		return v
	}
	name := v.value[strings.LastIndex(v.value, ".")+1:]
	value := regexp.MustCompile(`\bval\s+` + regexp.QuoteMeta(name) + `\s*(?::\s*String\s*)?=\s*"([^"]+)"`)
	v.value = ""
	if m := value.FindStringSubmatch(s.text() + shared); m != nil {
		v.value = m[1]
	}
	return v
}

// sbtShape says where a project's sources are, and whether the JVM runs it.
func (p *planner) sbtShape(m *module, project sbtProject, own string) {
	plugins := sbtEnabled(own)
	std := []string{m.dir}
	switch {
	case project.cross:
		m.packaging = "pom" // stands for its parts; what is compiled lies in them
		std = []string{m.dir, path.Join(m.dir, "shared"), path.Join(m.dir, "jvm")}
	case slices.Contains(plugins, "ScalaJSPlugin"), slices.Contains(plugins, "ScalaJSBundlerPlugin"), slices.Contains(plugins, "ScalaNativePlugin"):
		m.packaging = "pom" // not for the JVM
		p.build.foreign = said{file: m.file, line: project.first, value: project.id}
	case (slices.Contains(plugins, "PlayScala") || slices.Contains(plugins, "PlayJava")) && !strings.Contains(own, "disablePlugins(PlayLayoutPlugin"):
		m.sources = []string{path.Join(m.dir, "app")}
	}
	m.play = slices.ContainsFunc(plugins, func(name string) bool {
		return slices.Contains([]string{"PlayScala", "PlayJava", "PlayService", "PlayMinimalJava"}, name)
	})
	if m.play {
		m.refs = append(m.refs, "org.playframework:play")
	}
	if m.play && len(m.mains) == 0 {
		m.mains = []said{{value: playMain, file: m.file, line: project.first, found: "an application of Play"}}
	}
	if len(m.sources) == 0 {
		m.sources = p.sbtSources(std)
	}
}

// sbtEnabled lists the plugins that a project has.
func sbtEnabled(text string) []string {
	var names []string
	for _, call := range sbtPlugins.FindAllStringSubmatch(text, -1) {
		for name := range strings.SplitSeq(call[1], ",") {
			names = append(names, strings.TrimSpace(name))
		}
	}
	return names
}

// sbtSources are the directories of sources below some directories, and the
// sources beside a build script, which sbt compiles too; those of Scala first.
func (p *planner) sbtSources(dirs []string) []string {
	var found []string
	for _, dir := range dirs {
		for _, pattern := range []string{"src/main/scala", "src/main/scala-*", "src/main/java", "*.scala"} {
			names, _ := fs.Glob(p.Tree, path.Join(repo.Literal(dir), pattern)) // the pattern is sound
			found = append(found, names...)
		}
	}
	if len(found) == 0 {
		return []string{path.Join(dirs[0], "src/main/scala")}
	}
	return found
}

// sbtStubs are the directories in which a source stands for the real ones.
func (p *planner) sbtStubs() []string {
	var dirs []string
	for _, m := range p.build.closure(p.main.module) {
		if m.packaging == "pom" {
			continue
		}
		for _, dir := range []string{m.sources[0], path.Join(m.dir, "src/main/java")} {
			if path.Ext(dir) == ".scala" {
				dir = path.Join(m.dir, "src/main/scala")
			}
			if dir == m.sources[0] || slices.Contains(m.sources, dir) {
				dirs = append(dirs, p.build.fromRoot(dir))
			}
		}
		if p.Declared.Tests != nil {
			dirs = append(dirs, p.build.fromRoot(path.Join(m.dir, "src/test/scala")))
		}
	}
	return sorted(dirs)
}
