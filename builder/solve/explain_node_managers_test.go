package solve

import (
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

// The outputs were taken from yarn 1.22, yarn 4.18, bun 1.4 and npm 11; hosts
// were replaced.
func TestExplainNodeManagers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		output string
		class  slipway.Class
		hint   string
	}{
		"yarn 1 out of step": {
			"[1/4] Resolving packages...\nerror Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`.\ninfo Visit https://yarn.example/install for documentation about this command.",
			slipway.ClassCode, "run `yarn install`",
		},
		"yarn 4 out of step": {
			"➤ YN0028: │ +    ms: \"npm:2.1.2\"\n➤ YN0000: │ \n➤ YN0028: │ The lockfile would have been modified by this install, which is explicitly forbidden.\n➤ YN0000: └ Completed\n➤ YN0000: · Failed with errors in 0s 566ms",
			slipway.ClassCode, "commit yarn.lock",
		},
		"yarn, for running only": {
			"yarn.lock is not in step with package.json:\n  resolution: \"ms@npm:2.1.2\"", slipway.ClassCode, "commit yarn.lock",
		},
		"bun out of step": {
			"Resolved, downloaded and extracted [2]\nerror: lockfile had changes, but lockfile is frozen\nnote: dependencies in package.json changed since bun.lock was saved: ms changed from 2.1.3 to 2.1.2",
			slipway.ClassCode, "run `bun install` and commit bun.lock",
		},
		"no such version of the manager": {
			"npm error code ETARGET\nnpm error notarget No matching version found for @yarnpkg/cli-dist@4.99.0.\nnpm error notarget In most cases you or one of your dependencies are requesting a package version that doesn't exist.",
			slipway.ClassCode, "the package manager has no version 4.99.0:",
		},
		"no such version of bun": {
			"npm error notarget No matching version found for @oven/bun-linux-x64-baseline@9.0.0.\nnpm error notarget In most", slipway.ClassCode, "the package manager has no version 9.0.0:",
		},
		"no such version of pnpm": {
			"npm error code ETARGET\nnpm error notarget No matching version found for pnpm@12.99.0.\nnpm error notarget In most cases you or one of your dependencies are requesting a package version that doesn't exist.",
			slipway.ClassCode, "the package manager has no version 12.99.0:",
		},
		"pnpm 12 out of step": {
			"  ╰─▶ Cannot install with \"frozen-lockfile\" because pnpm-lock.yaml is not up\n      to date with package.json.\n      \n        Failure reason:\n        specifiers in the lockfile don't match specifiers in package.json:\n      * in importers[\".\"]:\n      * 1 dependency is mismatched:\n        - ms (lockfile: 2.1.3, manifest: 2.1.2)",
			slipway.ClassCode, "run `pnpm install` and commit pnpm-lock.yaml",
		},
		"a patch that is not there with pnpm 12": {
			"Error: ERR_PNPM_PATCH_NOT_FOUND\n\n  × installing dependencies\n  ╰─▶ Patch file not found: /app/fixes/ms.patch\n", slipway.ClassCode, "patchedDependencies name /app/fixes/ms.patch,",
		},
		"a patch that is not there with pnpm 11": {
			"✓ Lockfile passes supply-chain policies (31 entries in 5s)\n[ERR_PNPM_PATCH_NOT_FOUND] Patch file not found: /app/fixes/ms.patch", slipway.ClassCode, "patchedDependencies name /app/fixes/ms.patch,",
		},
		"a plugin of Nx": {
			" NX   Unable to resolve @nx/webpack:webpack.\n\nCannot find module '@nx/webpack/package.json'\nRequire stack:\n- /app/node_modules/nx/dist/src/utils/package-json.js", slipway.ClassCode, "a project.json builds with @nx/webpack, which is not installed",
		},
		"a project that Nx does not find": {
			" NX   Failed to process project graph.\n\n[Configuration Error]:\nThe following implicitDependencies point to non-existent project(s):\n  api\n    nope\n", slipway.ClassCode, "implicitDependencies of the project api name nope,",
		},
		"a variable of yarn's settings": {
			"Usage Error: Environment variable not found (NPM_TOKEN) in /app/.yarnrc.yml (in /app/.yarnrc.yml)", slipway.ClassCode, "write ${NPM_TOKEN-} there",
		},
		"a private registry with yarn 4": {
			"➤ YN0000: ┌ Resolution step\n➤ YN0041: │ ms@npm:2.1.3: Invalid authentication (as an anonymous user)\n➤ YN0000: └ Completed",
			slipway.ClassDependency, "the registry of ms@npm:2.1.3 wants to know who asks",
		},
		"a private registry with bun": {
			"error: GET http://npm.example:7788/ms - 401\nerror: ms@2.1.3 failed to resolve", slipway.ClassDependency, "put //npm.example:7788/:_authToken=TOKEN",
		},
		"a private registry with yarn 1": {
			"[2/4] Fetching packages...\ninfo There appears to be trouble with your network connection. Retrying...\nerror Error: https://npm.example:40415/@office/words/-/words-1.0.0.tgz: Request failed \"401 Unauthorized\"\n    at ResponseError.ExtendableBuiltin (/opt/tools/yarn/lib/cli.js:696:66)",
			slipway.ClassDependency, "put //npm.example:40415/:_authToken=TOKEN",
		},
		"no such package with yarn 1": {
			"error Couldn't find package \"@shop/none\" on the \"npm\" registry.", slipway.ClassDependency, "@shop/none is not there, or not for everybody",
		},
		"no such package with yarn 4": {
			"➤ YN0035: │ @shop/none@npm:1.0.0: Package not found\n➤ YN0035: │   Response Code: 404 (Not Found)", slipway.ClassDependency, "@shop/none@npm:1.0.0 is not there",
		},
		"no such package with bun": {
			"error: GET https://npm.example/@shop%2fnone - 404\nerror: @shop/none@1.0.0 failed to resolve", slipway.ClassDependency, "@shop/none@1.0.0 is not there",
		},
		"no such version with yarn 1": {
			"error Couldn't find any versions for \"ms\" that matches \"9.9.9\"", slipway.ClassDependency, `("ms" that matches "9.9.9")`,
		},
		"no such version with yarn 4": {
			"➤ YN0082: │ ms@npm:9.9.9: No candidates found", slipway.ClassDependency, "(ms@npm:9.9.9)",
		},
		"no such version with bun": {
			"error: No version matching \"9.9.9\" found for specifier \"ms\" (but package exists)\nerror: ms@9.9.9 failed to resolve", slipway.ClassDependency, "no registry has such a version",
		},
		"Prisma's engines": {
			"Error: request to https://engines.example/all_commits/c2990dca591cba766e3b7ef5d9e8a84796e47ab7/debian-openssl-3.0.x/schema-engine.gz.sha256 failed, reason: getaddrinfo ENOTFOUND engines.example",
			slipway.ClassDependency, "Prisma fetches its engines from engines.example",
		},
	} {
		class, hint, ok := explainNode(strings.Split(c.output, "\n"))
		if !ok || class != c.class || !strings.Contains(hint, c.hint) {
			t.Errorf("%s: %q, %q, %t", name, class, hint, ok)
		}
	}
}
