package node

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/debian"
)

// findMigrations has a release apply the migrations that are committed, when
// the image has the program for it: Prisma's own, with its engine. Where it
// has not, the plan says what is missing.
func (p *planner) findMigrations() {
	dir := path.Join(p.build.prisma.dir, "migrations")
	found, err := fs.Glob(p.Tree, path.Join(p.Dir, dir, "*", "migration.sql"))
	if err != nil || len(found) == 0 || p.program.pages != "" {
		return
	}
	if p.program.release != nil || p.Declared.Commands.Release.Given() {
		p.build.prisma.migrates = slices.Contains(p.program.release, "migrate") || strings.Contains(p.Declared.Commands.Release.String(), "prisma")
		return
	}
	e := slipway.Evidence{File: path.Join(p.Dir, dir), Found: "migrations of Prisma", Knob: "commands: {release: …}"}
	line := "node " + p.bin("prisma") + " migrate deploy"
	if p.build.prisma.dir != "prisma" {
		line += " --schema " + path.Join(p.build.prisma.dir, "schema.prisma")
	}
	switch {
	case !p.pkg.runs("prisma"):
		e.Means = "nothing applies them: move prisma to dependencies, so that the image has the program, and say `release: " + line + "`"
	case p.program.alone() || p.program.output != "":
		e.Means = "nothing applies them: the image has what is built alone; apply them with a service of kind task"
	case p.build.prisma.client:
		e.Means = "nothing applies them: `release: " + line + "` does, with an engine that Prisma fetches when packages are installed"
	default:
		p.program.release, p.build.prisma.migrates = strings.Fields(line), true
		e.Means = "`" + line + "` is run once before a release starts"
	}
	p.note(e)
}

// withPrisma gives the image the library that Prisma's engines are linked
// with, when the program uses one.
func (p *planner) withPrisma(plan slipway.Plan) slipway.Plan {
	if p.build.prisma.dir == "" || p.program.pages != "" || p.build.prisma.client && !p.build.prisma.migrates {
		return plan
	}
	plan.Evidence = append(plan.Evidence, slipway.Evidence{File: path.Join(p.Dir, p.build.prisma.dir), Found: "Prisma's engines", Means: "need in the image: openssl", Knob: "packages: {run: […]}"})
	return debian.AddRun(plan, []string{"openssl"})
}
