package python

import (
	"regexp"
	"slices"
	"strings"
)

// module is what a Python file says about how it is started.
type module struct {
	file     string
	origins  map[string]string  // local name -> what it was imported as, dotted
	imported []string           // first parts of absolute imports
	relative bool               // it imports from its own package
	objects  []object           // top-level names that servers and workers start
	makers   []object           // top-level functions that give such an object
	assigned map[string][]token // top-level names of settings, with their values
	calls    []string           // everything that is called, dotted, resolved
	strings  []string
	words    []textLine // that may begin the command line of a program
	stars    []string   // modules of which everything is imported
	guarded  bool       // if __name__ == "__main__"
	loops    bool       // while True
}

// object is something that can be started, or a function that makes it.
type object struct {
	name   string
	origin string // "flask.Flask"; "" when only its name tells
	line   int
	maker  bool
}

// parse reads a file.
func parse(file string, src []byte) *module {
	m := &module{file: file, origins: map[string]string{}, assigned: map[string][]token{}}
	statements := lex(src)
	for _, st := range statements {
		m.imports(st)
		m.collect(st)
	}
	for i, st := range statements {
		if st.indent == 0 {
			m.top(st, statements[i+1:])
		}
	}
	return m
}

// imports reads `import a.b as c` and `from a.b import c as d`, wherever they
// stand.
func (m *module) imports(st statement) {
	t := st.tokens
	switch t[0].text {
	case "import":
		for _, part := range splitTokens(t[1:], ",") {
			name, as := aliased(part)
			if name == "" {
				continue
			}
			first, _, _ := strings.Cut(name, ".")
			m.imported = append(m.imported, first)
			if as == "" {
				as, name = first, first
			}
			m.origins[as] = name
		}
	case "from":
		at := slices.IndexFunc(t, func(x token) bool { return x.kind == nameToken && x.text == "import" })
		if at < 0 {
			return
		}
		from := dotted(t[1:at])
		if strings.HasPrefix(from, ".") {
			m.relative = true
		} else {
			first, _, _ := strings.Cut(from, ".")
			m.imported = append(m.imported, first)
		}
		if at+1 < len(t) && t[at+1].text == "*" {
			m.stars = append(m.stars, from)
		}
		for _, part := range splitTokens(t[at+1:], ",") {
			name, as := aliased(part)
			if name == "" {
				continue
			}
			if as == "" {
				as = name
			}
			m.origins[as] = strings.TrimSuffix(from, ".") + "." + name
		}
	}
}

// collect notes what is called and said anywhere in the file.
func (m *module) collect(st statement) {
	t := st.tokens
	for i, x := range t {
		if x.kind == stringToken {
			m.strings = append(m.strings, x.text)
		}
		m.word(t, i)
		if x.text == "(" && i > 0 && t[i-1].kind == nameToken {
			m.calls = append(m.calls, m.resolve(callee(t[:i])))
		}
	}
	m.loops = m.loops || endless(t)
	if len(t) > 3 && t[0].text == "if" && t[1].text == "__name__" && slices.ContainsFunc(t[2:], func(x token) bool { return x.kind == stringToken && x.text == "__main__" }) {
		m.guarded = true
	}
}

var ending = regexp.MustCompile(`(?i)^_?(keep_?)?(running|stop(ped|ping)?|shut_?down|is_set|should_(exit|stop|run)|kill_?now|killed|interrupted|terminated?)(_event|_requested)?$`)

// endless tells whether a statement begins a loop that goes on until somebody
// ends the program.
func endless(t []token) bool {
	return len(t) > 2 && t[0].text == "while" && (t[1].text == "True" || t[1].text == "1" || slices.ContainsFunc(t[1:], asksToEnd))
}

// asksToEnd tells whether a name in a loop's condition asks whether somebody
// wants the program to end.
func asksToEnd(x token) bool { return x.kind == nameToken && ending.MatchString(x.text) }

// top reads a statement of the module's own level, with what follows it.
func (m *module) top(st statement, rest []statement) {
	t := st.tokens
	if t[0].text == "async" && len(t) > 1 {
		t = t[1:]
	}
	switch {
	case t[0].text == "def" && len(t) > 2:
		m.define(t, rest)
	case t[0].text == "class" && len(t) > 1:
		m.objects = append(m.objects, object{name: t[1].text, origin: "class", line: t[0].line})
	case t[0].kind == nameToken:
		m.assign(t)
	}
}

// assign reads NAME = VALUE and NAME: TYPE = VALUE, and of NAME, NAME = VALUE
// the first name, where that is what makers of applications give.
func (m *module) assign(t []token) {
	at := slices.IndexFunc(t, func(x token) bool { return x.text == "=" })
	if at < 1 || at+1 >= len(t) || t[at+1].text == "=" || at > 1 && t[1].text != ":" && t[1].text != "," {
		return
	}
	value := t[at+1:]
	if chained(value) {
		m.assign(value)
		value = m.assigned[value[0].text]
	}
	m.assigned[t[0].text] = value
	open := slices.IndexFunc(value, func(x token) bool { return x.text == "(" })
	name := dotted(value)
	if open > 0 {
		name = dotted(value[:open])
	}
	if name == "" || at > 1 && t[1].text == "," && protocolOf(m.resolve(name)) == "" {
		return
	}
	m.objects = append(m.objects, object{name: t[0].text, origin: m.resolve(name), line: t[0].line})
}

// chained tells whether a value is an assignment: app = application = ….
func chained(value []token) bool {
	return len(value) > 2 && value[0].kind == nameToken && value[1].text == "=" && value[2].text != "="
}

// define reads a function that needs no arguments and makes something that
// can be started.
func (m *module) define(t []token, rest []statement) {
	name := t[1].text
	if name == "application" && len(t) > 5 && t[3].text == "environ" {
		m.objects = append(m.objects, object{name: name, origin: "wsgi", line: t[0].line})
		return
	}
	if !slices.Contains(makerNames(), name) || needsArguments(t[3:]) {
		return
	}
	o := object{name: name, line: t[0].line, maker: true}
	for _, st := range rest {
		if st.indent == 0 {
			break
		}
		for i, x := range st.tokens {
			if x.text != "(" || i == 0 || st.tokens[i-1].kind != nameToken {
				continue
			}
			if called := m.resolve(callee(st.tokens[:i])); protocolOf(called) != "" {
				o.origin = called
			}
		}
	}
	m.makers = append(m.makers, o)
}

// makerNames are what functions are called that make an application.
func makerNames() []string {
	return []string{"create_app", "make_app", "get_app", "build_app", "create_application", "get_application", "app_factory", "make_application"}
}

// needsArguments tells whether a function has parameters without a default.
func needsArguments(params []token) bool {
	depth, end := 0, len(params)
	for i, x := range params {
		switch x.text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		}
		if depth < 0 {
			end = i
			break
		}
	}
	for _, part := range splitTokens(params[:end], ",") {
		if len(part) == 0 || part[0].text == "*" || part[0].text == "/" {
			continue
		}
		if !slices.ContainsFunc(part, func(x token) bool { return x.text == "=" }) {
			return true
		}
	}
	return false
}

// resolve replaces a local name by what it was imported as.
func (m *module) resolve(name string) string {
	first, rest, more := strings.Cut(name, ".")
	origin, ok := m.origins[first]
	switch {
	case !ok && m.starred(name) != "":
		return m.starred(name)
	case !ok:
		return name
	case more:
		return origin + "." + rest
	}
	return origin
}

// starred finds a well-known name that came with everything of a module.
func (m *module) starred(name string) string {
	for _, from := range m.stars {
		if full := from + "." + name; protocolOf(full) != "" || slices.Contains(serverCalls(), full) {
			return full
		}
	}
	return ""
}

// callee is the dotted name at the end of tokens.
func callee(t []token) string {
	begin := len(t)
	for begin > 0 && (t[begin-1].kind == nameToken || t[begin-1].text == ".") {
		if begin < len(t) && t[begin-1].kind == nameToken && t[begin].kind == nameToken {
			break
		}
		begin--
	}
	return dotted(t[begin:])
}

// dotted joins names and dots; "" when there is anything else.
func dotted(t []token) string {
	var b strings.Builder
	for _, x := range t {
		if x.kind != nameToken && x.text != "." {
			return ""
		}
		b.WriteString(x.text)
	}
	return b.String()
}

// aliased reads NAME [as NAME].
func aliased(t []token) (name, as string) {
	t = slices.DeleteFunc(slices.Clone(t), func(x token) bool { return x.text == "(" || x.text == ")" })
	at := slices.IndexFunc(t, func(x token) bool { return x.kind == nameToken && x.text == "as" })
	if at > 0 && at+1 < len(t) {
		return dotted(t[:at]), t[at+1].text
	}
	return dotted(t), ""
}

// splitTokens splits at a token outside of brackets, but for those that
// enclose everything.
func splitTokens(t []token, sep string) [][]token {
	if len(t) > 1 && t[0].text == "(" && t[len(t)-1].text == ")" {
		t = t[1 : len(t)-1]
	}
	var parts [][]token
	depth, begin := 0, 0
	for i, x := range t {
		switch x.text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		case sep:
			if depth == 0 {
				parts = append(parts, t[begin:i])
				begin = i + 1
			}
		}
	}
	return append(parts, t[begin:])
}
