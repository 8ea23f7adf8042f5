package rust

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/mod/semver"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// dated is the name of a toolchain of one day.
var dated = regexp.MustCompile(`^(stable|[0-9.]+)-[0-9]{4}-[0-9]{2}-[0-9]{2}`)

var number = regexp.MustCompile(`^[0-9]+(\.[0-9]+){1,2}$`)

// said is a version of Rust and where it stands.
type said struct {
	version string
	file    string
	line    int // 0: the file as a whole
	found   string
}

func (s said) from() string {
	if s.line == 0 {
		return s.file
	}
	return repo.At(s.file, s.line)
}

func (s said) where() string {
	if s.line == 0 {
		return repo.Quote(s.file)
	}
	return repo.Place(s.file, s.line)
}

// findVersion decides which Rust the repository wants: slipway.yaml or a
// toolchain file names one; rust-version and the edition say what is the
// least that will do.
func (p *planner) findVersion() error {
	least := p.least()
	wish, err := p.wish()
	if err != nil {
		return err
	}
	switch {
	case wish.version != "" && least.version != "" && older(wish.version, least.version):
		return slipway.Errorf(slipway.CodeInvalid, "%s asks for Rust %s, but %s needs at least %s", wish.where(), wish.version, least.where(), least.version).
			WithHint("raise the one or lower the other").
			WithDetails(wish.where()+": "+wish.found, least.where()+": "+least.found).WithClass(slipway.ClassCode)
	case wish.version != "":
		p.version = slipway.Version{Value: wish.version, Want: wish.version, From: wish.from()}
		p.note(slipway.Evidence{File: wish.file, Line: wish.line, Found: wish.found, Means: "built with Rust " + wish.version, Knob: `version: "1.85"`})
	case least.version != "":
		p.version = slipway.Version{Value: least.version, Want: ">=" + least.version, From: least.from()}
		p.note(slipway.Evidence{File: least.file, Line: least.line, Found: least.found, Means: "built with Rust " + least.version + " or newer", Knob: `version: "1.85"`})
	default:
		p.version = slipway.Version{From: "default"}
		p.note(slipway.Evidence{File: path.Join(p.Dir, cargoFile), Found: "no rust-version", Means: "built with the default Rust", Knob: `version: "1.85"`})
	}
	return nil
}

// least is the highest rust-version of the packages, or what an edition
// needs.
func (p *planner) least() said {
	var highest said
	take := func(s said) {
		if number.MatchString(s.version) && (highest.version == "" || older(highest.version, s.version)) {
			highest = s
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(p.workspace.packages)) {
		k := p.workspace.packages[dir]
		if v := p.inherit(k.file.Package.RustVersion, "rust-version", ""); v != "" {
			take(p.saidIn(k, "rust-version", v, v))
		}
		edition := p.edition(k)
		if v := map[string]string{"2018": "1.31", "2021": "1.56", "2024": "1.85"}[edition]; v != "" {
			take(p.saidIn(k, "edition", edition, v))
		}
	}
	return highest
}

// saidIn tells where a package's field stands that gives a version.
func (p *planner) saidIn(k *pkg, key, value, version string) said {
	file, data, table := k.manifest(), k.data, "package"
	inherited := k.file.Package.RustVersion
	if key == "edition" {
		inherited = k.file.Package.Edition
	}
	if _, own := inherited.(string); !own {
		file, data, table = path.Join(p.workspace.root, cargoFile), p.workspace.data, "workspace.package"
	}
	return said{version, file, lineOf(data, table, key), key + " = " + value}
}

// older tells whether a is an older version than b, in the parts that both
// have: "1.85" is not older than "1.85.1".
func older(a, b string) bool {
	return semver.Compare("v"+a, "v"+b) < 0 && !strings.HasPrefix(b, a+".")
}

// wish is the version that somebody wrote down, zero when nobody did.
func (p *planner) wish() (said, error) {
	if v := p.Declared.Version; v != "" {
		return said{v, manifest.Name, p.Declared.Line("version"), "version: " + v}, nil
	}
	for dir := p.Dir; ; dir = path.Dir(dir) {
		for _, name := range []string{"rust-toolchain.toml", "rust-toolchain"} {
			s, ok, err := p.toolchainFile(path.Join(dir, name))
			if ok || err != nil {
				return s, err
			}
		}
		if dir == "." {
			break
		}
	}
	v, e, ok, err := repo.ToolVersion(p.Service, "rust")
	if !ok || err != nil {
		return said{}, err
	}
	s, _, err := p.channel(said{v, e.File, e.Line, e.Found})
	return s, err
}

// toolchainFile reads rustup's file, of either form.
func (p *planner) toolchainFile(name string) (said, bool, error) {
	data, ok, err := repo.Read(p.Tree, name)
	if err != nil || !ok {
		return said{}, false, err
	}
	s := said{version: strings.TrimSpace(string(data)), file: name, line: 1}
	if strings.Contains(s.version, "[") || strings.Contains(s.version, "=") {
		var file struct {
			Toolchain struct {
				Channel string `toml:"channel"`
			} `toml:"toolchain"`
		}
		if err := toml.Unmarshal(data, &file); err != nil {
			return said{}, false, brokenToml(name, err)
		}
		s.version, s.line = file.Toolchain.Channel, lineOf(data, "toolchain", "channel")
	}
	s.found = "channel " + s.version
	return p.channel(s)
}

// channel reads the name of a toolchain: VERSION, stable, beta, nightly, with
// a date and a host perhaps (rustup's documentation, "Toolchains").
func (p *planner) channel(s said) (said, bool, error) {
	name := strings.TrimSuffix(strings.TrimSuffix(s.version, "-"+gnu), "-x86_64")
	switch {
	case dated.MatchString(name):
		return said{}, false, slipway.Errorf(slipway.CodeInvalid, "%s asks for Rust as it was on a day, %.40s", s.where(), name).
			WithHint("write the number of the release, for example 1.85.0").WithClass(slipway.ClassCode)
	case number.MatchString(name):
		s.version = name
		return s, true, nil
	case name == "" || name == "stable" || strings.HasPrefix(name, "stable-"):
		p.note(slipway.Evidence{File: s.file, Line: s.line, Found: s.found, Means: "no particular version of Rust"})
		return said{}, true, nil
	case strings.HasPrefix(name, "nightly"), strings.HasPrefix(name, "beta"):
		return said{}, false, slipway.Errorf(slipway.CodeInvalid, "%s asks for the %.40s toolchain, which no stack has", s.where(), name).
			WithHint("build with a release: set channel = \"stable\", or `version: \"1.96\"` in slipway.yaml if the program does without nightly features").WithClass(slipway.ClassCode)
	}
	return said{}, false, slipway.Errorf(slipway.CodeInvalid, "%s: %.60q is not a version of Rust", s.where(), name).
		WithHint("write for example 1.85.0, or stable").WithClass(slipway.ClassCode)
}
