package node

import (
	"slices"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/debian"
)

// native is a package that needs Debian packages to be compiled or to run.
type native struct {
	pkg        string
	build, run []string
}

// natives are well-known packages whose own archives bring no compiled form
// for Debian 12, or one that needs more than the run image has (each
// package's own installation page).
func natives() []native {
	return []native{
		{"canvas", []string{"libcairo2-dev", "libgif-dev", "libjpeg-dev", "libpango1.0-dev", "librsvg2-dev"}, []string{"libcairo2", "libgif7", "libjpeg62-turbo", "libpango-1.0-0", "libpangocairo-1.0-0", "librsvg2-2"}},
		{"gm", nil, []string{"graphicsmagick"}},
		{"imagemagick", nil, []string{"imagemagick"}},
		{"libxmljs", []string{"libxml2-dev"}, nil},
		{"node-libcurl", []string{"libcurl4-openssl-dev"}, []string{"libcurl4"}},
		{"node-rdkafka", []string{"libsasl2-dev", "libssl-dev", "zlib1g-dev"}, []string{"libsasl2-2"}},
		{"odbc", []string{"unixodbc-dev"}, []string{"libodbc2", "libodbcinst2"}},
		{"oracledb", nil, []string{"libaio1"}},
		{"pg-native", []string{"libpq-dev"}, []string{"libpq5"}},
		{"zeromq", []string{"cmake"}, nil},
		{"puppeteer", nil, []string{chromiumPackage}},
		{"playwright", nil, []string{chromiumPackage}},
		{"playwright-core", nil, []string{chromiumPackage}},
		{"playwright-chromium", nil, []string{chromiumPackage}},
		{"prisma", []string{"openssl"}, nil},
	}
}

// withNatives gives the plan with the Debian packages that dependencies need.
func (p *planner) withNatives(plan slipway.Plan) slipway.Plan {
	for _, n := range natives() {
		owner := p.owner(n.pkg)
		if owner == nil {
			continue
		}
		run := n.run
		if p.program.pages != "" || !owner.runs(n.pkg) {
			run = nil
		}
		e := slipway.Evidence{File: owner.file(), Line: owner.lines["dependencies."+n.pkg], Found: n.pkg, Knob: "packages: {build: […], run: […]}"}
		if len(n.build) > 0 {
			plan = debian.AddBuild(plan, n.build)
			e.Means = "needs for building: " + list(n.build)
			plan.Evidence = append(plan.Evidence, e)
		}
		if len(run) > 0 {
			plan = debian.AddRun(plan, run)
			e.Means = "needs in the image: " + list(run)
			plan.Evidence = append(plan.Evidence, e)
		}
	}
	p.browserEnv(&plan)
	return p.withPrisma(plan)
}

// owner is the package of the service's that needs another one.
func (p *planner) owner(name string) *pkg {
	all := append([]*pkg{p.pkg}, p.space.needs...)
	i := slices.IndexFunc(all, func(m *pkg) bool { return m.has(name) })
	if i < 0 {
		return nil
	}
	return all[i]
}
