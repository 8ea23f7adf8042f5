package java

import (
	"path"
	"strconv"
	"strings"
	"unicode"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// javaRelease is N of "17", "1.8", "17.0.9", "temurin-21.0.2+13.0.LTS",
// "21.0.2-tem"; 0 for what is no version of Java.
func javaRelease(text string) int {
	text = strings.TrimSpace(text)
	if i := strings.LastIndexAny(text, "-@"); i > 0 && strings.IndexFunc(text, unicode.IsLetter) == 0 { // VENDOR-VERSION
		text = text[i+1:]
	}
	text = strings.TrimPrefix(text, "VERSION_") // Gradle's JavaVersion.VERSION_17 and VERSION_1_8
	text = strings.ReplaceAll(text, "_", ".")
	first, rest, _ := strings.Cut(text, ".")
	if first == "1" {
		first, _, _ = strings.Cut(rest, ".")
	}
	end := len(first)
	for i, c := range first {
		if c < '0' || c > '9' {
			end = i
			break
		}
	}
	const newest = 99
	n, err := strconv.Atoi(first[:end])
	if err != nil || n < 1 || n > newest {
		return 0
	}
	return n
}

// findVersion decides which JDK the service wants. The release that the
// build files compile for is the least that will do; a version file names
// the developers' own JDK.
func (p *planner) findVersion() error {
	if v := p.Declared.Version; v != "" {
		s := said{value: v, file: manifest.Name, line: p.Declared.Line("version"), found: "version: " + v}
		if javaRelease(v) == 0 {
			return slipway.Errorf(slipway.CodeInvalid, "%s: %q is not a version of Java", s.where(), v).
				WithHint(`write for example version: "21"`).WithClass(slipway.ClassCode)
		}
		return p.useVersion(s, false)
	}
	s, ok, err := p.versionFile()
	if err != nil {
		return err
	}
	if ok {
		return p.useVersion(s, !longTerm(javaRelease(s.value)))
	}
	return nil // findMain knows the module, and noteRelease takes what it says
}

// useRelease takes the newest release that the chosen module and those that
// are compiled with it are written for, unless somebody named a JDK; one that
// is too old for it is refused.
func (p *planner) useRelease(m module) error {
	least := p.build.newestRelease(m)
	n := javaRelease(least.value)
	switch have := javaRelease(p.version.Want); {
	case n == 0 && have == 0:
		p.version = slipway.Version{From: "default"}
		p.note(slipway.Evidence{File: m.file, Found: "no release of Java named", Means: "built with the default JDK", Knob: `version: "21"`})
	case have == 0:
		return p.useVersion(least, !least.exact)
	case n > have:
		return slipway.Errorf(slipway.CodeInvalid, "%s asks for Java %d, but %s is written for %d", p.version.From, have, least.where(), n).
			WithHint("raise the one or lower the other; a JDK compiles for no newer release than its own").
			WithDetails(least.where() + ": " + least.found).WithClass(slipway.ClassCode)
	}
	return nil
}

func (p *planner) useVersion(s said, minimum bool) error {
	release := strconv.Itoa(javaRelease(s.value))
	p.version = slipway.Version{Value: release, Want: release, From: s.from(), Minimum: minimum}
	means := "built and run with Java " + release
	if minimum {
		means += " or a newer one of the stacks"
	}
	p.note(slipway.Evidence{File: s.file, Line: s.line, Found: s.found, Means: means, Knob: `version: "` + release + `"`})
	return nil
}

// longTerm tells whether a release is one that distributions keep: since 17
// every fourth. Of the others the next one that there is will do.
func longTerm(n int) bool { return n >= 17 && (n-17)%4 == 0 }

// versionFile looks for the version files of developers' own tools, in the
// service's directory and upwards.
func (p *planner) versionFile() (said, bool, error) {
	for dir := p.Dir; ; dir = path.Dir(dir) {
		for _, f := range versionFiles() {
			s, ok, err := p.scanVersion(path.Join(dir, f.name), f.pick)
			if ok || err != nil {
				return s, ok, err
			}
		}
		if v, e, ok, err := repo.MiseVersion(p.Service, dir, "java"); ok || err != nil {
			s := said{value: v, file: e.File, line: e.Line, found: e.Found}
			if err == nil && javaRelease(v) == 0 {
				err = noVersion(s)
			}
			return s, err == nil, err
		}
		if dir == "." {
			return said{}, false, nil
		}
	}
}

// versionForm is a version file and how its lines are read.
type versionForm struct {
	name string
	pick func(line string) (string, bool)
}

func versionFiles() []versionForm {
	setting := func(key string) func(string) (string, bool) {
		return func(line string) (string, bool) {
			k, v, ok := strings.Cut(line, "=")
			return strings.TrimSpace(v), ok && strings.TrimSpace(k) == key
		}
	}
	return []versionForm{
		{".java-version", func(line string) (string, bool) { return line, true }}, // jenv and others
		{".sdkmanrc", setting("java")},
		{".tool-versions", func(line string) (string, bool) { // asdf, mise
			words := strings.Fields(line)
			if len(words) < 2 || words[0] != "java" {
				return "", false
			}
			return words[1], true
		}},
		{"system.properties", setting("java.runtime.version")}, // of Heroku and those who read the same
	}
}

// scanVersion gives the version in the first line of a file that pick
// accepts.
func (p *planner) scanVersion(name string, pick func(string) (string, bool)) (said, bool, error) {
	data, ok, err := repo.Read(p.Tree, name)
	if err != nil || !ok {
		return said{}, false, err
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		text, _, _ := strings.Cut(line, "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		version, ok := pick(text)
		if !ok {
			continue
		}
		s := said{value: version, file: name, line: n, found: text}
		if javaRelease(version) == 0 {
			return said{}, false, noVersion(s)
		}
		return s, true, nil
	}
	return said{}, false, nil
}

func noVersion(s said) error {
	return slipway.Errorf(slipway.CodeInvalid, "%s: %.60q is not a version of Java", s.where(), s.value).
		WithHint("write for example 21, or delete the line: the build file says what is needed").WithClass(slipway.ClassCode)
}
