package node

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// angular serves what angular.json says is built, or starts its server when
// there is one.
func (p *planner) angular() error {
	file := path.Join(p.Dir, "angular.json")
	data, ok, err := repo.Read(p.Tree, file)
	if err != nil || !ok {
		return invalid("%s is not there, which says what Angular builds", repo.Quote(file)).Because(err)
	}
	said := ngBuild(p.buildLine())
	name, project, err := p.angularProject(file, parseAngular(data), said)
	if err != nil {
		return err
	}
	options := project.options(said.configuration)
	if said.localize {
		options.Localize = []byte("true")
	}
	out, browser := project.output(name, options)
	if said.output != "" {
		out = path.Clean(said.output)
	}
	if path.IsAbs(out) || strings.HasPrefix(out, "..") {
		return invalid("%s builds to %s, outside the service's directory", repo.Quote(file), repo.Quote(out)).WithHint("let outputPath be below it")
	}
	if p.pkg.has("@angular/ssr") && options.server() {
		p.angularServer(file, out, project, options)
		return nil
	}
	p.base(cmp.Or(said.base, options.BaseHref), file)
	dir := path.Join(out, browser)
	if languages := project.languages(options); len(languages) > 0 {
		p.note(slipway.Evidence{File: file, Found: "localize, with " + list(languages), Means: "one page for each language, in a directory of its own; / leads to the first"})
		p.serveLanguages(dir, languages)
		return nil
	}
	p.servePages(dir, "index.html", "")
	return nil
}

// angularProject chooses the application: the one that the build script
// names, that of the service's name, or the only one.
func (p *planner) angularProject(file string, w angularFile, said ngOptions) (string, angularProject, error) {
	var names []string
	for _, name := range sortedKeys(w.Projects) {
		if w.Projects[name].Type != "library" {
			names = append(names, name)
		}
	}
	for _, name := range []string{said.project, w.Default, p.Name} {
		if slices.Contains(names, name) {
			return name, w.Projects[name], nil
		}
	}
	switch len(names) {
	case 0:
		return "", angularProject{}, invalid("%s has no application", repo.Quote(file))
	case 1:
		return names[0], w.Projects[names[0]], nil
	}
	return "", angularProject{}, slipway.Errorf(slipway.CodeAmbiguous, "%s has %d applications: %s", repo.Quote(file), len(names), list(names)).
		WithHint("name one in the build script of %s (`ng build %s`), or declare a service of each name", repo.Quote(p.pkg.file()), names[0]).WithClass(slipway.ClassCode)
}

// angularServer starts the server that renders the pages. The builder from
// 17 on puts into it all that it needs, unless it is told otherwise.
func (p *planner) angularServer(file, out string, project angularProject, options angularOptions) {
	p.program.file = path.Join(out, "server", "server.mjs")
	p.program.start = []string{"node", p.program.file}
	if project.bundles() && len(options.External) == 0 {
		p.program.only = []string{out}
	}
	p.started(slipway.Evidence{File: p.pkg.file(), Line: p.line("@angular/ssr"), Found: "@angular/ssr"})
	if options.Security != nil && len(options.Security.Hosts) == 0 && !p.sources.mentions("allowedHosts") {
		p.program.env = map[string]string{"NG_ALLOWED_HOSTS": "*"}
		p.note(slipway.Evidence{
			File: file, Found: "security.allowedHosts: []", Means: "it would refuse every host that asks for it by a name; NG_ALLOWED_HOSTS is *",
			Knob: "env: {NG_ALLOWED_HOSTS: shop.example.com}",
		})
	}
}

// ngOptions are what a build script tells Angular's builder.
type ngOptions struct {
	project, configuration, base, output string
	localize                             bool
}

// ngBuild reads the first `ng build` of a script.
func ngBuild(script string) (said ngOptions) {
	_, rest, ok := strings.Cut(script, "ng build")
	if !ok {
		return said
	}
	if at := strings.IndexAny(rest, "&|;"); at >= 0 {
		rest = rest[:at]
	}
	words := strings.Fields(strings.ReplaceAll(rest, "=", " "))
	said.localize = slices.Contains(words, "--localize")
	for i := 0; i < len(words); i++ {
		if !strings.HasPrefix(words[i], "-") {
			said.project = cmp.Or(said.project, words[i])
			continue
		}
		into := map[string]*string{
			"--project": &said.project, "-c": &said.configuration, "--configuration": &said.configuration,
			"--base-href": &said.base, "--output-path": &said.output,
		}[words[i]]
		if i++; into != nil && i < len(words) {
			*into = strings.Trim(words[i], `"'`)
		} else if i < len(words) && strings.HasPrefix(words[i], "-") {
			i-- // a flag without a value
		}
	}
	return said
}
