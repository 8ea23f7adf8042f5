package golang

import (
	"go/ast"
	"go/token"
	"slices"
)

// roots tell which command of Cobra or urfave/cli is the one that the others
// are below: it is executed. One that does something itself needs no word.
type roots struct {
	in       string    // function that is looked at, "" outside of one
	end      token.Pos // of that
	assigned map[*ast.CompositeLit]string
	made     map[place]string // variables that a function's result is put into
	running  []place          // of commands that do something
	executed []place
	unsure   bool // what a command does is said elsewhere, or by one that has others below it
}

// place is a variable of a function, or of the package.
type place struct{ in, name string }

// look notes what a node says of commands.
func (r *roots) look(n ast.Node) {
	switch n := n.(type) {
	case *ast.File:
		r.in, r.end = "", token.NoPos
	case *ast.FuncDecl:
		r.in, r.end = n.Name.Name, n.End()
	case *ast.GenDecl:
		if n.Pos() >= r.end {
			r.in = ""
		}
	case *ast.ValueSpec:
		for i, value := range n.Values[:min(len(n.Values), len(n.Names))] {
			r.assign(n.Names[i].Name, value)
		}
	case *ast.AssignStmt:
		r.assigns(n)
	case *ast.CallExpr:
		if called, ok := n.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"Execute", "ExecuteC", "ExecuteContext", "ExecuteContextC"}, called.Sel.Name) {
			r.executed = append(r.executed, place{r.in, calledName(called.X)})
		}
	}
}

func (r *roots) assigns(n *ast.AssignStmt) {
	for i, to := range n.Lhs {
		if field, ok := to.(*ast.SelectorExpr); ok && slices.Contains([]string{"Run", "RunE", "Action"}, field.Sel.Name) {
			r.unsure = true
		}
		if i < len(n.Rhs) {
			r.assign(nameOf(to), n.Rhs[i])
		}
	}
}

func (r *roots) assign(name string, value ast.Expr) {
	if r.assigned == nil {
		r.assigned, r.made = map[*ast.CompositeLit]string{}, map[place]string{}
	}
	if address, ok := value.(*ast.UnaryExpr); ok {
		value = address.X
	}
	switch value := value.(type) {
	case *ast.CompositeLit:
		r.assigned[value] = name
	case *ast.CallExpr:
		r.made[place{r.in, name}] = calledName(value)
	}
}

// calledName is a variable's name, or the function's whose result is used.
func calledName(e ast.Expr) string {
	if call, ok := e.(*ast.CallExpr); ok {
		e = call.Fun
	}
	if selected, ok := e.(*ast.SelectorExpr); ok {
		return selected.Sel.Name
	}
	return nameOf(e)
}

// rootRuns tells whether the program does something without a sub-command.
func (r *roots) rootRuns() bool {
	return r.unsure || slices.ContainsFunc(r.executed, func(x place) bool {
		made := r.made[x]
		return slices.ContainsFunc(r.running, func(c place) bool {
			return c == x || c == place{"", x.name} || c.in != "" && (c.in == x.name || c.in == made)
		})
	})
}
