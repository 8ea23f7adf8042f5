package solve

import (
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

// The outputs are what the tools printed, shortened.
func TestPythonHint(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ output, want string }{
		"uv without credentials": {
			"  × Failed to fetch: `http://pypi.corp.example:8081/simple/shop-prices/`\n  ├─▶ HTTP status client error (401 Unauthorized) for url\n  ╰─▶ (http://pypi.corp.example:8081/simple/shop-prices/)",
			"write the credentials for pypi.corp.example:8081",
		},
		"pip without credentials": {
			"User for pypi.corp.example: ERROR: Exception:\nEOFError: EOF when reading a line", "write the credentials for HOST",
		},
		"pip with wrong ones": {
			"WARNING: 401 Error, Credentials not correct for https://pypi.corp.example/simple/shop-prices/\nERROR: No matching distribution found for shop-prices", "write the credentials for pypi.corp.example into",
		},
		"poetry.lock": {
			"pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock` to fix the lock file.", "run `poetry lock`",
		},
		"hashes": {
			"ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "not the one that was locked",
		},
		"some hashes": {
			"ERROR: In --require-hashes mode, all requirements must have their versions pinned with ==.", "--generate-hashes",
		},
		"python": {
			"ERROR: Package 'numpy' requires a different Python: 3.11.2 not in '>=3.12'", "3.11.2 not in '>=3.12'",
		},
		"header": {
			"      src/_ldap.c:4:10: fatal error: lber.h: No such file or directory\n      compilation terminated.", "lacks lber.h",
		},
		"pg_config": {
			"      Error: pg_config executable not found.", "packages: {build",
		},
		"pip, no such package": {
			"ERROR: No matching distribution found for shop-prices==1.0", "no index has shop-prices==1.0",
		},
		"uv, no such package": {
			"  ╰─▶ Because shop-prices was not found in the package registry and you require shop-prices", "no index has shop-prices ",
		},
		"django": {
			`  File "<frozen os>", line 679, in __getitem__` + "\nKeyError: 'PAYMENT_URL'", "buildEnv: {PAYMENT_URL: …}",
		},
		"nothing known": {"SyntaxError: invalid syntax", ""},
	} {
		got := pythonHint(slipway.Plan{Language: slipway.LanguagePython}, strings.Split(c.output, "\n"))
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q in it", name, got, c.want)
		}
	}
	if got := pythonHint(slipway.Plan{Language: slipway.LanguageGo}, []string{"KeyError: 'PAYMENT_URL'"}); got != "" {
		t.Errorf("of Go: %q", got)
	}
}
