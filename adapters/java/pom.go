package java

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

const pomFile = "pom.xml"

// maxParents of a pom.xml inside the tree.
const maxParents = 32

// pom is a pom.xml with those of its parents that lie in the tree.
type pom struct {
	file     string
	dir      string
	root     *node
	parent   *pom            // nil: it has none, or it comes from a repository
	profiles []string        // that are active
	set      map[string]said // properties of the command line, which win
}

// readPom reads a pom.xml and its parents.
func (p *planner) readPom(file string, depth int) (*pom, error) {
	data, ok, err := repo.Read(p.Tree, file)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, slipway.Errorf(slipway.CodeInvalid, "%s does not exist", repo.Quote(file)).
			WithHint("commit it, or take it out of the pom.xml that names it").WithClass(slipway.ClassCode)
	}
	root, err := parseXML(data)
	if err != nil || root.name != "project" {
		return nil, slipway.Errorf(slipway.CodeInvalid, "%s cannot be read as a Maven project", repo.Quote(file)).
			WithHint("`mvn validate` says what is wrong with it").WithClass(slipway.ClassCode).Because(err)
	}
	m := &pom{file: file, dir: path.Dir(file), root: root, profiles: slices.Concat(p.config.profiles, p.Declared.Profiles), set: p.config.properties}
	parent := root.get("parent")
	if parent == nil || depth >= maxParents {
		return m, nil
	}
	m.parent, err = p.readParent(m, parent, depth)
	return m, err
}

// readParent reads a parent that lies in the tree, where Maven looks for it.
// One that is not the parent that was meant comes from a repository.
func (p *planner) readParent(m *pom, parent *node, depth int) (*pom, error) {
	relative := "../" + pomFile
	if n := parent.get("relativePath"); n != nil {
		relative = n.text
	}
	if relative == "" || path.IsAbs(relative) {
		return nil, nil
	}
	file := path.Join(m.dir, relative)
	if repo.IsDir(p.Tree, file) {
		file = path.Join(file, pomFile)
	}
	if !repo.IsFile(p.Tree, file) || file == m.file {
		return nil, nil
	}
	found, err := p.readPom(file, depth+1)
	if err != nil || found.root.value("artifactId") != parent.value("artifactId") {
		return nil, err
	}
	return found, nil
}

// chain gives the pom and its parents.
func (m *pom) chain() []*pom {
	var chain []*pom
	for ; m != nil; m = m.parent {
		chain = append(chain, m)
	}
	return chain
}

// active gives the parts of this pom.xml that apply: the project and its
// active profiles.
func (m *pom) active() []*node {
	parts := []*node{m.root}
	chosen := false
	var defaults []*node
	for _, profile := range m.root.all("profiles", "profile") {
		switch {
		case slices.Contains(m.profiles, profile.value("id")):
			parts, chosen = append(parts, profile), true
		case profile.value("activation", "activeByDefault") == "true" && !slices.Contains(m.profiles, "!"+profile.value("id")):
			defaults = append(defaults, profile)
		}
	}
	if chosen { // then Maven takes no default of this pom.xml
		return parts
	}
	return append(parts, defaults...)
}

// find gives every element that a path of names leads to, nearest first:
// this pom's active profiles, this pom, its parents.
func (m *pom) find(names ...string) []located {
	var found []located
	for _, p := range m.chain() {
		for _, part := range slices.Backward(p.active()) {
			for _, n := range part.all(names...) {
				found = append(found, located{p, n})
			}
		}
	}
	return found
}

// located is an element and the file it stands in.
type located struct {
	pom  *pom
	node *node
}

// said is the element's text, with the properties of the pom that uses it.
func (l located) said(m *pom) said {
	return said{value: m.expand(l.node.text), file: l.pom.file, line: l.node.line, found: "<" + l.node.name + ">" + l.node.text + "</" + l.node.name + ">"}
}

// property is the value of a property where it is set nearest.
func (m *pom) property(name string) (said, bool) {
	if s, ok := m.set[name]; ok {
		return s, true
	}
	found := m.find("properties", name)
	if len(found) == 0 {
		return said{}, false
	}
	return found[0].said(m), true
}

// maxExpand is how many properties one text may come to.
const maxExpand = 100

// expand puts properties in the place of their names. What is not known here
// stays as it is written.
func (m *pom) expand(text string) string {
	left := maxExpand
	return m.expandWith(text, &left)
}

func (m *pom) expandWith(text string, left *int) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "${")
		name, after, closed := strings.Cut(rest, "}")
		if !ok || !closed || *left == 0 {
			b.WriteString(text)
			return b.String()
		}
		*left--
		b.WriteString(before)
		if value, known := m.lookup(name); known {
			b.WriteString(m.expandWith(value, left))
		} else {
			b.WriteString("${" + name + "}")
		}
		text = after
	}
}

func (m *pom) lookup(name string) (string, bool) {
	for _, prefix := range []string{"project.", "pom."} {
		if field, ok := strings.CutPrefix(name, prefix); ok {
			switch field {
			case "groupId", "version":
				return cmp.Or(m.root.value(field), m.root.value("parent", field)), true
			case "artifactId", "packaging", "name":
				return m.root.value(field), true
			case "parent.version", "parent.groupId", "parent.artifactId":
				return m.root.value("parent", strings.TrimPrefix(field, "parent.")), true
			case "basedir":
				return m.dir, true
			}
		}
	}
	if name == "basedir" {
		return m.dir, true
	}
	if s, ok := m.set[name]; ok {
		return s.value, true
	}
	if found := m.find("properties", name); len(found) > 0 {
		return found[0].node.text, true
	}
	return "", false
}
