package java

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// sbtProject is a project that a build script defines. Its text is what is
// said of it alone.
type sbtProject struct {
	script
	id    string
	dir   string // relative to the build's
	cross bool   // for several platforms, of which the JVM is one
	first int    // line of the build script that it begins in
}

// A build script of sbt is a program; what is read of it is what people
// write: a project in the value of its name, and settings with plain values.
var (
	sbtValue      = regexp.MustCompile("(?m)^(?:lazy\\s+)?val\\s+`?([\\w-]+)`?\\s*(?::\\s*[\\w.]+\\s*)?=[\\s(]*")
	sbtOutermost  = regexp.MustCompile(`(?m)^[^\s.)}\]]`)
	sbtIn         = regexp.MustCompile(`^project\b(?:\s*\.?\s*in\b\s*\(?\s*` + sbtFile + `)?`)
	sbtCall       = regexp.MustCompile(`^Project\s*\(\s*(?:id\s*=\s*)?"([^"]+)"\s*,\s*(?:base\s*=\s*)?` + sbtFile)
	sbtCross      = regexp.MustCompile(`^crossProject\b`)
	sbtCrossIn    = regexp.MustCompile(`\bin\b\s*\(?\s*` + sbtFile)
	sbtBelow      = regexp.MustCompile(`"([^"]*)"`)
	sbtDependsOn  = regexp.MustCompile(`\.\s*dependsOn\s*\(`)
	sbtDependency = regexp.MustCompile("^`?([\\w-]+)`?(?:\\.(jvm))?\\s*(?:%.*)?$")
	sbtByName     = regexp.MustCompile(`^(?:LocalProject|ProjectRef)\s*\((?:[^"]*,)?\s*"([^"]+)"\s*\)\s*(?:%.*)?$`)
)

// sbtFile is how a directory is named: file("modules") / "api".
const sbtFile = `file\s*\(\s*"([^"]*)"\s*\)((?:\s*/\s*"[^"]*")*)`

// readSbtScript takes a build script without its comments apart: its
// projects, and the rest, in which the lines stay where they are.
func readSbtScript(s script) ([]sbtProject, script) {
	var projects []sbtProject
	rest := []byte(s.text)
	for at, above := 0, 0; ; {
		m := sbtValue.FindStringSubmatchIndex(s.text[at:])
		if m == nil {
			return projects, script{file: s.file, text: string(rest)}
		}
		start, begin := at+m[0], at+m[1]
		first := above + strings.Count(s.text[at:start], "\n")
		above += strings.Count(s.text[at:begin], "\n")
		end := begin + sbtDefinition(s.text[begin:])
		p, ok := sbtDefined(s.text[at+m[2]:at+m[3]], s.text[begin:end])
		if !ok {
			at = begin
			continue
		}
		p.script, p.first = script{s.file, s.text[begin:end], above}, 1+first
		above += strings.Count(p.text, "\n")
		at = end
		projects = append(projects, p)
		for i := start; i < end; i++ {
			if rest[i] != '\n' {
				rest[i] = ' '
			}
		}
	}
}

// sbtDefinition is how long the definition is that a text begins with: up to
// the next line that begins something else.
func sbtDefinition(text string) int {
	first, rest, _ := strings.Cut(text, "\n")
	if next := sbtOutermost.FindStringIndex(rest); next != nil {
		return len(first) + 1 + next[0]
	}
	return len(text)
}

// sbtDefined reads the definition of a value; false when it is of no project.
func sbtDefined(name, text string) (sbtProject, bool) {
	p := sbtProject{id: name, dir: name}
	if m := sbtCall.FindStringSubmatch(text); m != nil {
		p.id, p.dir = m[1], sbtDirectory(m[2], m[3])
		return p, true
	}
	if m := sbtIn.FindStringSubmatch(text); m != nil {
		if m[1] != "" {
			p.dir = sbtDirectory(m[1], m[2])
		}
		return p, true
	}
	if sbtCross.MatchString(text) {
		p.cross = true
		if m := sbtCrossIn.FindStringSubmatch(text); m != nil {
			p.dir = sbtDirectory(m[1], m[2])
		}
		return p, true
	}
	return p, false
}

func sbtDirectory(first, rest string) string {
	parts := []string{first}
	for _, part := range sbtBelow.FindAllStringSubmatch(rest, -1) {
		parts = append(parts, part[1])
	}
	return path.Clean(strings.Join(parts, "/"))
}

// sbtNeeds lists the ids of the projects that one depends on; everybody when
// not all of them could be read.
func sbtNeeds(text string) (ids []string, everybody bool) {
	for _, at := range sbtDependsOn.FindAllStringIndex(text, -1) {
		for _, arg := range sbtArguments(text[at[1]:]) {
			if m := sbtByName.FindStringSubmatch(arg); m != nil {
				ids = append(ids, m[1])
			} else if m := sbtDependency.FindStringSubmatch(arg); m != nil {
				ids = append(ids, m[1])
			} else if arg != "" {
				everybody = true
			}
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(ids))), everybody
}

// sbtArguments are those of a call, up to the bracket that ends it.
func sbtArguments(text string) []string {
	var args []string
	depth, begin := 0, 0
	for i, c := range text {
		switch {
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case c == ')':
			return append(args, strings.TrimSpace(text[begin:i]))
		case c == ',' && depth == 0:
			args, begin = append(args, strings.TrimSpace(text[begin:i])), i+1
		}
	}
	return args
}
