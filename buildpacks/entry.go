package buildpacks

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// placeholder stands for the language's version in an image name.
const placeholder = "{version}"

// distribution is the value of an entry's key patch where Debian's packages
// have the language: the versions are then MAJOR or MAJOR.MINOR, and what the
// images have is that with Debian's fixes.
const distribution = "distribution"

// lineMajor is the value of an entry's key line where releases are kept by
// their major version, as Node.js': 20.11.1 is an earlier one of 20.20.2.
const lineMajor = "major"

// entry is one stack of the catalogue in all its versions and bases.
type entry struct {
	Profile  string              `yaml:"profile"`
	Language slipway.Language    `yaml:"language"`
	Default  string              `yaml:"default"`
	Versions []string            `yaml:"versions"`
	Patches  bool                `yaml:"patches"`
	Line     string              `yaml:"line"`
	Patch    string              `yaml:"patch"`
	Make     bool                `yaml:"make"`
	Build    string              `yaml:"build"`
	Run      map[string]runImage `yaml:"run"`
	Init     string              `yaml:"init"`
	Seeds    []string            `yaml:"seeds"`
	Budget   int64               `yaml:"budget"`
}

func (e entry) validate() error {
	switch {
	case e.Profile == "" || e.Language == "":
		return errors.New("profile or language is missing")
	case len(e.Versions) > 0 && strings.Count(e.Build, placeholder) != 1:
		return fmt.Errorf("build %q must have %s once", e.Build, placeholder)
	case len(e.Versions) == 0 && (e.Build == "" || strings.Contains(e.Build, placeholder)):
		return errors.New("versions is empty")
	case e.Budget <= 0:
		return errors.New("budget must be above 0")
	case e.Patch != "" && e.Patch != distribution:
		return fmt.Errorf("patch %q must be %s, or not be there", e.Patch, distribution)
	case e.Patch != "" && (e.Make || e.Patches):
		return fmt.Errorf("patch: %s goes with neither make nor patches", e.Patch)
	}
	return errors.Join(e.validateRun(), e.validateVersions())
}

func (e entry) validateRun() error {
	if len(e.Run) == 0 {
		return errors.New("run has no image")
	}
	for base, image := range e.Run {
		if base == "" || image.Image == "" {
			return fmt.Errorf("run: %q: %q is no image", base, image.Image)
		}
		if init := cmp.Or(image.Init, e.Init); init != "" && !strings.HasPrefix(init, "/") {
			return fmt.Errorf("run: %q: init %q must be an absolute path", base, init)
		}
	}
	return nil
}

func (e entry) validateVersions() error {
	for _, v := range e.Versions {
		n, ok := parseNumber(v)
		if e.Patch == distribution && (!ok || len(n) > 2) {
			return fmt.Errorf("version %q must be MAJOR or MAJOR.MINOR: the patches are Debian's", v)
		}
		if e.Patch == "" && (!ok || len(n) != 3) {
			return fmt.Errorf("version %q must be MAJOR.MINOR.PATCH", v)
		}
	}
	if e.Line != "" && (e.Line != lineMajor || !e.Patches) {
		return fmt.Errorf("line %q must be %s, beside patches", e.Line, lineMajor)
	}
	if e.Default != "" && !e.has(e.Default) {
		return fmt.Errorf("default %q is not among the versions", e.Default)
	}
	return nil
}

// has tells whether the build image of an exact version exists: it is listed,
// or it is an earlier one of a listed line and the entry has those.
func (e entry) has(version string) bool {
	if slices.Contains(e.Versions, version) {
		return true
	}
	want, ok := parseNumber(version)
	if !ok || len(want) != 3 || !e.Patches {
		return false
	}
	same := 2
	if e.Line == lineMajor {
		same = 1
	}
	return slices.ContainsFunc(e.Versions, func(v string) bool {
		n, _ := parseNumber(v)
		return n.within(want[:same]) && want.compare(n) <= 0
	})
}

// newestFirst gives the listed versions; one, "", where the stack has none.
func (e entry) newestFirst() []string {
	if len(e.Versions) == 0 {
		return []string{""}
	}
	return slices.SortedFunc(slices.Values(e.Versions), newerFirst)
}

func newerFirst(a, b string) int {
	x, _ := parseNumber(a)
	y, _ := parseNumber(b)
	return y.compare(x)
}

func (e entry) bases() []string { return slices.Sorted(maps.Keys(e.Run)) }

// stack gives the stack of an exact version on a base that the entry has.
func (e entry) stack(version, base string) slipway.Stack {
	run := e.Run[base]
	name := string(e.Language)
	if version != "" {
		name += "-" + version
	}
	return slipway.Stack{
		Name:    name,
		Profile: e.Profile,
		Version: version,
		Build:   slipway.StackImage{Name: fill(e.Build, version, "")},
		Run:     slipway.StackImage{Name: fill(run.Image, version, "")},
		Init:    cmp.Or(run.Init, e.Init),
		Seeds:   e.Seeds,
		Budget:  e.Budget,
	}
}

// versionOf gives the version that a build image of this entry has by its
// name, false when it is not one.
func (e entry) versionOf(image string) (string, bool) {
	before, after, _ := strings.Cut(e.Build, placeholder)
	v, ok := strings.CutPrefix(image, before)
	if !ok {
		return "", false
	}
	v, ok = strings.CutSuffix(v, after)
	n, numeric := parseNumber(v)
	return v, ok && numeric && len(n) == 3
}
