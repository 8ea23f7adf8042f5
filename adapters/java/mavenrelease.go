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
	file := path.Join(root, wrapperProperties)
	data, ok, err := repo.Read(p.Tree, file)
	if err != nil || !ok {
		return err
	}
	address := properties(string(data))["distributionUrl"]
	if _, found, ok := strings.Cut(path.Base(address.value), "apache-maven-"); ok {
		p.note(slipway.Evidence{File: file, Line: address.line, Found: "apache-maven-" + found, Means: "built with the Maven of the stack; the wrapper's is not fetched"})
	}
	return nil
}
