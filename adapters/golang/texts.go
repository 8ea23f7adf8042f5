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

// source is a file of the program, parsed.
type source struct {
	*ast.File
	name  string
	files *token.FileSet
}

func (s source) line(n ast.Node) int { return s.files.Position(n.Pos()).Line }

// parsed are the sources of the program's packages, at most maxSources, and
// whether these are all of them. Of a file that is broken it is what comes
// before that.
func (p *planner) parsed() (all []source, whole bool) {
	whole = true
	for _, k := range p.packages {
		for _, file := range slices.Concat(k.GoFiles, k.CgoFiles) {
			if len(all) == maxSources {
				return all, false
			}
			name := path.Join(k.dir, file)
			data, err := p.readGo(name)
			if err != nil {
				whole = false
				continue
			}
			files := token.NewFileSet()
			parsed, err := parser.ParseFile(files, "", data, parser.SkipObjectResolution)
			whole = whole && err == nil // the compiler says what is wrong
			if parsed != nil {
				all = append(all, source{parsed, name, files})
			}
		}
	}
	return all, whole
}

// texts are those of the sources, without import paths and tags of fields.
func texts(sources []source) []text {
	var all []text
	for _, s := range sources {
		for _, decl := range s.Decls {
			ast.Inspect(decl, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.ImportSpec, *ast.StructType:
					return false
				case *ast.BasicLit:
					if value, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && value != "" {
						all = append(all, text{value, s.name, s.line(n)})
					}
				}
				return true
			})
		}
	}
	return all
}
