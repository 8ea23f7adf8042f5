package solve

import (
	"regexp"

	"github.com/slipway-ci/slipway"
)

// workspaceFailures are those of tools that build a workspace in order, and
// of pnpm's patches. The words are those of Nx 22 and pnpm 9 to 12.
func workspaceFailures() []nodeFailure {
	return []nodeFailure{
		{
			regexp.MustCompile(`Unable to resolve (@?[\w./-]+):[\w-]+\.`), slipway.ClassCode,
			"a project.json builds with $1, which is not installed: add it to devDependencies of the workspace's package.json and commit the lockfile",
		},
		{
			regexp.MustCompile(`(?s)implicitDependencies point to non-existent project\(s\):\s+(\S+)\s+(\S+)`), slipway.ClassCode,
			"implicitDependencies of the project $1 name $2, and no project.json that the build has is called so",
		},
		{
			regexp.MustCompile(`(?s)ERR_PNPM_PATCH_NOT_FOUND.*Patch file not found: (\S+)`), slipway.ClassCode,
			"patchedDependencies name $1, which is not in the repository: commit the patch, or take it out",
		},
	}
}
