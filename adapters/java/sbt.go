package java

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

const sbtBuildFile = "build.sbt"

var (
	sbtMain     = regexp.MustCompile(`\bmainClass\s*(?:in\s+\w+\s*|in\s*\([^)]*\)\s*)?:=\s*Some\s*\(\s*"([\w.$]+)"`)
	sbtName     = regexp.MustCompile(`(?m)(?:^|[(,])\s*name\s*:=\s*"([^"]+)"`)
	sbtModuleID = regexp.MustCompile(`"([\w.-]+)"\s*%{1,3}\s*"([\w.-]+)"`)
	sbtPlugins  = regexp.MustCompile(`\benablePlugins\s*\(([^)]*)\)`)
	sbtRelease  = regexp.MustCompile(`"-{1,2}(?:release|java-output-version)(?::|\s*"\s*,\s*")([\d.]+)"|"-target:jvm-([\d.]+)"`)
	sbtFloating = regexp.MustCompile(`%\s*"(?:latest\.[\w.]+|[^"\n]*\+|[^"\n]*-SNAPSHOT|[\[(][^"\n]*)"`)
	sbtReads    = regexp.MustCompile(`\bfile\s*\(\s*"([^"]+)"`)
)

// sbtRoot is the directory of the build that a directory belongs to: the
// outermost one that has it for a project, else its own.
func sbtRoot(s repo.Service) (root string, ok bool, err error) {
	for dir := range s.Upwards() {
		data, there, err := repo.Read(s.Tree, path.Join(dir, sbtBuildFile))
		if err != nil {
			return "", false, err
		}
		if !there {
			continue
		}
		projects, _ := readSbtScript(script{text: uncomment(string(data))})
		if dir == s.Dir || slices.ContainsFunc(projects, func(p sbtProject) bool { return path.Join(dir, p.dir) == s.Dir }) {
			root, ok = dir, true
		}
	}
	return root, ok, nil
}

// readSbt reads the build script of the service, or of the build that it is a
// project of.
func (p *planner) readSbt() error {
	root, _, err := sbtRoot(p.Service)
	if err != nil {
		return err
	}
	p.build = build{tool: sbt, root: root}
	if root != p.Dir {
		p.note(slipway.Evidence{File: path.Join(root, sbtBuildFile), Found: `file("` + below(root, p.Dir) + `")`, Means: "built as a project of " + repo.Show(root)})
	}
	if err := p.sbtVersion(); err != nil {
		return err
	}
	rest, projects, err := p.sbtScripts()
	if err != nil {
		return err
	}
	shared, err := p.sbtDefinitions("project/*.scala")
	if err != nil {
		return err
	}
	plugins, err := p.sbtDefinitions("project/*.sbt")
	if err != nil {
		return err
	}
	p.build.assembles = strings.Contains(plugins, `"sbt-assembly"`)
	if !slices.ContainsFunc(projects, func(p sbtProject) bool { return p.dir == "." }) {
		projects = append([]sbtProject{{id: "", dir: ".", script: script{file: rest.file}}}, projects...)
	}
	if len(projects) > maxModules {
		return slipway.Errorf(slipway.CodeInvalid, "the build of %s has more than %d projects", repo.Quote(rest.file), maxModules)
	}
	values := readSbtValues(rest.text + "\n" + shared)
	for _, project := range projects {
		if !fs.ValidPath(project.dir) { // outside of the repository
			continue
		}
		m, err := p.sbtModule(project, rest, shared, values)
		if err != nil {
			return err
		}
		p.build.modules = append(p.build.modules, m)
	}
	p.build.sbtSiblings()
	slices.SortStableFunc(p.build.modules, func(a, b module) int { return rootFirst(b, root) - rootFirst(a, root) })
	p.build.manifests = p.sbtManifests(rest.text)
	return nil
}

// sbtSiblings lets a project that depends on one which is not known depend on
// all of them.
func (b build) sbtSiblings() {
	for i, m := range b.modules {
		known := func(id string) bool {
			return slices.ContainsFunc(b.modules, func(o module) bool { return o.name == id })
		}
		for _, id := range m.siblings {
			b.modules[i].everybody = b.modules[i].everybody || !known(id)
		}
	}
}

func rootFirst(m module, root string) int {
	if m.dir == root {
		return 1
	}
	return 0
}

// sbtScripts reads all scripts of the build's directory.
func (p *planner) sbtScripts() (rest script, projects []sbtProject, err error) {
	names, err := fs.Glob(p.Tree, path.Join(repo.Literal(p.build.root), "*.sbt"))
	if err != nil {
		return rest, nil, err
	}
	rest.file = path.Join(p.build.root, sbtBuildFile)
	for _, file := range names {
		text, err := p.script(file)
		if err != nil {
			return rest, nil, err
		}
		found, other := readSbtScript(script{file: file, text: text})
		projects = append(projects, found...)
		if file == rest.file { // lines are told of this one
			rest.text = other.text + "\n" + rest.text
		} else {
			rest.text += "\n" + other.text
		}
	}
	return rest, projects, nil
}

// sbtDefinitions is what the files of the build itself say that a pattern
// names: versions, coordinates and plugins.
func (p *planner) sbtDefinitions(pattern string) (string, error) {
	names, err := fs.Glob(p.Tree, path.Join(repo.Literal(p.build.root), pattern))
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, file := range names {
		text, err := p.script(file)
		if err != nil {
			return "", err
		}
		all.WriteString(text + "\n")
	}
	return all.String(), nil
}

// sbtManifests are the files that decide a build's dependencies, with those
// that its script names.
func (p *planner) sbtManifests(text string) []string {
	var names []string
	for _, name := range []string{"*.sbt", "project/*"} {
		found, _ := fs.Glob(p.Tree, path.Join(repo.Literal(p.build.root), name)) // the pattern is sound
		names = append(names, slices.DeleteFunc(found, func(f string) bool { return !repo.IsFile(p.Tree, f) })...)
	}
	for _, m := range sbtReads.FindAllStringSubmatch(text, -1) {
		if file := path.Join(p.build.root, m[1]); fs.ValidPath(file) && repo.IsFile(p.Tree, file) {
			names = append(names, file)
		}
	}
	for _, pattern := range []string{"**/*.sbt", "project/**/*.scala", "project/**/*.java", "project/**/*.properties", "**/lib/*.jar", ".jvmopts", ".sbtopts", ".scalafmt.conf", ".scalafix.conf"} {
		names = append(names, path.Join(p.build.root, pattern))
	}
	return sorted(names)
}
