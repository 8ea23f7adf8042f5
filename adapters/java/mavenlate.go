package java

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// late are the files, beside pom.xml files, that a module's plugins read: the
// step that fetches dependencies runs the plugins, which fetch what they need
// only when they have work to do. They are those that a plugin's settings
// name, those in the directories that generators read when nobody says
// otherwise, and jars that lie in the repository.
func (p *planner) late(m *pom) []string {
	var found []string
	for _, names := range [][]string{{"build", "plugins", "plugin"}, {"build", "pluginManagement", "plugins", "plugin"}} {
		for _, plugin := range m.find(names...) {
			for _, config := range slices.Concat(plugin.node.all("configuration"), plugin.node.all("executions", "execution", "configuration")) {
				for _, leaf := range config.leaves() {
					found = append(found, p.inTree(m, leaf.text)...)
				}
			}
		}
	}
	for _, l := range m.find("dependencies", "dependency", "systemPath") {
		found = append(found, p.inTree(m, l.node.text)...)
	}
	for _, l := range m.find("repositories", "repository", "url") {
		if name, ok := strings.CutPrefix(l.node.text, "file:"); ok {
			found = append(found, p.inTree(m, strings.TrimLeft(name, "/"))...)
		}
	}
	for _, dir := range []string{"proto", "protobuf", "avro", "antlr4", "openapi", "xsd", "wsdl", "graphql", "resources/wsdl", "resources/xsd"} {
		if dir = path.Join(m.dir, "src/main", dir); repo.IsDir(p.Tree, dir) {
			found = append(found, dir)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// inTree gives the file or directory of the tree that a text of a pom.xml
// means. The directories of sources, resources and tests are no settings.
func (p *planner) inTree(m *pom, text string) []string {
	text = m.expand(text)
	if text == "" || strings.ContainsAny(text, "\n*$") || path.IsAbs(text) {
		return nil
	}
	name := m.path(text)
	if !fs.ValidPath(name) || inside(name, m.file) {
		return nil
	}
	rest := below(m.dir, name)
	if slices.Contains([]string{"src", "src/main", "src/main/java", "src/main/kotlin", "src/main/resources", "src/test"}, rest) ||
		strings.HasPrefix(rest, "src/test/") || strings.HasPrefix(rest, "src/main/java/") {
		return nil
	}
	if repo.IsFile(p.Tree, name) || repo.IsDir(p.Tree, name) {
		return []string{name}
	}
	return nil
}
