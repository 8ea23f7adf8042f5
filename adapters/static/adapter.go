// Package static plans services that are files for a web server.
package static

import (
	"path"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

const (
	indexFile    = "index.html"
	notFoundFile = "404.html"
	appDir       = "/app"
	// server is the run image's own; it serves the directory that -root names
	// on PORT.
	server = "/usr/sbin/slipway-web"
)

// Adapter plans static sites. It is stateless.
type Adapter struct{}

// Language is static.
func (Adapter) Language() slipway.Language { return slipway.LanguageStatic }

// Looks names what Detect looks for, in the service's directory.
func (Adapter) Looks() []string {
	looks := []string{indexFile}
	for _, dir := range usual() {
		looks = append(looks, path.Join(dir, indexFile))
	}
	return looks
}

// Detect finds an index page, or the directory that slipway.yaml names.
func (Adapter) Detect(s repo.Service) []slipway.Evidence {
	if s.Declared.Root != "" {
		return []slipway.Evidence{{
			File: manifest.Name, Line: s.Declared.Line("root"), Found: "root: " + s.Declared.Root, Means: "files for a web server",
		}}
	}
	if dirs := candidates(s); len(dirs) > 0 {
		return []slipway.Evidence{{File: path.Join(dirs[0], indexFile), Found: "an index page", Means: "files for a web server"}}
	}
	return nil
}

// Plan writes the plan: one layer, copied from the tree, and no step.
func (Adapter) Plan(s repo.Service) (slipway.Plan, error) {
	if err := fits(s); err != nil {
		return slipway.Plan{}, err
	}
	root, evidence, err := findRoot(s)
	if err != nil {
		return slipway.Plan{}, err
	}
	files := selection(s, root)
	p := slipway.Plan{
		Service:  s.BareName(),
		Path:     s.Dir,
		Language: slipway.LanguageStatic,
		Version:  slipway.Version{From: "default"},
		Start:    start(s, root),
		Dir:      appDir,
		Base:     "web",
		Steps:    []slipway.Step{},
		Layers:   []slipway.Layer{{Role: slipway.RoleProgram, Source: files, To: appDir, Dated: true}},
		Inputs:   inputs(root, files.Exclude),
		Evidence: evidence,
	}
	s.Live(&p, repo.Guess{})
	return p, nil
}

// start serves the directory, and its own page for what is not there.
func start(s repo.Service, root string) []string {
	args := []string{server, "-root", path.Join(appDir, root)}
	if repo.IsFile(s.Tree, path.Join(root, notFoundFile)) {
		args = append(args, "-404", notFoundFile)
	}
	return args
}

// fits refuses what a site cannot have.
func fits(s repo.Service) error {
	d := s.Declared
	for _, of := range []struct {
		key string
		set bool
	}{
		{"kind", d.Kind != "" && d.Kind != slipway.KindWeb},
		{"commands.build", d.Commands.Build.Given()},
		{"tests", d.Tests != nil},
		{"version", d.Version != ""},
	} {
		if of.set {
			return slipway.Errorf(slipway.CodeInvalid, "%s:%d: files for a web server have no %s", manifest.Name, d.Line(of.key), of.key).
				WithHint("delete the line, or declare the language that the site is built with").WithClass(slipway.ClassCode)
		}
	}
	return nil
}
