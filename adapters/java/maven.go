package java

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// maxModules of a build.
const maxModules = 1000

// readMaven reads the pom.xml of the service and of the whole build that it
// is a module of.
func (p *planner) readMaven() error {
	if err := p.readMavenConfig(); err != nil {
		return err
	}
	own, err := p.readPom(path.Join(p.Dir, pomFile), 0)
	if err != nil {
		return err
	}
	root := p.reactorRoot(own)
	poms, err := p.reactor(root)
	if err != nil {
		return err
	}
	p.build = build{tool: maven, root: root.dir}
	outside := map[string]bool{}
	for _, m := range poms {
		p.build.modules = append(p.build.modules, p.mavenModule(m))
		p.build.manifests = append(p.build.manifests, m.file)
		p.build.unlocked = p.build.unlocked || m.floats()
		for _, parent := range m.chain() {
			if !inside(root.dir, parent.file) && !outside[parent.file] {
				outside[parent.file] = true
				p.build.outside = append(p.build.outside, parent.file)
			}
		}
	}
	if root.dir != p.Dir {
		p.note(slipway.Evidence{File: root.file, Found: "<module>" + below(root.dir, p.Dir) + "</module>", Means: "built as a module of " + repo.Show(root.dir)})
	}
	if dir := path.Join(root.dir, ".mvn"); repo.IsDir(p.Tree, dir) {
		p.build.manifests = append(p.build.manifests, dir)
	}
	if err := p.noteMavenConfig(root.dir); err != nil {
		return err
	}
	return p.mavenWrapper(root.dir)
}

// reactorRoot is the outermost pom.xml above that has the service's as a
// module, itself or through others. One that cannot be read is passed over:
// what the service needs of it is its parent, too.
func (p *planner) reactorRoot(own *pom) *pom {
	root := own
	for dir := own.dir; dir != "."; {
		dir = path.Dir(dir)
		file := path.Join(dir, pomFile)
		if !repo.IsFile(p.Tree, file) {
			continue
		}
		above, err := p.readPom(file, 0)
		if err != nil {
			continue // not of this build, else a parent would have said so
		}
		poms, err := p.reactor(above)
		if err == nil && slices.ContainsFunc(poms, func(m *pom) bool { return m.file == own.file }) {
			root = above
		}
	}
	return root
}

// reactor lists a pom and all its modules, in the order in which they are
// named.
func (p *planner) reactor(root *pom) ([]*pom, error) {
	poms := []*pom{root}
	seen := map[string]bool{root.file: true}
	for i := 0; i < len(poms); i++ {
		for _, part := range poms[i].active() {
			for _, n := range part.all("modules", "module") {
				file := path.Join(poms[i].dir, poms[i].expand(n.text))
				if !strings.HasSuffix(file, ".xml") {
					file = path.Join(file, pomFile)
				}
				if seen[file] {
					continue
				}
				if !repo.IsFile(p.Tree, file) {
					return nil, slipway.Errorf(slipway.CodeInvalid, "%s names the module %s, which has no pom.xml", repo.Place(poms[i].file, n.line), repo.Quote(n.text)).
						WithHint("commit %s, or take the line out", repo.Quote(file)).WithClass(slipway.ClassCode)
				}
				if len(poms) >= maxModules {
					return nil, slipway.Errorf(slipway.CodeInvalid, "the build of %s has more than %d modules", repo.Quote(root.file), maxModules)
				}
				m, err := p.readPom(file, 0)
				if err != nil {
					return nil, err
				}
				seen[file] = true
				poms = append(poms, m)
			}
		}
	}
	return poms, nil
}

// mavenModule gathers what the plan needs of a pom.
func (p *planner) mavenModule(m *pom) module {
	mod := module{dir: m.dir, name: m.expand(m.root.value("artifactId")), file: m.file, packaging: "jar"}
	if packaging := m.expand(m.root.value("packaging")); packaging != "" {
		mod.packaging = packaging
	}
	mod.final = mod.name + "-" + m.lookupVersion()
	if named := m.find("build", "finalName"); len(named) > 0 {
		mod.final = named[0].said(m).value
	}
	mod.sources = []string{path.Join(m.dir, "src/main/java"), path.Join(m.dir, "src/main/kotlin"), path.Join(m.dir, "src/main/scala"), path.Join(m.dir, "src/main/groovy")}
	if custom := m.find("build", "sourceDirectory"); len(custom) > 0 {
		dir := m.path(custom[0].said(m).value)
		mod.sources = append([]string{dir}, slices.DeleteFunc(mod.sources, func(d string) bool { return d == dir })...)
	}
	mod.mains, mod.refs = m.mains(), m.refs()
	mod.verticle, mod.pages = m.verticle(), m.pages()
	for _, d := range m.find("dependencies", "dependency") {
		mod.siblings = append(mod.siblings, m.expand(d.node.value("artifactId")))
	}
	for _, parent := range m.find("parent") {
		if m.expand(parent.node.value("artifactId")) == "spring-boot-starter-parent" {
			mod.boot = m.expand(parent.node.value("version"))
		}
	}
	if m.parent != nil {
		mod.siblings = append(mod.siblings, m.parent.root.value("artifactId"))
	}
	mod.late, mod.release = p.late(m), m.release()
	return mod
}

// path is a name of a file or directory, as a pom.xml gives it, in the tree.
func (m *pom) path(name string) string {
	if inside(m.dir, name) { // ${basedir} was put in its place
		return path.Clean(name)
	}
	return path.Join(m.dir, name)
}

// refs are GROUP:ARTIFACT of what the pom, its parents in the tree and its
// plugins name.
func (m *pom) refs() []string {
	var refs []string
	for _, names := range [][]string{
		{"parent"},
		{"dependencies", "dependency"},
		{"build", "plugins", "plugin"},
	} {
		for _, l := range m.find(names...) {
			refs = append(refs, m.expand(l.node.value("groupId"))+":"+m.expand(l.node.value("artifactId")))
		}
	}
	return refs
}

// plugin gives the settings of a plugin, nearest first: its own and those of
// its executions.
func (m *pom) plugin(artifact string) []located {
	var found []located
	for _, names := range [][]string{{"build", "plugins", "plugin"}, {"build", "pluginManagement", "plugins", "plugin"}} {
		for _, l := range m.find(names...) {
			if m.expand(l.node.value("artifactId")) != artifact {
				continue
			}
			for _, where := range [][]string{{"configuration"}, {"executions", "execution", "configuration"}} {
				for _, n := range l.node.all(where...) {
					found = append(found, located{l.pom, n})
				}
			}
		}
	}
	return found
}

// floats tells whether a version may be another one tomorrow.
func (m *pom) floats() bool {
	for _, names := range [][]string{{"dependencies", "dependency", "version"}, {"dependencyManagement", "dependencies", "dependency", "version"}, {"parent", "version"}} {
		for _, l := range m.find(names...) {
			v := m.expand(l.node.text)
			if strings.HasPrefix(v, "[") || strings.HasPrefix(v, "(") || v == "LATEST" || v == "RELEASE" {
				return true
			}
			if strings.HasSuffix(v, "-SNAPSHOT") && v != m.lookupVersion() {
				return true
			}
		}
	}
	return false
}

func (m *pom) lookupVersion() string {
	v, _ := m.lookup("project.version")
	return m.expand(v)
}

// inside tells whether a name of the tree is dir or below it.
func inside(dir, name string) bool {
	return dir == "." || name == dir || strings.HasPrefix(name, dir+"/")
}
