// Package dockerfile plans services that say themselves how they are built.
package dockerfile

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Adapter plans Dockerfiles. It is stateless.
type Adapter struct{}

// Language is dockerfile.
func (Adapter) Language() slipway.Language { return slipway.LanguageDockerfile }

// Looks names what Detect looks for, in the service's directory.
func (Adapter) Looks() []string { return []string{"Dockerfile", "Containerfile", "docker/Dockerfile"} }

// Detect finds the file, or the one that somebody named.
func (a Adapter) Detect(s repo.Service) []slipway.Evidence {
	if name := named(s); name != "" && s.Declared.Language == slipway.LanguageDockerfile {
		return []slipway.Evidence{{File: name, Found: "the file that was named", Means: "built as it says itself"}}
	}
	for _, name := range a.Looks() {
		if file := path.Join(s.Dir, name); repo.IsFile(s.Tree, file) {
			return []slipway.Evidence{{File: file, Found: path.Base(name), Means: "built as it says itself"}}
		}
	}
	return nil
}

// named is the file that somebody chose, "" when nobody did.
func named(s repo.Service) string {
	if name := cmp.Or(s.Main, s.Declared.Main); name != "" {
		return path.Join(s.Dir, name)
	}
	return ""
}

// beginsStage finds a line that every Dockerfile has, or that says that the
// file is for another frontend, which may read what it likes.
var beginsStage = regexp.MustCompile(`(?im)^(?:\x{feff})?(?:\s*FROM\s|#\s*syntax\s*=)`)

// Plan writes the plan. What the file asks for is seen by the builder, with
// the parser that also builds it: two parsers would differ where an attacker
// wants them to.
func (a Adapter) Plan(s repo.Service) (slipway.Plan, error) {
	if err := fits(s.Declared); err != nil {
		return slipway.Plan{}, err
	}
	file := cmp.Or(named(s), a.Detect(s)[0].File)
	content, found, err := repo.Read(s.Tree, file)
	if err != nil {
		return slipway.Plan{}, err
	}
	if !found {
		return slipway.Plan{}, slipway.Errorf(slipway.CodeNotFound, "there is no Dockerfile %s", repo.Quote(file)).
			WithHint("--main and `main:` are relative to the service's directory").WithClass(slipway.ClassCode)
	}
	if !beginsStage.Match(content) {
		return slipway.Plan{}, slipway.Errorf(slipway.CodeInvalid, "%s has no FROM, so nothing is built of it", repo.Quote(file)).
			WithHint("write it, or delete the file where another way of building is meant").WithClass(slipway.ClassCode)
	}
	d := s.Declared
	p := slipway.Plan{
		Service:    s.BareName(),
		Path:       s.Dir,
		Language:   slipway.LanguageDockerfile,
		Version:    slipway.Version{From: "default"},
		Start:      []string{},
		Steps:      []slipway.Step{},
		Layers:     []slipway.Layer{},
		Dockerfile: &slipway.Dockerfile{File: file, Context: s.Dir, Target: d.Target, Args: d.BuildEnv},
		Inputs:     inputs(s, file),
		Unlocked:   true,
	}
	s.Live(&p, repo.Guess{})
	listens(&p, s, exposed(content, d.Target))
	p.Evidence = append(p.Evidence, slipway.Evidence{
		File: file, Found: "a Dockerfile", Means: fmt.Sprintf("its commands decide what is in the image, with %s as context; what they fetch may be another thing tomorrow", repo.Show(s.Dir)),
	})
	return p, nil
}

// inputs are the context, or what is declared; the file itself always counts.
func inputs(s repo.Service, file string) []string {
	if len(s.Declared.Inputs) == 0 {
		return []string{s.Dir}
	}
	return append(slices.Clone(s.Declared.Inputs), file, path.Join(s.Dir, ".dockerignore"))
}

// listens writes the port: what slipway.yaml says, else EXPOSE; 0 leaves it
// to the image that comes out.
func listens(p *slipway.Plan, s repo.Service, e expose) {
	if p.Kind != slipway.KindWeb || s.Declared.Port != 0 {
		return
	}
	p.Port = e.port
	if e.port != 0 {
		p.Evidence = append(p.Evidence, slipway.Evidence{
			File: p.Dockerfile.File, Line: e.line, Found: fmt.Sprintf("EXPOSE %d", e.port),
			Means: fmt.Sprintf("PORT is %d", e.port), Knob: "port: 8080",
		})
	}
}

// fits refuses what a Dockerfile says itself.
func fits(d manifest.Service) error {
	for _, of := range []struct {
		key, instead string
		set          bool
	}{
		{"commands.build", "RUN", d.Commands.Build.Given()},
		{"tests", "a RUN of the tests", d.Tests != nil},
		{"packages.build", "RUN apt-get install", len(d.Packages.Build) > 0},
		{"packages.run", "RUN apt-get install", len(d.Packages.Run) > 0},
		{"version", "FROM", d.Version != ""},
	} {
		if of.set {
			return slipway.Errorf(slipway.CodeInvalid, "%s:%d: a Dockerfile takes no %s", manifest.Name, d.Line(of.key), of.key).
				WithHint("write %s in the Dockerfile", of.instead).WithClass(slipway.ClassCode)
		}
	}
	return ownArguments(d)
}

// ownArguments refuses build arguments that steer BuildKit instead of the
// build (BuildKit, frontend/dockerui and the Dockerfile reference): whose
// caches are used, and which program reads the Dockerfile.
func ownArguments(d manifest.Service) error {
	for _, name := range slices.Sorted(maps.Keys(d.BuildEnv)) {
		if strings.HasPrefix(name, "BUILDKIT_") || name == "SOURCE_DATE_EPOCH" {
			return slipway.Errorf(slipway.CodeForbidden, "%s:%d: the build argument %s is BuildKit's own", manifest.Name, d.Line("buildEnv."+name), name).
				WithHint("take it out; Slipway decides on it").WithClass(slipway.ClassCode)
		}
	}
	return nil
}
