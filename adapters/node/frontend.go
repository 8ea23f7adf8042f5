package node

import (
	"path"
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

var (
	outDirFlag = regexp.MustCompile(`--(?:outDir|out-dir|output-path|dist-dir)[= ]["']?([^\s"'&|;]+)`)
	// outDirCall is what configurations write that do not rely on where the
	// tool is started: resolve(__dirname, "../static").
	outDirCall = regexp.MustCompile(`\boutDir\s*:\s*(?:path\.)?(?:resolve|join)\(\s*(?:(?:__dirname|import\.meta\.dirname|process\.cwd\(\))\s*,\s*)?["']([^"'\n]+)["']\s*,?\s*\)`)
)

// Writes gives the directory of the tree that the build of the package in the
// service's directory leaves its files in; false for one without a build, or
// whose build does not say.
func Writes(s repo.Service) (string, bool) {
	p := &planner{Service: s}
	if p.findPackages() != nil || p.pkg.dir != s.Dir || p.buildScript() == "" && !buildsPages(p.pkg) {
		return "", false
	}
	return p.writes()
}

func (p *planner) writes() (string, bool) {
	if m := outDirFlag.FindStringSubmatch(p.pkg.Scripts[p.buildScript()]); m != nil {
		return inside(path.Join(p.Dir, m[1]))
	}
	for _, f := range frameworks() {
		if !p.pkg.has(f.pkg) {
			continue
		}
		if f.pkg == "vite" {
			return p.viteWrites()
		}
		probe := *p
		if err := f.plan(&probe); err != nil || probe.program.pages == "" {
			return "", false
		}
		return inside(path.Join(p.Dir, probe.program.pages))
	}
	return "", false
}

// viteWrites is where Vite builds to, also outside of the package.
func (p *planner) viteWrites() (string, bool) {
	text, _ := p.config("vite.config")
	if m := outDirCall.FindStringSubmatch(text); m != nil && !path.IsAbs(m[1]) {
		return inside(path.Join(p.Dir, m[1]))
	}
	return inside(path.Join(p.Dir, option(rootOption, text, "."), option(outDirOption, text, "dist")))
}

// inside refuses what is outside the repository, or all of it.
func inside(dir string) (string, bool) {
	return dir, dir != "." && dir != ".." && !strings.HasPrefix(dir, "../")
}

// FrontEnd plans the build of the package in the service's directory, whose
// files a service in another language takes from the output of the plan's
// last layer. written is the directory of the tree that they are in after the
// build; "" lets the package say. Nothing of it is started.
func FrontEnd(s repo.Service, written string) (slipway.Plan, error) {
	p := &planner{Service: s}
	for _, phase := range []func() error{p.findPackages, p.findManager, p.findVersion, p.checkLock, p.checkLocal} {
		if err := phase(); err != nil {
			return slipway.Plan{}, err
		}
	}
	if written == "" {
		var ok bool
		if written, ok = p.writes(); !ok {
			return slipway.Plan{}, invalid("%s does not say where the build of the front end leaves its files", repo.Show(p.pkg.file())).
				WithHint("name the directory in slipway.yaml, from the root of the repository: `frontend: {path: %s, output: …}`", repo.Quote(s.Dir))
		}
	}
	p.program.pages, p.program.start = strings.TrimPrefix(written, s.Dir+"/"), []string{fileServer}
	if s.Dir != "." && p.program.pages == written {
		p.program.pages = at(written)
	}
	if err := p.findBuild(); err != nil {
		return slipway.Plan{}, err
	}
	if !p.build.needed() {
		return slipway.Plan{}, invalid("%s has no build, and a front end is built", repo.Show(p.pkg.file())).
			WithHint("give it a script `build` that writes %s", repo.Quote(written))
	}
	return p.plan()
}
