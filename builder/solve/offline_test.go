package solve

import (
	"errors"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

func TestStepFailed_WithoutANetwork(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, step, output, says string
		language                 slipway.Language
	}{
		{"a build that installs", "compile", "npm error code EAI_AGAIN\nnpm error request to https://npm.example/vite failed, reason: getaddrinfo EAI_AGAIN npm.example", `asks for npm.example, and has no network`, slipway.LanguageNode},
		{"where it can install", "compile", "npm error request to https://npm.example/vite failed, reason: getaddrinfo EAI_AGAIN npm.example", `below "workspaces"`, slipway.LanguageNode},
		{"curl", "compile", "curl: (6) Could not resolve host: files.example", "asks for files.example,", slipway.LanguagePython},
		{"Python", "compile", "socket.gaierror: [Errno -3] Temporary failure in name resolution", "asks for another host,", slipway.LanguagePython},
		{"a step with packages", "deps", "getaddrinfo EAI_AGAIN npm.example", "a package could not be had", slipway.LanguageNode},
		{"another failure", "compile", "SyntaxError: Unexpected token", "mend the lines above", slipway.LanguageNode},
	} {
		r := request()
		r.Plan.Language = tt.language
		err := stepFailed(exit(1), r, tt.step, strings.Split(tt.output, "\n"))
		if e, ok := errors.AsType[*slipway.Error](err); !ok || !strings.Contains(e.Hint, tt.says) {
			t.Errorf("%s: %v does not say %q", tt.name, err, tt.says)
		}
	}
}
