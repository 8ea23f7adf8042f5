package adapters

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Plan finds out how a service is built. It is a pure function of the
// request. Stack stays empty and Version.Value is what the repository wants,
// until the catalogue fills in what there is.
//
// Errors are *slipway.Error: CodeUsage for a request that makes no sense,
// CodeNotFound when nothing that can be built is there, CodeAmbiguous when
// there is a choice that nobody has made, CodeInvalid for what the
// repository's developers have to mend.
func Plan(req Request) (slipway.Plan, error) {
	s, said, err := service(req)
	if err != nil {
		return slipway.Plan{}, err
	}
	a, evidence, err := detect(s)
	if err != nil {
		return slipway.Plan{}, err
	}
	plan, err := a.Plan(s)
	if err != nil {
		return slipway.Plan{}, err
	}
	plan.Evidence = slices.Concat(said, evidence, plan.Evidence)
	if plan, err = withFrontEnds(plan, s, a); err != nil {
		return slipway.Plan{}, err
	}
	if plan, err = declare(plan, s); err != nil {
		return slipway.Plan{}, err
	}
	sources := sync.OnceValue(func() []source { return sourcesOf(s) })
	plan = withOutward(withPort(withWrites(plan, s, sources), s), s)
	if plan, err = withScript(withFonts(plan, sources), s); err != nil {
		return slipway.Plan{}, err
	}
	plan = withSSH(plan, s)
	if err := plan.Validate(); err != nil {
		return slipway.Plan{}, slipway.Errorf(slipway.CodeInternal, "the %s adapter wrote a plan that cannot be run", a.Language()).Because(err)
	}
	return plan, nil
}

// service is the one that the request and slipway.yaml mean together, with
// what was read to know that.
func service(req Request) (repo.Service, []slipway.Evidence, error) {
	dir := path.Clean("./" + req.Path)
	if !fs.ValidPath(dir) {
		return repo.Service{}, nil, slipway.Errorf(slipway.CodeUsage, "%q is not a directory of the repository", req.Path)
	}
	if req.Service != "" && !slipway.ValidLabel(req.Service) {
		return repo.Service{}, nil, slipway.Errorf(slipway.CodeUsage, "%q is not a service's bare name", req.Service)
	}
	declared, evidence, err := declaration(req.Tree, req.Service, dir)
	if err != nil {
		return repo.Service{}, nil, err
	}
	s := repo.Service{Tree: req.Tree, Dir: declared.Path, Name: declared.Name, Main: req.Main, Fetch: req.Fetch, Declared: declared}
	if !repo.IsDir(s.Tree, s.Dir) {
		e := slipway.Errorf(slipway.CodeNotFound, "the repository has no directory %s", repo.Show(s.Dir)).
			WithHint("directories are named from the root of the repository")
		if line := declared.Line("path"); line > 0 {
			e = e.WithDetails(fmt.Sprintf("%s:%d: path: %s", repo.Quote(declared.File()), line, s.Dir))
		}
		return repo.Service{}, nil, e
	}
	return s, evidence, nil
}

// found is an adapter that fits, and why.
type found struct {
	Adapter
	evidence []slipway.Evidence
}

// detect gives the only adapter that fits: that of the language which is
// declared, else of the one language that is there, else the first fallback.
func detect(s repo.Service) (Adapter, []slipway.Evidence, error) {
	if want := s.Declared.Language; want != "" {
		fit := fitting(every(), s, want)
		if len(fit) == 0 {
			return nil, nil, nothing(s)
		}
		return fit[0].Adapter, fit[0].evidence, nil
	}
	fit := fitting(All(), s, "")
	if len(fit) > 1 {
		return nil, nil, severalWays(s, fit)
	}
	unused := fallbacks(s)
	if len(fit) == 0 && len(unused) > 0 {
		fit, unused = unused[:1], unused[1:]
	}
	if len(fit) == 0 {
		return nil, nil, nothing(s)
	}
	return fit[0].Adapter, slices.Concat(fit[0].evidence, passedOver(s), notUsed(unused)), nil
}

// fitting gives those that fit the service, of one language when want names
// it.
func fitting(all []Adapter, s repo.Service, want slipway.Language) []found {
	var fit []found
	for _, a := range all {
		if want != "" && want != a.Language() {
			continue
		}
		if e := a.Detect(s); len(e) > 0 {
			fit = append(fit, found{a, e})
		}
	}
	return fit
}

// fallbacks gives those that fit the service. An index page in a repository
// of a language that is not built is a part of a program, not a site; a
// Dockerfile there builds it all the same.
func fallbacks(s repo.Service) []found {
	fit := fitting(Fallbacks(), s, "")
	if len(recognised(s)) == 0 {
		return fit
	}
	return slices.DeleteFunc(fit, func(f found) bool { return f.Language() == slipway.LanguageStatic })
}

func severalWays(s repo.Service, fit []found) error {
	lines := make([]string, len(fit))
	for i, f := range fit {
		lines[i] = fmt.Sprintf("%s: %s, chosen by `language: %s` in %s", f.evidence[0].File, f.evidence[0].Means, f.Language(), manifest.Name)
	}
	return slipway.Errorf(slipway.CodeAmbiguous, "%s could be built in %d ways", repo.Show(s.Dir), len(fit)).
		WithHint("say which in %s", manifest.Name).WithDetails(lines...)
}

// notUsed tells of a Dockerfile or an index page beside what is built.
func notUsed(unused []found) []slipway.Evidence {
	var evidence []slipway.Evidence
	for _, f := range unused {
		e := f.evidence[0]
		e.Means, e.Knob = "passed over", "language: "+string(f.Language())
		evidence = append(evidence, e)
	}
	return evidence
}

// nothing says what was looked for. A file that is there and cannot be read,
// such as a link that leads out of the tree, is its own reason.
func nothing(s repo.Service) error {
	var lines []string
	for _, a := range every() {
		line := fmt.Sprintf("%s: looked for %s, not found", a.Language(), strings.Join(a.Looks(), " and "))
		for _, name := range a.Looks() {
			_, there, err := repo.Read(s.Tree, path.Join(s.Dir, name))
			if err != nil {
				return err
			}
			if there {
				line = fmt.Sprintf("%s: %s is there, and is not enough by itself", a.Language(), name)
			}
		}
		lines = append(lines, line)
	}
	marks := recognised(s)
	for _, f := range marks {
		lines = append(lines, fmt.Sprintf("%s: %s, recognised, not built by this version", f.file, f.language))
	}
	lines = slices.Concat(lines, nearly(s), elsewhere(s))
	if want := s.Declared.Language; want != "" {
		return slipway.Errorf(slipway.CodeNotFound, "nothing to build as %s was found in %s", want, repo.Show(s.Dir)).
			WithHint("`language: %s` stands in %s:%d", want, repo.Quote(s.Declared.File()), s.Declared.Line("language")).WithDetails(lines...)
	}
	if len(marks) > 0 {
		return slipway.Errorf(slipway.CodeNotFound, "%s is %s, which this version does not build", repo.Quote(marks[0].file), marks[0].language).
			WithHint("write a Dockerfile, which Slipway builds and checks alike, or build it with a tool that Slipway knows: see docs/languages.md").WithDetails(lines...)
	}
	return slipway.Errorf(slipway.CodeNotFound, "nothing to build was found in %s", repo.Show(s.Dir)).
		WithHint("name the directory that the service is in, or commit the files that its language begins with").WithDetails(lines...)
}
