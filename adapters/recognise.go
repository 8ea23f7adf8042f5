package adapters

import (
	"io/fs"
	"path"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/python"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// mark is a file that shows a language.
type mark struct {
	file     string // a pattern, among those that are looked for
	language string
}

// unbuilt are the marks of what no adapter plans yet, so that a person who
// has such a repository is not told that nothing is there.
func unbuilt() []mark {
	return []mark{
		{"Gemfile", "ruby"},
		{"_config.yml", "jekyll, which is ruby"},
		{"composer.json", "php"},
		{"index.php", "php"},
		{"mix.exs", "elixir"},
		{"build.sc", "scala with Mill"},
		{"build.mill", "scala with Mill"},
		{"project.clj", "clojure"},
		{"deps.edn", "clojure"},
		{"build.xml", "java with Ant"},
		{"deno.json", "deno"},
		{"*.csproj", ".NET"},
		{"*.fsproj", ".NET"},
		{"*.vbproj", ".NET"},
		{"*.sln", ".NET"},
		{"*.slnx", ".NET"},
		{"Package.swift", "swift"},
		{"pubspec.yaml", "dart"},
		{"stack.yaml", "haskell"},
		{"*.cabal", "haskell"},
		{"mkdocs.yml", "mkdocs, built by `language: python` where something else is here too"},
	}
}

// recognised lists the marks in the service's directory.
func recognised(s repo.Service) []mark {
	var found []mark
	for _, m := range unbuilt() {
		if m.file == "mkdocs.yml" && len(python.Adapter{}.Detect(s)) > 0 {
			continue
		}
		sub, err := fs.Sub(s.Tree, s.Dir)
		if err != nil {
			continue
		}
		if file := first(sub, []string{m.file}); file != "" && repo.IsFile(sub, file) {
			found = append(found, mark{path.Join(s.Dir, file), m.language})
		}
	}
	return found
}

// passedOver tells of marks beside a language that is built.
func passedOver(s repo.Service) []slipway.Evidence {
	var evidence []slipway.Evidence
	for _, m := range recognised(s) {
		evidence = append(evidence, slipway.Evidence{File: m.file, Found: m.language, Means: "recognised, not built by this version"})
	}
	return evidence
}

// elsewhere looks for services in the directories below, two levels deep:
// who names the root of a repository of many services wants to know where
// they are.
func elsewhere(s repo.Service) []string {
	const most = 20
	var lines []string
	named := map[string]bool{}
	for _, pattern := range []string{"*", "*/*"} {
		for _, a := range every() {
			for _, name := range a.Looks() {
				sub, err := fs.Sub(s.Tree, s.Dir)
				if err != nil {
					continue
				}
				found, _ := fs.Glob(sub, path.Join(pattern, name)) // the pattern is sound
				for _, f := range found[:min(len(found), most-len(lines))] {
					dir := path.Dir(f)
					if named[dir] {
						continue
					}
					named[dir] = true
					lines = append(lines, repo.Quote(path.Join(s.Dir, f))+": found below; build "+repo.Quote(path.Join(s.Dir, dir))+" instead")
				}
			}
		}
	}
	return lines
}
