package node

import (
	"path"

	"github.com/slipway-ci/slipway"
)

// bin is the program of a package, relative to the service's directory. It
// is a link to a JavaScript file: npm makes links, and pnpm is told to.
func (p *planner) bin(name string) string {
	return path.Join(p.modulesOf(p.binPackage(name)), ".bin", name)
}

// modulesOf is the node_modules directory that has a package, relative to
// the service's directory: its own, or that of the workspace's root.
func (p *planner) modulesOf(name string) string {
	const own = "node_modules"
	if p.Dir == p.manager.root {
		return own
	}
	place := relative(p.manager.root, p.Dir)
	if p.manager.linksBins() {
		return own // ownBins sees to it
	}
	_, nested := p.sources.npm.Packages[path.Join(place, own, name)]
	if nested || p.manager.tool == toolPnpm && p.pkg.has(name) {
		return own
	}
	up := own
	for dir := place; dir != "."; dir = path.Dir(dir) {
		up = path.Join("..", up)
	}
	return up
}

// binPackage is the package that gives a program: as the lockfile says, else
// as is known, else the one of that name.
func (p *planner) binPackage(name string) string {
	if known := binPackages()[name]; known != "" {
		return known
	}
	for _, place := range sortedKeys(p.sources.npm.Packages) {
		entry := p.sources.npm.Packages[place]
		if texts(entry.Bin)[name] != "" {
			return packageAt(place)
		}
	}
	return name
}

// packageAt is the name of the package at a place of the lockfile.
func packageAt(place string) string {
	dir, name := path.Split(place)
	if scope := path.Base(dir); scope != "" && scope[0] == '@' {
		return scope + "/" + name
	}
	return name
}

// binPackages are the packages of well-known programs that are called
// otherwise.
func binPackages() map[string]string {
	return map[string]string{
		"ng": "@angular/cli", "nest": "@nestjs/cli", "tsc": "typescript", "vue-cli-service": "@vue/cli-service",
		"react-router-serve": "@react-router/serve", "react-router": "@react-router/dev",
		"remix-serve": "@remix-run/serve", "remix": "@remix-run/dev", "fastify": "fastify-cli",
		"nuxt": "nuxt", "nuxi": "nuxi", "svelte-kit": "@sveltejs/kit", "medusa": "@medusajs/cli",
		"strapi": "@strapi/strapi", "babel-node": "@babel/node", "ts-node-esm": "ts-node", "ts-node-dev": "ts-node-dev", "tsnd": "ts-node-dev",
		"eleventy": "@11ty/eleventy", "keystone": "@keystone-6/core", "functions-framework": "@google-cloud/functions-framework", "moleculer-runner": "moleculer",
		"sirv": "sirv-cli", "sucrase-node": "sucrase", "esr": "esbuild-runner", "swc-node": "@swc-node/register",
		"sequelize": "sequelize-cli",
	}
}

// outward are the variables with which a program listens on every address,
// when it would choose the loopback address by itself. From their sources:
// fastify-cli looks for Docker's files and no other engine's.
func outward(name string) map[string]string {
	if name == "fastify" {
		return map[string]string{"FASTIFY_ADDRESS": "0.0.0.0"}
	}
	return nil
}

// useDev takes the packages for development into the image when the program
// runs with one of them.
func (p *planner) useDev(name string) {
	if p.pkg.runs(name) || p.space.root.runs(name) || p.program.dev {
		return
	}
	for _, m := range []*pkg{p.pkg, p.space.root} {
		if m.Dev[name] == "" {
			continue
		}
		p.program.dev = true
		p.note(slipway.Evidence{
			File: m.file(), Line: m.lines["devDependencies."+name], Found: "devDependencies: " + name,
			Means: "the program runs with it, so the image has the packages for development too; move it to dependencies to leave them out",
		})
		return
	}
}

// line is where package.json asks for a package.
func (p *planner) line(name string) int {
	for _, group := range []string{"dependencies", "devDependencies", "optionalDependencies"} {
		if l := p.pkg.lines[group+"."+name]; l > 0 {
			return l
		}
	}
	return 0
}
