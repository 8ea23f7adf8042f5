package golang

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// noteHealth takes a path of a text that by custom tells whether a service is
// well, in a program that has no page at /.
func (p *planner) noteHealth(sources []source, texts []text) {
	var best text
	asked := asks(sources)
	for _, t := range texts {
		if method, rest, ok := strings.Cut(t.text, " "); ok && slices.Contains([]string{"GET", "HEAD"}, method) {
			t.text = rest
		}
		switch {
		case t.text == "/" || t.text == "/{$}" || strings.HasPrefix(t.text, "/*") || wildcard.MatchString(t.text):
			return
		case !asked[t] && repo.HealthRank(t.text) > repo.HealthRank(best.text):
			best = t
		}
	}
	if best.text == "" || p.Declared.Health != "" || p.custom() {
		return
	}
	p.health = best.text
	p.note(slipway.Evidence{File: best.file, Line: best.line, Found: best.text, Means: "tells whether the service is well", Knob: "health: " + best.text})
}

// wildcard is a path that answers for all.
var wildcard = regexp.MustCompile(`^/(?:\{\w*(?:\.\.\.|:\.\*)\}|:\w*\*)$`)

// asks are the texts of paths that the program asks others at, or answers to
// other methods than GET.
func asks(sources []source) map[text]bool {
	asked := map[text]bool{}
	for _, s := range sources {
		add := func(e ast.Expr) {
			if lit, ok := e.(*ast.BasicLit); ok {
				value, _ := strconv.Unquote(lit.Value) // the parser has read it
				asked[text{value, s.name, s.line(lit)}] = true
			}
		}
		ast.Inspect(s.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BinaryExpr:
				if n.Op == token.ADD {
					add(n.Y)
				}
			case *ast.CallExpr:
				if others(n) {
					for _, arg := range n.Args {
						add(arg)
					}
				}
			}
			return true
		})
	}
	return asked
}

// others tells whether a call asks another service, or takes what is sent.
func others(call *ast.CallExpr) bool {
	called, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	name := called.Sel.Name
	return slices.Contains([]string{"POST", "PUT", "PATCH", "DELETE", "Post", "Put", "Patch", "Delete", "NewRequest", "NewRequestWithContext", "JoinPath"}, name) ||
		(name == "Get" || name == "Head") && len(call.Args) == 1
}
