package golang

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"

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
		if at := where(called.Sel.Name); at < len(n.Args) {
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

// where a call has the address: after the network, or first.
func where(called string) int {
	if called == "Listen" {
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
	g.outside = g.outside || !own && (said || surely && !plain)
}

// noteLoopback warns of a server that nothing outside reaches.
func (p *planner) noteLoopback() {
	if e := p.signs.loopback; e.Found != "" && !p.signs.outside {
		p.note(repo.Loopback(e))
	}
}
