package node

import (
	"encoding/json"
	"path"
	"slices"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// nitroDir is where nitro, which several frameworks are served with, writes a
// server with all that it needs.
const nitroDir = ".output"

// nitroServer starts the server that nitro writes.
func (p *planner) nitroServer(of string) error {
	p.program.start = []string{"node", path.Join(nitroDir, "server", "index.mjs")}
	p.program.only = []string{nitroDir}
	p.started(slipway.Evidence{File: p.pkg.file(), Line: p.line(of), Found: of})
	return nil
}

// tanStack starts what TanStack Start is built to; without nitro that is a
// handler which a server of one's own calls.
func (p *planner) tanStack() error { return p.withNitro("@tanstack/react-start", "TanStack Start") }

// solidStart starts the server that SolidStart builds: with vinxi, which
// brings nitro, or from 2 on with Vite and nitro beside it.
func (p *planner) solidStart() error { return p.withNitro("@solidjs/start", "SolidStart") }

func (p *planner) withNitro(pkg, name string) error {
	if slices.ContainsFunc([]string{"nitro", "nitropack", "vinxi", "@tanstack/nitro-v2-vite-plugin", "@solidjs/vite-plugin-nitro-2"}, p.pkg.has) {
		return p.nitroServer(pkg)
	}
	return invalid("%s has %s, and nothing that makes a server of what it builds", repo.Quote(p.pkg.file()), name).
		WithHint("`%s` and add nitro() of nitro/vite to the plugins of vite.config.ts, or add a start script for a server of your own", p.add("nitro", false))
}

// remix starts Remix's own server, or serves the page when it is built
// without one.
func (p *planner) remix() error { return p.routed("vite.config", "@remix-run", "remix-serve") }

// expo serves the web form of an Expo project: one page, or many where the
// project says that they are written out.
func (p *planner) expo() error {
	for _, name := range []string{"react-native-web", "react-dom"} {
		if !p.pkg.has(name) {
			return invalid("%s has an Expo project without %s, which its form for browsers needs", repo.Quote(p.pkg.file()), name).
				WithHint("`npx expo install react-dom react-native-web`; what runs on telephones is not built into an image")
		}
	}
	p.build.env = map[string]string{"CI": "1", "EXPO_NO_TELEMETRY": "1", "EXPO_OFFLINE": "1"}
	file := path.Join(p.Dir, "app.json")
	data, _, err := repo.Read(p.Tree, file)
	if err != nil {
		return err
	}
	switch output := parseExpo(data); output {
	case "static":
		p.note(slipway.Evidence{File: file, Found: "web.output: static", Means: "every route is a page of its own"})
		return site("dist")(p)
	case "server":
		return invalid("%s says that the pages are rendered on a server (web.output: server), and no start script says by which", repo.Quote(file)).
			WithHint("add a start script for a server that hands requests to expo-server, or say static or single")
	}
	return page("dist")(p)
}

// parseExpo is how an app.json wants to have its pages, "" for one page.
func parseExpo(data []byte) string {
	var app struct {
		Expo struct {
			Web struct {
				Output string `json:"output"`
			} `json:"web"`
		} `json:"expo"`
	}
	if json.Unmarshal(data, &app) != nil {
		return ""
	}
	return app.Expo.Web.Output
}

// add is how a developer of the repository adds a package.
func (p *planner) add(name string, dev bool) string {
	line := map[tool]string{toolNpm: "npm install", toolPnpm: "pnpm add", toolYarn: "yarn add", toolBun: "bun add"}[p.manager.tool]
	if dev {
		line += map[tool]string{toolNpm: " --save-dev", toolPnpm: " --save-dev", toolYarn: " --dev", toolBun: " --dev"}[p.manager.tool]
	}
	return line + " " + name
}
