package golang

import (
	goversion "go/version"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// experimentVariable is what the go command reads.
const experimentVariable = "GOEXPERIMENT"

// experiments are packages of the standard library that are only there with
// an experiment, in the versions of Go that know it (internal/goexperiment of
// Go 1.25 and 1.26).
func experiments() map[string]string {
	return map[string]string{
		"encoding/json/v2": "jsonv2", "encoding/json/jsontext": "jsonv2",
		"arena": "arenas", "runtime/secret": "runtimesecret", "simd/archsimd": "simd",
	}
}

// knowsExperiments tells of a version of Go whether the table is of it: a
// go command refuses a word that it does not know.
func knowsExperiments(version string) bool {
	return slices.Contains([]string{"go1.25", "go1.26"}, goversion.Lang("go"+version))
}

// findExperiments sets what the program's packages need. What slipway.yaml
// sets is left as it is.
func (p *planner) findExperiments() error {
	if said := p.Declared.BuildEnv[experimentVariable]; said != "" || !knowsExperiments(p.version.Want) {
		return nil
	}
	for _, k := range p.packages {
		for _, imported := range k.Imports {
			word := experiments()[imported]
			if word == "" || slices.Contains(p.experiments, word) {
				continue
			}
			p.experiments = append(p.experiments, word)
			file, line := k.importedAt(imported)
			p.note(slipway.Evidence{
				File: file, Line: line, Found: "import " + imported, Means: "compiled with " + experimentVariable + "=" + word,
				Knob: "buildEnv: {" + experimentVariable + ": " + word + "}",
			})
		}
	}
	slices.Sort(p.experiments)
	return nil
}

// experimentTags are the constraints that hold with what slipway.yaml sets.
func (p *planner) experimentTags() []string {
	var tags []string
	for word := range strings.SplitSeq(p.Declared.BuildEnv[experimentVariable], ",") {
		if word = strings.TrimSpace(word); word != "" && !strings.HasPrefix(word, "no") {
			tags = append(tags, "goexperiment."+word)
		}
	}
	return tags
}

// refuseTinyGo refuses programs for microcontrollers: the packages that
// stand for their hardware are TinyGo's alone.
func (p *planner) refuseTinyGo() error {
	if p.custom() {
		return nil
	}
	for _, k := range p.packages {
		for _, imported := range k.Imports {
			first, _, _ := strings.Cut(imported, "/")
			if first != "machine" && first != "device" && !slices.Contains([]string{"runtime/volatile", "runtime/interrupt"}, imported) {
				continue
			}
			if _, own := p.layout.find(imported); own {
				continue
			}
			file, line := k.importedAt(imported)
			return slipway.Errorf(slipway.CodeInvalid, "%s imports %s, which only TinyGo has", repo.Place(file, line), repo.Quote(imported)).
				WithHint("services are compiled with Go itself; name another program (main: ./cmd/NAME), or build this one by a Dockerfile (language: dockerfile)").
				WithClass(slipway.ClassCode)
		}
	}
	return nil
}
