package python

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// Limits of reading sources: planning shall take a tenth of a second, and
// what starts a service is near the top and small.
const (
	maxModules = 600
	maxDepth   = 5         // directories below the service's
	maxSource  = 256 << 10 // bytes
	maxAll     = 8 << 20   // bytes of all
)

// readSources reads the Python files of the service.
func (p *planner) readSources() error {
	sub, err := fs.Sub(p.Tree, p.Dir)
	if err != nil {
		return err
	}
	level := []string{"."}
	for depth := 0; depth <= maxDepth && len(level) > 0; depth++ {
		var next []string
		for _, dir := range level {
			entries, err := fs.ReadDir(sub, dir)
			if err != nil {
				continue
			}
			for _, e := range entries {
				name := path.Join(dir, e.Name())
				switch {
				case e.IsDir() && !skipped(e.Name()):
					next = append(next, name)
				case e.Type().IsRegular() && isSource(e.Name()) && len(p.modules) < maxModules:
					p.readModule(p.in(name))
				}
			}
		}
		level = next
	}
	return nil
}

func (p *planner) readModule(name string) {
	info, err := fs.Stat(p.Tree, name)
	if err != nil || info.Size() > maxSource || p.bytes+info.Size() > maxAll {
		return
	}
	p.bytes += info.Size()
	if data, ok, err := repo.Read(p.Tree, name); err == nil && ok {
		p.modules[name] = parse(name, data)
	}
}

func isSource(name string) bool {
	return strings.HasSuffix(name, ".py") && !strings.HasPrefix(name, "test_") && !strings.HasSuffix(name, "_test.py") &&
		!slices.Contains([]string{"conftest.py", "setup.py", "noxfile.py", "fabfile.py", "locustfile.py", "rxconfig.py"}, name)
}

// skipped are directories in which nothing starts a service.
func skipped(name string) bool {
	return strings.HasPrefix(name, ".") || slices.Contains([]string{
		"tests", "test", "testing", "docs", "doc", "examples", "example", "migrations", "alembic", "node_modules", "venv", "env", "site-packages",
		"__pycache__", "build", "dist", "static", "templates", "benchmarks", "notebooks", "scripts", "tools", "ci",
	}, name)
}

// files are the names of the modules, those near the top first.
func (p *planner) files() []string {
	names := sortedKeys(p.modules)
	slices.SortStableFunc(names, func(a, b string) int { return strings.Count(a, "/") - strings.Count(b, "/") })
	return names
}

// place of a module: the directory to be in Python's path, and its name there.
type placed struct {
	root string // directory of the tree
	name string // dotted
}

// placeOf finds out how a file is imported. A package begins below the first
// directory upwards that has no __init__.py; but many services leave these
// files out, and import from the service's own directory all the same.
func (p *planner) placeOf(file string) placed {
	root := p.rootOf(file)
	m := p.modules[file]
	dir := path.Dir(file)
	if dir == root {
		return placed{root, dottedPath(root, file)}
	}
	package0 := dir
	for package0 != root && repo.IsFile(p.Tree, path.Join(package0, "__init__.py")) {
		package0 = path.Dir(package0)
	}
	if package0 == root || m.relative || p.importsFrom(m, root) || !p.importsFrom(m, package0) {
		return placed{root, dottedPath(root, file)}
	}
	return placed{package0, dottedPath(package0, file)}
}

// rootOf is the deepest root of the service's packages that has the file.
func (p *planner) rootOf(file string) string {
	best := p.Dir
	for _, q := range p.parties {
		for _, root := range q.roots {
			if strings.HasPrefix(file, root+"/") && len(root) > len(best) {
				best = root
			}
		}
	}
	return best
}

// importsFrom tells whether a file imports something that lies in a directory.
func (p *planner) importsFrom(m *module, dir string) bool {
	return slices.ContainsFunc(m.imported, func(name string) bool {
		return repo.IsFile(p.Tree, path.Join(dir, name+".py")) || repo.IsDir(p.Tree, path.Join(dir, name))
	})
}

func dottedPath(root, file string) string {
	name := strings.TrimSuffix(file, ".py")
	if root != "." {
		name = strings.TrimPrefix(name, root+"/")
	}
	name = strings.TrimSuffix(name, "/__init__")
	return strings.ReplaceAll(name, "/", ".")
}
