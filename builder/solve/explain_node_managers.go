package solve

import (
	"regexp"

	"github.com/slipway-ci/slipway"
)

// managerFailures are those of package managers that are fetched for the
// build. The words are those of yarn 1.22, 3 and 4, and bun 1.3 and 1.4.
func managerFailures() []nodeFailure {
	return []nodeFailure{
		{
			regexp.MustCompile(`npm error notarget No matching version found for (?:@yarnpkg/cli-dist|(yarn|pnpm|@oven/bun-[^@\s]+))@(\S+?)\.?(?:\s|$)`), slipway.ClassCode,
			"the package manager has no version $2: write one that its registry has into packageManager in package.json, for example yarn@4.13.0, pnpm@12.21.0 or bun@1.3.5",
		},
		{
			regexp.MustCompile("Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`|YN0028: .*The lockfile would have been modified|yarn.lock is not in step with package.json"), slipway.ClassCode,
			"yarn.lock is not in step with package.json: run `yarn install`, with the version of yarn that is named above, and commit yarn.lock",
		},
		{
			regexp.MustCompile(`error: lockfile had changes, but lockfile is frozen`), slipway.ClassCode,
			"bun.lock is not in step with package.json: run `bun install` and commit bun.lock",
		},
		{
			regexp.MustCompile(`Environment variable not found \(([A-Z0-9_a-z]+)\)`), slipway.ClassCode,
			"$1 is asked for by .yarnrc.yml and is not set in every step: write ${$1-} there, and name $1 below `secrets:` in slipway.yaml when packages are private",
		},
		{
			regexp.MustCompile(`YN0041: \S* (\S+): Invalid authentication`), slipway.ClassDependency,
			"the registry of $1 wants to know who asks: put the registry and //HOST/:_authToken=TOKEN into the .npmrc of whoever runs slipway, or npmRegistries with ${NPM_TOKEN-} into .yarnrc.yml and NPM_TOKEN below `secrets:` in slipway.yaml",
		},
		{
			regexp.MustCompile(`error: GET https?://([^/\s]+)/\S* - 40[13]\b|error Error: https?://([^/\s]+)/\S*: Request failed "40[13]`), slipway.ClassDependency,
			"the registry $1$2 wants to know who asks: put //$1$2/:_authToken=TOKEN into the .npmrc of whoever runs slipway, or commit an .npmrc with ${NPM_TOKEN} and name NPM_TOKEN below `secrets:` in slipway.yaml",
		},
		{
			regexp.MustCompile(`YN0035: \S* (\S+?): Package not found|error Couldn't find package "([^"]+)" on the|error: GET \S+ - 404\nerror: (\S+) failed to resolve`), slipway.ClassDependency,
			"$1$2$3 is not there, or not for everybody: check the name; a private package needs its registry and a token in the .npmrc of whoever runs slipway (@scope:registry=https://…)",
		},
		{
			regexp.MustCompile(`YN0082: \S* (\S+?): No candidates found|Couldn't find any versions for ("[^"]+" that matches "[^"]+")|error: No version matching ("[^"]+" found for specifier "[^"]+")`), slipway.ClassDependency,
			"no registry has such a version ($1$2$3): check what package.json asks for",
		},
		{
			regexp.MustCompile(`YN0018: .*The remote archive doesn't match the expected checksum|Integrity check failed for|error: Integrity check failed`), slipway.ClassDependency,
			"a package is not the one that the lockfile was made with: find out why before you make a new lockfile",
		},
		{
			regexp.MustCompile(`(?:request to|Failed to fetch [^\n]* at) https?://([^/\s]+)/all_commits/`), slipway.ClassDependency,
			"Prisma fetches its engines from $1, which is not reached from here: set PRISMA_ENGINES_MIRROR below `buildEnv:` in slipway.yaml, or let the client do without them (engineType = \"client\" in the generator of schema.prisma, and a driver adapter)",
		},
	}
}
