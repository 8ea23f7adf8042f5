package node

import (
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// prisma is what a service's schema says.
type prisma struct {
	dir      string // with the schema, relative to the service; "" without one
	apart    bool   // the client is written beside the sources, not into the packages
	client   bool   // that needs none of Prisma's engines
	migrates bool   // a release applies migrations, which only an engine can
}

var (
	prismaOutput = regexp.MustCompile(`(?m)^\s*output\s*=\s*"([^"]+)"`)
	prismaClient = regexp.MustCompile(`(?m)^\s*engineType\s*=\s*"client"`)
)

// firstWithoutEngines is the first Prisma whose client needs no engine.
const firstWithoutEngines = 7

// findPrisma finds the schema from which Prisma's client is generated.
func (p *planner) findPrisma() {
	if !p.pkg.has("prisma") && !p.pkg.has("@prisma/client") {
		return
	}
	for _, dir := range []string{"prisma", "schema"} {
		if !repo.IsDir(p.Tree, path.Join(p.Dir, dir)) || !p.exists(path.Join(dir, "schema.prisma")) && dir != "prisma" {
			continue
		}
		text := p.prismaText(dir)
		p.build.prisma = prisma{dir: dir, client: prismaClient.MatchString(text)}
		for _, group := range []map[string]string{p.pkg.Dependencies, p.pkg.Dev} {
			p.build.prisma.client = p.build.prisma.client || majorOf(group["prisma"]) >= firstWithoutEngines
		}
		output := prismaOutput.FindStringSubmatch(text)
		p.build.prisma.apart = output != nil && !strings.Contains(output[1], "node_modules")
		e := slipway.Evidence{File: path.Join(p.Dir, dir), Found: "Prisma's schema", Means: "the client is generated when packages are installed"}
		if p.build.prisma.apart {
			e.Means = "the client is generated before the build, to " + path.Join(dir, output[1])
		}
		p.note(e)
		p.findMigrations()
		return
	}
}

// prismaText is the schema, which may be in several files.
func (p *planner) prismaText(dir string) string {
	var all strings.Builder
	entries, err := readDir(p.Tree, path.Join(p.Dir, dir))
	if err != nil {
		return ""
	}
	for _, name := range entries {
		if path.Ext(name) != ".prisma" {
			continue
		}
		data, err := fs.ReadFile(p.Tree, path.Join(p.Dir, dir, name))
		if err == nil && len(data) <= maxSource {
			all.Write(data)
		}
	}
	return all.String()
}

// prismaEnv keeps Prisma from fetching engines that it will not use: it takes
// any program that is there for them.
func (b build) prismaEnv() map[string]string {
	if !b.prisma.client {
		return nil
	}
	env := map[string]string{"PRISMA_QUERY_ENGINE_LIBRARY": "/bin/true", "PRISMA_SCHEMA_ENGINE_BINARY": "/bin/true"}
	if b.prisma.migrates {
		delete(env, "PRISMA_SCHEMA_ENGINE_BINARY")
	}
	return env
}

// generatePrisma is the line that makes the client.
func (p *planner) generatePrisma() string {
	env := p.build.prismaEnv()
	var words []string
	for _, name := range sortedKeys(env) {
		words = append(words, name+"="+env[name])
	}
	return strings.Join(append(words, "node", quote(p.bin("prisma")), "generate"), " ")
}

// prismaBeside makes the client beside the sources, unless a script does.
func (p *planner) prismaBeside() {
	if !p.build.prisma.apart || !p.pkg.has("prisma") {
		return
	}
	for _, name := range []string{p.buildScript(), "prebuild", "postinstall", "prepare"} {
		if strings.Contains(p.pkg.Scripts[name], "prisma generate") && name != "postinstall" {
			return
		}
	}
	p.build.commands = append(p.build.commands, p.generatePrisma())
}
