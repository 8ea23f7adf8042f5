package java

import (
	"slices"
	"strings"
)

// mains are the classes that a pom.xml names as the program, in the order in
// which they are believed.
func (m *pom) mains() []said {
	var mains []said
	add := func(l located) {
		if s := l.said(m); s.value != "" && !strings.Contains(s.value, "${") && !slices.Contains(launchers(), s.value) {
			mains = append(mains, s)
		}
	}
	for _, from := range []struct {
		plugin string
		path   []string
	}{
		{"spring-boot-maven-plugin", []string{"mainClass"}},
		{"maven-jar-plugin", []string{"archive", "manifest", "mainClass"}},
		{"maven-assembly-plugin", []string{"archive", "manifest", "mainClass"}},
		{"maven-shade-plugin", []string{"transformers", "transformer", "mainClass"}},
		{"maven-shade-plugin", []string{"transformers", "transformer", "manifestEntries", "Main-Class"}},
		{"jib-maven-plugin", []string{"container", "mainClass"}},
		{"exec-maven-plugin", []string{"mainClass"}},
	} {
		for _, config := range m.plugin(from.plugin) {
			for _, n := range config.node.all(from.path...) {
				add(located{config.pom, n})
			}
		}
	}
	for _, name := range []string{"start-class", "exec.mainClass", "main.class", "mainClass"} {
		for _, l := range m.find("properties", name) {
			add(l)
		}
	}
	return mains
}

// verticle is what the launcher of Vert.x is told to start.
func (m *pom) verticle() said {
	for _, config := range m.plugin("maven-shade-plugin") {
		for _, n := range config.node.all("transformers", "transformer", "manifestEntries", "Main-Verticle") {
			if s := (located{config.pom, n}).said(m); s.value != "" && !strings.Contains(s.value, "${") {
				return s
			}
		}
	}
	for _, name := range []string{"main.verticle", "vertx.verticle"} {
		if s, ok := m.property(name); ok && s.value != "" {
			return s
		}
	}
	return said{}
}

// launchers are classes of frameworks that start the program's own.
func launchers() []string {
	return []string{
		vertxLauncher,
		vertxApplication,
		"org.springframework.boot.loader.JarLauncher",
		"org.springframework.boot.loader.launch.JarLauncher",
	}
}
