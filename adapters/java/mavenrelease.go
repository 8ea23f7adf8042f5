package java

import (
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// release is the Java that a module is written for: what the compiler plugin
// is told, nearest first, and of one pom.xml the newest word for it.
func (m *pom) release() said {
	for _, name := range []string{"release", "target", "source"} {
		for _, config := range m.plugin("maven-compiler-plugin") {
			if n := config.node.get(name); n != nil {
				if s := (located{config.pom, n}).said(m); javaRelease(s.value) > 0 {
					return s
				}
			}
		}
	}
	for _, name := range []string{"maven.compiler.release", "maven.compiler.target", "maven.compiler.source", "java.version", "jdk.version", "javaVersion"} {
		if s, ok := m.property(name); ok && javaRelease(s.value) > 0 {
			return s
		}
	}
	for _, config := range m.plugin("maven-toolchains-plugin") {
		if n := config.node.get("toolchains", "jdk", "version"); n != nil {
			if s := (located{config.pom, n}).said(m); javaRelease(s.value) > 0 {
				return s
			}
		}
	}
	return said{}
}

const wrapperProperties = ".mvn/wrapper/maven-wrapper.properties"

// mavenWrapper notes which Maven the developers use. The stack has one of
// its own: a pom.xml is read alike by every Maven 3.
func (p *planner) mavenWrapper(root string) error {
	s, err := p.distribution(root, wrapperProperties, "apache-maven-")
	if err != nil || s.value == "" {
		return err
	}
	p.build.wrapper = s
	p.note(slipway.Evidence{File: s.file, Line: s.line, Found: s.found, Means: "built with the Maven of the stack; the wrapper's is not fetched"})
	return nil
}

// distribution reads the version of a build tool out of its wrapper's
// properties.
func (p *planner) distribution(root, name, prefix string) (said, error) {
	file := path.Join(root, name)
	data, ok, err := repo.Read(p.Tree, file)
	if err != nil || !ok {
		return said{}, err
	}
	line := 0
	for text := range strings.Lines(string(data)) {
		line++
		key, value, _ := strings.Cut(strings.TrimSpace(text), "=")
		if strings.TrimSpace(key) != "distributionUrl" {
			continue
		}
		_, rest, ok := strings.Cut(value[strings.LastIndex(value, "/")+1:], prefix)
		if !ok {
			continue
		}
		version, _, _ := strings.Cut(rest, "-")
		return said{strings.TrimSuffix(version, ".zip"), file, line, prefix + rest}, nil
	}
	return said{}, nil
}
