package golang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
)

// Most of the sources that are looked at for texts, in files: a plan takes
// 100 ms.
const maxSources = 1000

// text is one in quotes, and where it stands.
type text struct {
	text string
	file string
	line int
}

// texts are those of the program's packages, without import paths and tags
// of fields. A file that is broken gives what comes before that.
func (p *planner) texts() []text {
	var all []text
	count := 0
	for _, k := range p.packages {
		for _, file := range slices.Concat(k.GoFiles, k.CgoFiles) {
			if count++; count > maxSources {
				return all
			}
			all = append(all, p.textsOf(path.Join(k.dir, file))...)
		}
	}
	return all
}

func (p *planner) textsOf(name string) []text {
	data, err := p.readGo(name)
	if err != nil {
		return nil
	}
	var all []text
	files := token.NewFileSet()
	parsed, _ := parser.ParseFile(files, "", data, parser.SkipObjectResolution) // the compiler says what is wrong
	if parsed == nil {
		return nil
	}
	for _, decl := range parsed.Decls {
		ast.Inspect(decl, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec, *ast.StructType:
				return false
			case *ast.BasicLit:
				if value, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && value != "" {
					all = append(all, text{value, name, files.Position(n.Pos()).Line})
				}
			}
			return true
		})
	}
	return all
}
