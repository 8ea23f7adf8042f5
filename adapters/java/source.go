package java

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// entry is a class with a main method.
type entry struct {
	class string // "com.example.App", "com.example.App$Inner"
	line  int
	boot  bool // its file marks a Spring Boot application
}

// companion stands for a Kotlin companion object, whose static methods are
// its class's.
const companion = "\x00"

// scanner finds the classes of one source file that can be started.
type scanner struct {
	file, source string
	compact      bool // main methods may be short

	text  string   // without comments and strings
	stack []string // names of what the braces around are of; "" for other than types
	name  string   // of the type whose brace is to come
	found []entry
}

var (
	packageLine = regexp.MustCompile(`(?m)^\s*package\s+([\w.]+)`)
	jvmName     = regexp.MustCompile(`@file:JvmName\(\s*"(\w+)"`)
	token       = regexp.MustCompile(`[{}]|\bcompanion\s+object\b|\b(?:class|interface|enum|record|object)\s+([\pL_$][\pL\pN_$]*)|\bvoid\s+main\s*\(|\bfun\s+main\s*\(`)
	// mainArguments are those of a main method: strings, or none.
	mainArguments = regexp.MustCompile(`^\s*(?:\)|(?:final\s+)?(?:java\.lang\.)?String\b)`)
	stringArray   = regexp.MustCompile(`^\s*(?:final\s+)?(?:java\.lang\.)?String\b`)
	bootMarks     = regexp.MustCompile(`@(?:SpringBootApplication|EnableAutoConfiguration)\b`)
	publicStatic  = regexp.MustCompile(`\bpublic\b[^;{}]*\bstatic\b|\bstatic\b[^;{}]*\bpublic\b`)
)

// compact is the first release of Java in which a main method may be of an
// instance, without arguments, and of no class that is written down (JEP 512).
const compact = 25

// scan gives the classes of a Java or Kotlin file that have a main method, as
// the JVM asks for it: public, static, with an array of strings, or, of
// Kotlin, a function of the file. Newer releases of Java ask for less.
func scan(file string, source []byte, release int) []entry {
	if path.Ext(file) == ".scala" {
		return scanScala(string(source))
	}
	if !bytes.Contains(source, []byte("main")) {
		return nil
	}
	s := &scanner{compact: release >= compact, text: blank(string(source)), file: file, source: string(source)}
	for _, at := range token.FindAllStringSubmatchIndex(s.text, -1) {
		s.read(at)
	}
	boot := bootMarks.MatchString(s.text)
	for i := range s.found {
		s.found[i].boot = boot
		if p := packageLine.FindStringSubmatch(s.text); p != nil {
			s.found[i].class = p[1] + "." + s.found[i].class
		}
	}
	return s.found
}

// read takes one token at its place.
func (s *scanner) read(at []int) {
	word := s.text[at[0]:at[1]]
	switch {
	case word == "{":
		s.stack, s.name = append(s.stack, s.name), ""
	case word == "}":
		s.stack, s.name = s.stack[:max(0, len(s.stack)-1)], ""
	case strings.HasPrefix(word, "companion"):
		s.name = companion
	case at[2] >= 0:
		if at[0] == 0 || s.text[at[0]-1] != '.' { // not Foo.class
			s.name = s.text[at[2]:at[3]]
		}
	case strings.HasPrefix(word, "void"):
		s.javaMain(at[0], at[1])
	default:
		s.name = "" // a class of Kotlin may have no braces
		s.kotlinMain(at[0])
	}
}

// before is the text between the previous statement or brace and a place.
func (s *scanner) before(at int) string {
	return s.text[strings.LastIndexAny(s.text[:at], ";{}")+1 : at]
}

func (s *scanner) javaMain(at, end int) {
	class, ok := s.class()
	if ok && s.compact && path.Ext(s.file) == ".java" && mainArguments.MatchString(s.text[end:]) && !strings.Contains(s.before(at), "private") {
		if class == "" {
			class = strings.TrimSuffix(path.Base(s.file), ".java")
		}
		s.add(class, at)
		return
	}
	if ok && class != "" && s.visible(at) && stringArray.MatchString(s.text[end:]) {
		s.add(class, at)
	}
}

// visible tells whether a method is public and static; in Groovy every one is
// public of which nobody says otherwise.
func (s *scanner) visible(at int) bool {
	if path.Ext(s.file) == ".groovy" {
		return strings.Contains(s.before(at), "static")
	}
	return publicStatic.MatchString(s.before(at))
}

func (s *scanner) kotlinMain(at int) {
	class, ok := s.class()
	switch {
	case !ok:
	case class != "":
		if strings.Contains(s.before(at), "@JvmStatic") {
			s.add(class, at)
		}
	case jvmName.MatchString(s.source):
		s.add(jvmName.FindStringSubmatch(s.source)[1], at)
	default:
		if name := []rune(strings.TrimSuffix(path.Base(s.file), path.Ext(s.file))); len(name) > 0 {
			s.add(string(unicode.ToUpper(name[0]))+string(name[1:])+"Kt", at)
		}
	}
}

// class is the type around, "" outside any; false inside something else.
func (s *scanner) class() (string, bool) {
	if slices.Contains(s.stack, "") {
		return "", false
	}
	names := slices.DeleteFunc(slices.Clone(s.stack), func(n string) bool { return n == companion })
	return strings.Join(names, "$"), true
}

func (s *scanner) add(class string, at int) {
	s.found = append(s.found, entry{class: class, line: 1 + strings.Count(s.text[:at], "\n")})
}

// blank puts spaces in the place of comments and of what quotes hold, so that
// braces and words in them do not count.
func blank(source string) string { return erase(source, true) }

// uncomment does so with comments alone.
func uncomment(source string) string { return erase(source, false) }

func erase(source string, quoted bool) string {
	out := []byte(source)
	for i := 0; i < len(source); {
		var end int
		rest := source[i:]
		switch {
		case strings.HasPrefix(rest, "//"):
			end = i + until(rest, 2, "\n", false)
		case strings.HasPrefix(rest, "/*"):
			end = i + until(rest, 2, "*/", false)
		case strings.HasPrefix(rest, `"""`):
			end = i + until(rest, 3, `"""`, true)
		case rest[0] == '"':
			end = i + ofLine(rest, `"`)
		case rest[0] == '\'':
			end = i + ofLine(rest, `'`)
		default:
			i++
			continue
		}
		comment := rest[0] == '/'
		for ; i < end; i++ {
			if out[i] != '\n' && (comment || quoted) {
				out[i] = ' '
			}
		}
	}
	return string(out)
}

// ofLine is how long what a quote begins is, which its line ends, too.
func ofLine(text, quote string) int {
	return until(text[:until(text, 1, quote, true)], 1, "\n", false)
}

// until is how long the text is up to and with the first mark from start on,
// all of it when there is none. With escapes, a backslash hides what follows.
func until(text string, start int, mark string, escapes bool) int {
	for i := start; i < len(text); i++ {
		if escapes && text[i] == '\\' {
			i++
			continue
		}
		if strings.HasPrefix(text[i:], mark) {
			return i + len(mark)
		}
	}
	return len(text)
}
