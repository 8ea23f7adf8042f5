package solve

import (
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

// The outputs are those of npm 10.9, and of uv 0.9 and pip 23; hosts were
// replaced.
func TestMeaning_GitOverSSH(t *testing.T) {
	t.Parallel()
	for language, output := range map[slipway.Language]string{
		slipway.LanguageNode:   "npm error code 128\nnpm error command git --no-replace-objects ls-remote ssh://git@forge.example/x/ms.git\nnpm error ssh -oStrictHostKeyChecking=accept-new: 1: ssh: not found\nnpm error fatal: Could not read from remote repository.",
		slipway.LanguagePython: "  Running command git clone --filter=blob:none --quiet 'ssh://****@forge.example/acme/lib.git' /tmp/lib\n  error: cannot run ssh: No such file or directory\n  fatal: unable to fork\n  error: subprocess-exited-with-error",
	} {
		class, hint := meaning(slipway.Plan{Language: language}, strings.Split(output, "\n"))
		if class != slipway.ClassDependency || !strings.Contains(hint, "over ssh that no manifest or lock file of the service names") {
			t.Errorf("%s: %q, %q", language, class, hint)
		}
	}
}
