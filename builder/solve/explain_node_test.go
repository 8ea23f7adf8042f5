package solve

import (
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

// The outputs were taken from npm 10.9 and pnpm 10.34; hosts were replaced.
func TestExplainNode(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		output string
		class  slipway.Class
		hint   string
	}{
		"lockfile out of step": {
			"npm error code EUSAGE\nnpm error\nnpm error `npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync.",
			slipway.ClassCode, "run `npm install` and commit package-lock.json",
		},
		"lockfile out of step, the end of it": {
			"npm error [-ws|--workspaces] [--include-workspace-root] [--install-links]\nnpm error\nnpm error aliases: clean-install, ic, install-clean, isntall-clean\nnpm error",
			slipway.ClassCode, "run `npm install` and commit package-lock.json",
		},
		"pnpm's lockfile out of step": {
			"  Failure reason:\n  specifiers in the lockfile don't match specifiers in package.json:\n* 1 dependencies are mismatched:\n  - ms (lockfile: ^2.1.0, manifest: ^1.0.0)",
			slipway.ClassCode, "run `pnpm install` and commit pnpm-lock.yaml",
		},
		"a package for another system": {
			"npm error code EBADPLATFORM\nnpm error notsup Unsupported platform for fsevents@2.3.3: wanted {\"os\":\"darwin\"} (current: {\"os\":\"linux\"})\nnpm error notsup Valid os:  darwin\nnpm error notsup Actual os: linux",
			slipway.ClassCode, "fsevents@2.3.3 is for another system",
		},
		"a private registry": {
			"npm error code E401\nnpm error 401 Unauthorized - GET http://npm.example:8081/@shop%2fnone",
			slipway.ClassDependency, "put //npm.example:8081/:_authToken=TOKEN into the .npmrc",
		},
		"a private registry with pnpm": {
			" ERR_PNPM_FETCH_401  GET http://npm.example/@shop%2Fnone: Unauthorized - 401\n\nNo authorization header was set for the request.",
			slipway.ClassDependency, "the registry npm.example wants to know who asks",
		},
		"no such package": {
			"npm error code E404\nnpm error 404 Not Found - GET https://npm.example/@shop%2fnone\nnpm error 404\nnpm error 404  '@shop/none@1.0.0' is not in this registry.",
			slipway.ClassDependency, "https://npm.example/@shop%2fnone is not there",
		},
		"a tool that is not there": {
			"> @shop/money@1.0.0 build /app/packages/money\n> tsc\n\nsh: 1: tsc: not found\n ELIFECYCLE  Command failed.",
			slipway.ClassCode, "a script runs tsc, which no package of package.json brings",
		},
		"another package manager": {
			"> x@1.0.0 build\n> yarn compile\n\nsh: 1: yarn: not found", slipway.ClassCode, "a script runs yarn, which the service is not installed with",
		},
		"an install script": {
			"npm error code 3\nnpm error path /app/node_modules/@shop/odd\nnpm error command failed\nnpm error command sh -c exit 3",
			slipway.ClassDependency, "the install script of @shop/odd failed",
		},
		"an install script that downloads": {
			"npm error code 1\nnpm error path /app/node_modules/odd\nnpm error command failed\nnpm error command sh -c node install.js\n- GET https://releases.example/odd.tar.gz -> 502",
			slipway.ClassDependency, "the install script of odd downloads from releases.example, which the step could not reach",
		},
		"sharp before it came from npm": {
			"npm error path /app/node_modules/sharp\nnpm error command failed\nnpm error command sh -c node install\nnpm error sharp: Downloading https://releases.example/x.tar.br\nnpm error sharp: Installation error: Status 502 Bad Gateway",
			slipway.ClassDependency, "this version of sharp downloads a library from https://releases.example",
		},
	} {
		class, hint, ok := explainNode(strings.Split(c.output, "\n"))
		if !ok || class != c.class || !strings.Contains(hint, c.hint) {
			t.Errorf("%s: %q, %q, %t", name, class, hint, ok)
		}
	}
	if _, hint, ok := explainNode([]string{"TypeError: x is not a function"}); ok {
		t.Errorf("a failure of the program's own is explained: %s", hint)
	}
}
