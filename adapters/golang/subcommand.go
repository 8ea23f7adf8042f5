package golang

import (
	"go/ast"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// commands are the sub-commands of a program, as Cobra, urfave/cli and Kong
// are told them.
type commands struct {
	roots
	names []string         // of those that do something
	at    slipway.Evidence // the first of them
	must  bool             // a command does nothing without one of them
}

// command looks at a value for commands.
func (c *commands) command(s source, named map[string]string, n ast.Node) {
	c.look(n)
	switch n := n.(type) {
	case *ast.CompositeLit:
		if list, ok := n.Type.(*ast.ArrayType); ok {
			for _, item := range n.Elts {
				if lit, ok := item.(*ast.CompositeLit); ok && lit.Type == nil {
					c.literal(s, named, list.Elt, lit)
				}
			}
			return
		}
		c.literal(s, named, n.Type, n)
	case *ast.Field:
		c.field(s, n)
	}
}

// literal notes a value of a type of commands.
func (c *commands) literal(s source, named map[string]string, of ast.Expr, lit *ast.CompositeLit) {
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	made, ok := of.(*ast.SelectorExpr)
	if !ok || made.Sel.Name != "Command" && made.Sel.Name != "App" {
		return
	}
	from := named[nameOf(made.X)]
	if from == "" && nameOf(made.X) == "cli" { // the name of a major version's package is not its path's last part
		from = cliOf(named)
	}
	if from != "github.com/spf13/cobra" && !strings.HasPrefix(from, "github.com/urfave/cli") {
		return
	}
	d := describedBy(lit)
	if !d.runs {
		c.must = true
		return
	}
	c.running = append(c.running, place{c.in, c.assigned[lit]})
	c.unsure = c.unsure || d.above || made.Sel.Name == "App"
	if d.name != "" && !d.wants {
		c.add(s, lit, d.name)
	}
}

// described is what a command's value says of it.
type described struct {
	name  string
	runs  bool // it does something itself
	wants bool // words of its own behind its name
	above bool // others are below it
}

func describedBy(lit *ast.CompositeLit) (d described) {
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		switch nameOf(kv.Key) {
		case "Use", "Name":
			if text, ok := kv.Value.(*ast.BasicLit); ok && text.Kind == token.STRING {
				value, _ := strconv.Unquote(text.Value) // the parser has read it
				name, words, _ := strings.Cut(value, " ")
				d.name, d.wants = name, d.wants || words != "" && words[0] != '['
			}
		case "Args":
			if call, ok := kv.Value.(*ast.CallExpr); ok {
				d.wants = d.wants || slices.Contains([]string{"ExactArgs", "MinimumNArgs"}, calledName(call))
			}
		case "Run", "RunE", "Action":
			d.runs = true
		case "Commands", "Subcommands":
			d.above = true
		}
	}
	return d
}

// cliOf is urfave/cli among a file's imports.
func cliOf(named map[string]string) string {
	for _, imported := range named {
		if strings.HasPrefix(imported, "github.com/urfave/cli") {
			return imported
		}
	}
	return ""
}

// field notes a command of Kong: a field of a struct, with a tag.
func (c *commands) field(s source, f *ast.Field) {
	if f.Tag == nil || len(f.Names) == 0 {
		return
	}
	text, _ := strconv.Unquote(f.Tag.Value) // the parser has read it
	tag := reflect.StructTag(text)
	if _, ok := tag.Lookup("cmd"); !ok {
		return
	}
	if _, ok := tag.Lookup("default"); !ok { // else Kong takes it by itself
		c.must = true
		c.add(s, f, strings.Join(wordsOf(f.Names[0].Name), "-"))
	}
}

func (c *commands) add(s source, n ast.Node, name string) {
	if !slices.Contains(c.names, name) {
		c.names = append(c.names, name)
	}
	keep(&c.at, slipway.Evidence{File: s.name, Line: s.line(n), Found: "sub-commands"})
}

// serving starts a program that has sub-commands with the one that serves.
func (p *planner) serving(plan slipway.Plan) slipway.Plan {
	c := p.signs.commands
	name := repo.ServingCommand(c.names)
	if name == "" || !c.must || c.rootRuns() || plan.Kind != slipway.KindWeb || p.custom() || p.starts(p.main.dir) || p.Declared.Commands.Start.Given() {
		return plan
	}
	plan.Start = append(plan.Start, name)
	e := c.at
	e.Found, e.Means, e.Knob = "sub-commands: "+strings.Join(c.names, ", "), "started as "+p.name()+" "+name+", which serves", "commands: {start: …}"
	plan.Evidence = append(plan.Evidence, e)
	return plan
}
