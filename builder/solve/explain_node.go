package solve

import (
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// explainNode says what npm, pnpm and node mean by the last lines of a step:
// whose failure it is and what to do. False for lines that they did not
// write, or that say it themselves.
func explainNode(tail []string) (slipway.Class, string, bool) {
	text := strings.Join(tail, "\n")
	for _, known := range nodeFailures() {
		if m := known.says.FindStringSubmatch(text); m != nil {
			hint := known.hint
			for i, group := range m[1:] {
				hint = strings.ReplaceAll(hint, "$"+string(rune('1'+i)), group)
			}
			return known.class, hint, true
		}
	}
	return "", "", false
}

type nodeFailure struct {
	says  *regexp.Regexp
	class slipway.Class
	hint  string // $1 and so on are what the groups of says matched
}

// nodeFailures are asked in this order. The words are those of npm 10 and 11,
// pnpm 9 and 10, and Node.js 20 to 24.
func nodeFailures() []nodeFailure {
	return slices.Concat(managerFailures(), workspaceFailures(), nodeLockFailures(), nodeRegistryFailures(), nodeCodeFailures())
}

func nodeLockFailures() []nodeFailure {
	return []nodeFailure{
		{
			regexp.MustCompile("`npm ci` can only install packages when your package.json and package-lock.json|npm error aliases: clean-install"), slipway.ClassCode,
			"package-lock.json is not in step with package.json: run `npm install` and commit package-lock.json",
		},
		{
			regexp.MustCompile(`ERR_PNPM_(?:OUTDATED_LOCKFILE|LOCKFILE_CONFIG_MISMATCH|FROZEN_LOCKFILE_WITH_OUTDATED_LOCKFILE)|specifiers in the lockfile don't match`), slipway.ClassCode,
			"pnpm-lock.yaml is not in step with package.json: run `pnpm install` and commit pnpm-lock.yaml",
		},
		{
			regexp.MustCompile(`npm error notsup Unsupported platform for (\S+): wanted`), slipway.ClassCode,
			"$1 is for another system than the image's, Linux, and the lockfile does not call it optional: take it out of package.json or put it below optionalDependencies, delete package-lock.json, and make it anew with `npm install`",
		},
		{
			regexp.MustCompile(`npm error (?:code )?ERESOLVE`), slipway.ClassCode,
			"dependencies want different versions of a common one: update them, or commit an .npmrc with legacy-peer-deps=true when that is how the lockfile was made",
		},
	}
}

func nodeRegistryFailures() []nodeFailure {
	return []nodeFailure{
		{
			regexp.MustCompile(`(?:npm error (?:code E401|40[13])|ERR_PNPM_FETCH_40[13])[\s\S]*?https?://([^/\s]+)`), slipway.ClassDependency,
			"the registry $1 wants to know who asks: put //$1/:_authToken=TOKEN into the .npmrc of whoever runs slipway, or commit an .npmrc with ${NPM_TOKEN} and name NPM_TOKEN below `secrets:` in slipway.yaml",
		},
		{
			regexp.MustCompile(`(?:npm error (?:code E404|404)|ERR_PNPM_FETCH_404)[\s\S]*?(https?://\S+)`), slipway.ClassDependency,
			"$1 is not there: check the name and the version; a private package needs its registry and a token in the .npmrc of whoever runs slipway (@scope:registry=https://…)",
		},
		{
			regexp.MustCompile(`npm error code EINTEGRITY|ERR_PNPM_TARBALL_INTEGRITY`), slipway.ClassDependency,
			"a package is not the one that the lockfile was made with: find out why before you make a new lockfile",
		},
	}
}

func nodeCodeFailures() []nodeFailure {
	return []nodeFailure{
		{
			regexp.MustCompile(`sh: 1: (yarn|bun|bunx): not found`), slipway.ClassCode,
			"a script runs $1, which the service is not installed with: name it in packageManager of package.json and commit its lockfile, let the script run npm or pnpm, or say `commands: {build: …}` in slipway.yaml",
		},
		{
			regexp.MustCompile(`sh: 1: (\S+): not found`), slipway.ClassCode,
			"a script runs $1, which no package of package.json brings: add the package that has it, or name a Debian package below `packages: {build: […]}` in slipway.yaml",
		},
		{
			regexp.MustCompile(`gyp ERR! |node-pre-gyp ERR! `), slipway.ClassDependency,
			"a package could not be compiled: name the Debian packages with the headers that it misses below `packages: {build: […]}` in slipway.yaml, or take a version of it that brings a compiled form for this Node.js",
		},
		{
			regexp.MustCompile(`sharp: Downloading (https?://[^/\s]+)/\S+\n[\s\S]*sharp: Installation error`), slipway.ClassDependency,
			"this version of sharp downloads a library from $1, which the step could not reach: from 0.33 on it comes from the npm registry; a package that asks for an older one is given it by `overrides` of package.json (`resolutions` with yarn)",
		},
		{
			regexp.MustCompile(`npm error path (?:\S*/)?node_modules/((?:@[^/\s]+/)?[^/\s]+)\n[\s\S]*npm error command (?:failed|sh)[\s\S]*\n- GET https?://([^/\s]+)\S* -> 502`), slipway.ClassDependency,
			"the install script of $1 downloads from $2, which the step could not reach: name a mirror by the variable that the package reads (`buildEnv:` in slipway.yaml), or take a version that comes whole from the npm registry",
		},
		{
			regexp.MustCompile(`npm error path (?:\S*/)?node_modules/((?:@[^/\s]+/)?[^/\s]+)\n[\s\S]*npm error command (?:failed|sh)`), slipway.ClassDependency,
			"the install script of $1 failed; the lines above are its own",
		},
		{
			regexp.MustCompile(`JavaScript heap out of memory`), slipway.ClassLimit,
			"Node.js ran out of its own heap: set `buildEnv: {NODE_OPTIONS: --max-old-space-size=4096}` in slipway.yaml",
		},
		{
			regexp.MustCompile(`Cannot find (?:module|package) '([^'./][^']*)'`), slipway.ClassCode,
			"$1 is used and not among the dependencies of package.json: add it",
		},
	}
}
