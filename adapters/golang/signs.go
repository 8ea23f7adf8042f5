package golang

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
)

// signs are what the program's sources show of how it lives. Of each the
// first that is met stays.
type signs struct {
	commands
	http     slipway.Evidence // something that answers HTTP
	grpc     slipway.Evidence // a server of gRPC
	listens  slipway.Evidence // something that listens, for gRPC or whatever it speaks
	waits    slipway.Evidence // something that does not end by itself
	word     slipway.Evidence // a name that speaks of serving
	loopback slipway.Evidence // an address of the machine's own that is listened on
	outside  bool             // another address is listened on, too
	// everywhere tells that what is listened on begins with no host, and open
	// that its port stands elsewhere.
	everywhere, open bool
	elsewhere        bool             // an address is listened on that stands elsewhere
	rounds           slipway.Evidence // a loop that goes round by a clock until somebody ends it
	signalled        bool             // the program waits for a signal
	foreign          string           // a package of which nobody here knows whether it serves; of one whose name says so rather
	lines            int              // of the sources
	tells            bool             // the program says something itself
	partly           bool             // not every source was read
}

func keep(at *slipway.Evidence, e slipway.Evidence) {
	if at.Found == "" {
		*at = e
	}
}

// readSigns reads them off the sources.
func (p *planner) readSigns(sources []source) {
	p.readImports(&p.signs)
	for _, s := range sources {
		named := importsOf(s)
		p.signs.lines += s.files.File(s.File.FileStart).LineCount()
		ast.Inspect(s.File, func(n ast.Node) bool {
			p.signs.node(s, named, n)
			p.signs.listening(s, n)
			p.signs.command(s, named, n)
			return true
		})
	}
}

// importsOf are a file's imports by the names that it has for them.
func importsOf(s source) map[string]string {
	named := map[string]string{}
	for _, i := range s.Imports {
		imported, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			continue
		}
		name := path.Base(imported)
		if i.Name != nil {
			name = i.Name.Name
		}
		named[name] = imported
	}
	return named
}

func (g *signs) node(s source, named map[string]string, n ast.Node) {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		e := slipway.Evidence{File: s.name, Line: s.line(n.Sel), Found: n.Sel.Name} // a long chain is asked for its begin at each call
		if x, ok := n.X.(*ast.Ident); ok {
			e.Found = x.Name + "." + n.Sel.Name
			g.call(named[x.Name], n.Sel.Name, e)
		}
		if strings.HasPrefix(n.Sel.Name, "ListenAndServe") && !g.otherProtocol(s, named, n) {
			keep(&g.http, e)
		}
	case *ast.FuncDecl:
		if n.Name.Name == "ServeHTTP" {
			keep(&g.http, slipway.Evidence{File: s.name, Line: s.line(n), Found: "a method ServeHTTP"})
		}
	case *ast.Ident:
		if g.word.Found == "" && speaksOfServing(n.Name) {
			g.word = slipway.Evidence{File: s.name, Line: s.line(n), Found: "the name " + n.Name}
		}
	default:
		g.rest(s, n)
	}
}

// rest notes what does not end by itself.
func (g *signs) rest(s source, n ast.Node) {
	e := slipway.Evidence{File: s.name}
	switch n := n.(type) {
	case *ast.SelectStmt:
		if len(n.Body.List) == 0 {
			e.Line, e.Found = s.line(n), "select {}"
			keep(&g.waits, e)
		}
	case *ast.ForStmt:
		e.Line = s.line(n)
		if endless(n) {
			e.Found = "a loop without an end"
			keep(&g.waits, e)
		} else if n.Cond == nil && ticks(n.Body) {
			e.Found = "a loop until it is told to stop"
			keep(&g.rounds, e)
		}
	case *ast.RangeStmt:
		if ofClock(n.X) {
			e.Line, e.Found = s.line(n), "a loop over the ticks of a clock"
			keep(&g.waits, e)
		}
	}
}

// otherProtocol tells whether what listens answers something else than HTTP,
// and keeps that.
func (g *signs) otherProtocol(s source, named map[string]string, n *ast.SelectorExpr) bool {
	x, ok := n.X.(*ast.Ident)
	if !ok || !ofAny(named[x.Name], []string{"github.com/miekg/dns", "github.com/gliderlabs/ssh", "github.com/charmbracelet/ssh", "github.com/emersion/go-smtp", "github.com/tidwall/redcon"}) {
		return false
	}
	keep(&g.waits, slipway.Evidence{File: s.name, Line: s.line(n), Found: x.Name + "." + n.Sel.Name + ", which is no server of HTTP"})
	return true
}

// call looks at a name of an imported package.
func (g *signs) call(imported, name string, e slipway.Evidence) {
	serving := map[string][]string{
		"net/http":          {"Server", "Serve", "ServeTLS", "Handle", "HandleFunc", "Handler", "HandlerFunc", "ResponseWriter", "ServeMux", "NewServeMux", "FileServer"},
		"net/rpc":           {"HandleHTTP"},
		"net/http/fcgi":     {"Serve"},
		"net/http/cgi":      {"Serve"},
		"net/http/httputil": {"ReverseProxy", "NewSingleHostReverseProxy"},
	}
	listening := map[string][]string{
		"net":        {"Listen", "ListenTCP", "ListenConfig", "Listener", "TCPListener", "FileListener"},
		"crypto/tls": {"Listen", "NewListener"},
	}
	switch {
	case slices.Contains(serving[imported], name):
		keep(&g.http, e)
	case slices.Contains(listening[imported], name):
		keep(&g.listens, e)
	case imported == "net" && (name == "ListenPacket" || name == "ListenUDP" || name == "ListenMulticastUDP"):
		e.Found += ", which is no server of HTTP"
		keep(&g.waits, e)
	case imported == "go.uber.org/fx" && name == "New":
		e.Found += ", which goes on until it is told to stop"
		keep(&g.word, e)
	case imported == "os/signal" && strings.HasPrefix(name, "Notify"):
		g.signalled = true
	case imported == "google.golang.org/grpc" && name == "NewServer":
		keep(&g.grpc, e)
	}
}

// speaksOfServing tells whether a name has a word that servers are written
// with.
func speaksOfServing(name string) bool {
	for _, word := range wordsOf(name) {
		if slices.Contains([]string{"serve", "server", "listen", "listener", "router", "routes", "mux", "endpoint", "endpoints", "middleware", "port"}, word) {
			return true
		}
	}
	return false
}

// wordsOf takes a name apart where its capitals are.
func wordsOf(name string) []string {
	var words []string
	begin := 0
	for i := 1; i <= len(name); i++ {
		upper := i < len(name) && isUpper(name[i]) && (!isUpper(name[i-1]) || i+1 < len(name) && !isUpper(name[i+1]))
		if i == len(name) || name[i] == '_' || upper {
			words = append(words, strings.ToLower(strings.Trim(name[begin:i], "_")))
			begin = i
		}
	}
	return words
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

// endless tells whether a loop never ends by itself: it has no condition, and
// nothing in it leaves it.
func endless(loop *ast.ForStmt) bool {
	if loop.Cond != nil {
		return false
	}
	left := false
	var inspect func(n ast.Node, own bool)
	inspect = func(n ast.Node, own bool) {
		ast.Inspect(n, func(c ast.Node) bool {
			switch c := c.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ReturnStmt:
				left = true
			case *ast.BranchStmt:
				name := c.Tok.String()
				left = left || name == "goto" || name == "break" && (own || c.Label != nil)
			case *ast.ForStmt, *ast.RangeStmt, *ast.SelectStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt:
				if c != n && own {
					inspect(c, false)
					return false
				}
			}
			return !left
		})
	}
	inspect(loop.Body, true)
	return !left
}

// ticks tells whether a body waits for a clock's tick.
func ticks(body ast.Node) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		receive, ok := n.(*ast.UnaryExpr)
		found = found || ok && receive.Op == token.ARROW && ofClock(receive.X)
		return !found
	})
	return found
}

// ofClock tells whether a channel is that of a time.Ticker.
func ofClock(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return e.Sel.Name == "C"
	case *ast.CallExpr:
		called, ok := e.Fun.(*ast.SelectorExpr)
		return ok && called.Sel.Name == "Tick" && nameOf(called.X) == "time"
	}
	return false
}
