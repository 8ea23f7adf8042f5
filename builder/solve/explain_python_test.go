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
		"setuptools-rust without Rust": {
			"         warning: build_py: byte-compiling is disabled, skipping.\n\n         error: can't find Rust compiler\n\n         If you are using an outdated pip version, it is possible a prebuilt wheel is available\n  ERROR: Failed building wheel for bcrypt\n  ERROR: Could not build wheels for bcrypt, which is required to install pyproject.toml-based projects",
			"packages: {build: [cargo-web, rustc-web]}",
		},
		"maturin offline": {
			"      error: failed to download `portable-atomic v1.15.0`\n\n      Caused by:\n        attempting to make an HTTP request, but --offline was specified\n      💥 maturin failed\n        Caused by: Cargo metadata failed. Does your crate compile with `cargo build`?",
			"commit Cargo.lock",
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
		"uv, another one": {
			"error: Required uv version `==0.5` does not match the running version `0.13.9`. Update `uv` by running `uv self update 0.5.1`.", "uv here is 0.13.9",
		},
		"uv, none": {
			"ERROR: Could not find a version that satisfies the requirement uv==0.5.99\nERROR: No matching distribution found for uv==0.5.99", "there is no uv 0.5.99",
		},
		"git": {
			"  cause: process didn't exit successfully: `/usr/bin/git fetch --force --update-head-ok 'http://127.0.0.1:8977/prices.git' '+refs/tags/v2:refs/remotes/origin/tags/v2'` (exit status: 128)\n         --- stderr\n         fatal: could not read Username for 'http://127.0.0.1:8977': terminal prompts disabled",
			"the credentials for 127.0.0.1:8977 into the netrc",
		},
		"git by ssh": {
			"  cause: process didn't exit successfully: `/usr/bin/git fetch --force --update-head-ok 'ssh://git@code.example/prices.git' '+refs/tags/v2:refs/remotes/origin/tags/v2'` (exit status: 128)\n         fatal: Could not read from remote repository.",
			"git+https://code.example/",
		},
		"Pipfile.lock": {
			"Pipfile.lock is out of step with Pipfile: it has flask 3.1.3, and >=4 is asked for", "run `pipenv lock`",
		},
		"pdm.lock": {
			"pdm.lock is out of step with pyproject.toml: it has granian 2.8.9, and >=3 is asked for", "run `pdm lock`",
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

func TestMeaning_requirementThatIsNone(t *testing.T) {
	t.Parallel()
	class, hint := meaning(slipway.Plan{Language: slipway.LanguagePython}, []string{
		"uv could not install them; once more with pip",
		"ERROR: Invalid requirement: 'this is not a requirement' (from line 2 of requirements.txt)",
	})
	if want := `requirements.txt:2 is no requirement: "this is not a requirement"`; class != slipway.ClassCode || hint != want {
		t.Errorf("%s: %s, want %s", class, hint, want)
	}
}
