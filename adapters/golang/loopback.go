package golang

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// listening looks at a call, or at the fields of an http.Server, for the
// address that it is given.
func (g *signs) listening(s source, n ast.Node) {
	switch n := n.(type) {
	case *ast.CallExpr:
		called, ok := n.Fun.(*ast.SelectorExpr)
		if !ok || !slices.Contains([]string{"ListenAndServe", "ListenAndServeTLS", "Listen", "ListenTLS", "Run", "RunTLS", "Start", "StartTLS"}, called.Sel.Name) {
			return
		}
		if at := where(called, len(n.Args)); at < len(n.Args) {
			g.address(s, n.Args[at], called.Sel.Name[0] == 'L')
		}
	case *ast.CompositeLit:
		if made, ok := n.Type.(*ast.SelectorExpr); !ok || made.Sel.Name != "Server" {
			return
		}
		for _, field := range n.Elts {
			if kv, ok := field.(*ast.KeyValueExpr); ok && nameOf(kv.Key) == "Addr" {
				g.address(s, kv.Value, true)
			}
		}
	}
}

// where a call has the address: first, or after what net is told before it.
func where(called *ast.SelectorExpr, args int) int {
	switch from := nameOf(called.X); {
	case called.Sel.Name != "Listen":
		return 0
	case args > 2: // a net.ListenConfig's
		return 2
	case from == "net" || from == "tls":
		return 1
	}
	return 0
}

func nameOf(e ast.Expr) string {
	if name, ok := e.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

// address notes whether what is listened on is the loopback. An address that
// is not written there may be any; that counts where the call can only be one
// to listen.
func (g *signs) address(s source, arg ast.Expr, surely bool) {
	own, said := false, false
	ast.Inspect(arg, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true
		}
		value, err := strconv.Unquote(lit.Value)
		if err != nil || value == "tcp" || value == "tcp4" {
			return true
		}
		said = true
		if repo.IsLoopback(value) {
			own = true
			keep(&g.loopback, slipway.Evidence{File: s.name, Line: s.line(lit), Found: value})
		}
		return true
	})
	_, plain := arg.(*ast.BasicLit)
	g.reaches(arg)
	g.outside = g.outside || !own && said
	g.elsewhere = g.elsewhere || !own && !said && surely && !plain
}

// reaches notes an address that has no host of its own, and whether its port
// stands elsewhere.
func (g *signs) reaches(address ast.Expr) {
	if begin := begins(address); strings.HasPrefix(begin, ":") || strings.HasPrefix(begin, "0.0.0.0:") {
		g.everywhere = true
		g.open = g.open || !fixedPort.MatchString(begin) && !repo.Aside(namesIn(address), "")
	}
}

// begins is the text that an address begins with, "" where none is written
// there.
func begins(address ast.Expr) string {
	switch e := address.(type) {
	case *ast.BasicLit:
		value, err := strconv.Unquote(e.Value)
		if err == nil && e.Kind == token.STRING {
			return value
		}
	case *ast.BinaryExpr:
		return begins(e.X)
	case *ast.CallExpr:
		if called, ok := e.Fun.(*ast.SelectorExpr); ok && called.Sel.Name == "Sprintf" && len(e.Args) > 0 {
			return begins(e.Args[0])
		}
	}
	return ""
}

// namesIn are the names and texts of an expression.
func namesIn(e ast.Expr) string {
	var names []string
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			names = append(names, n.Name)
		case *ast.BasicLit:
			names = append(names, n.Value)
		}
		return true
	})
	return strings.Join(names, " ")
}

// noteLoopback warns of a server that nothing outside reaches: all that it is
// told, or the only address that it may be told, is the machine's own.
func (p *planner) noteLoopback(texts []text) {
	e := p.signs.loopback
	if p.signs.elsewhere && e.Found == "" && !p.readsPort() {
		if all := fixed(texts); len(all) > 0 && repo.IsLoopback(all[0].text) {
			e = slipway.Evidence{File: all[0].file, Line: all[0].line, Found: all[0].text}
			p.note(repo.Loopback(e))
			return
		}
	}
	if e.Found != "" && !p.signs.outside && !p.signs.elsewhere {
		p.note(repo.Loopback(e))
	}
}
