package rust

import (
	"errors"

	"github.com/pelletier/go-toml/v2"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Files that Cargo reads.
const (
	cargoFile = "Cargo.toml"
	lockFile  = "Cargo.lock"
	mainFile  = "src/main.rs"
	libFile   = "src/lib.rs"
)

// cargoToml is what a plan needs of a Cargo.toml. Fields that a workspace can
// hand down ("version.workspace = true") are any.
type cargoToml struct {
	Package   *packageTable   `toml:"package"`
	Project   *packageTable   `toml:"project"` // its name in old times
	Workspace *workspaceTable `toml:"workspace"`
	Lib       *target         `toml:"lib"`
	Bin       []target        `toml:"bin"`
	Test      []target        `toml:"test"`
	Bench     []target        `toml:"bench"`
	Example   []target        `toml:"example"`
	dependencyTables
	Target   map[string]dependencyTables `toml:"target"`
	Patch    map[string]map[string]any   `toml:"patch"`
	Replace  map[string]any              `toml:"replace"`
	Features map[string][]string         `toml:"features"`
	Profile  map[string]map[string]any   `toml:"profile"`
}

type packageTable struct {
	Name        string `toml:"name"`
	Edition     any    `toml:"edition"`
	RustVersion any    `toml:"rust-version"`
	Build       any    `toml:"build"` // a path, or false
	DefaultRun  string `toml:"default-run"`
	AutoBins    *bool  `toml:"autobins"`
	Workspace   string `toml:"workspace"`

	Metadata map[string]any `toml:"metadata"`
}

type workspaceTable struct {
	Members        []string       `toml:"members"`
	Exclude        []string       `toml:"exclude"`
	DefaultMembers []string       `toml:"default-members"`
	Package        map[string]any `toml:"package"`
	Dependencies   map[string]any `toml:"dependencies"`
	Metadata       map[string]any `toml:"metadata"`
}

type target struct {
	Name     string   `toml:"name"`
	Path     string   `toml:"path"`
	Required []string `toml:"required-features"`
}

type dependencyTables struct {
	Dependencies      map[string]any `toml:"dependencies"`
	DevDependencies   map[string]any `toml:"dev-dependencies"`
	DevOld            map[string]any `toml:"dev_dependencies"`
	BuildDependencies map[string]any `toml:"build-dependencies"`
	BuildOld          map[string]any `toml:"build_dependencies"`
}

// parseCargo reads a Cargo.toml. The error names the file and the line.
func parseCargo(name string, data []byte) (*cargoToml, error) {
	file := &cargoToml{}
	if err := toml.Unmarshal(data, file); err != nil {
		return nil, brokenToml(name, err)
	}
	if file.Package == nil {
		file.Package = file.Project
	}
	return file, nil
}

// brokenToml says what is wrong with a file, and where.
func brokenToml(name string, err error) error {
	e := slipway.Errorf(slipway.CodeInvalid, "%s cannot be read", repo.Show(name)).WithClass(slipway.ClassCode).Because(err)
	if at, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, _ := at.Position()
		return slipway.Errorf(slipway.CodeInvalid, "%s is not what Cargo reads", repo.Place(name, line)).
			WithHint("`cargo metadata` says what is wrong with it").WithDetails(at.Error()).WithClass(slipway.ClassCode)
	}
	return e
}

// tables are all tables of dependencies, of every platform: Cargo reads the
// manifests of them all.
func (c *cargoToml) tables(dev bool) []map[string]any {
	all := []dependencyTables{c.dependencyTables}
	for _, t := range c.Target {
		all = append(all, t)
	}
	var tables []map[string]any
	for _, t := range all {
		tables = append(tables, t.Dependencies, t.BuildDependencies, t.BuildOld)
		if dev {
			tables = append(tables, t.DevDependencies, t.DevOld)
		}
	}
	return tables
}

// dependency is one entry of a table of dependencies.
type dependency struct {
	name      string // the crate's own
	path      string // "" unless it is in the tree
	inherited bool   // the workspace says where it comes from
	optional  bool
}

func readDependency(key string, value any) dependency {
	d := dependency{name: key}
	table, ok := value.(map[string]any)
	if !ok {
		return d
	}
	if name, ok := table["package"].(string); ok {
		d.name = name
	}
	d.path, _ = table["path"].(string)
	d.inherited, _ = table["workspace"].(bool)
	d.optional, _ = table["optional"].(bool)
	return d
}
