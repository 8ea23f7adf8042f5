package solve

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway"
)

// pythonHint says what mends a failed step of a Python service, from what its
// tools printed; "" when nothing in it is known.
func pythonHint(p slipway.Plan, tail []string) string {
	if p.Language != slipway.LanguagePython {
		return ""
	}
	text := strings.Join(tail, "\n")
	for _, known := range []func(string) string{pythonTool, pythonGit, pythonCredentials, pythonLock, pythonHash, pythonVersion, pythonRust, pythonCompiler, pythonMissing, pythonSettings} {
		if hint := known(text); hint != "" {
			return hint
		}
	}
	return ""
}

// pythonCredentials knows what pip, uv and poetry say of an index that asks
// for a password, where no proxy recorded it.
func pythonCredentials(text string) string {
	refused := regexp.MustCompile(`(?m)^.*(\b(401|403) (Error|Client|Unauthorized|Forbidden)|HTTP error 40[13]|User for \S+:).*$`).FindString(text)
	if refused == "" {
		return ""
	}
	host := "HOST"
	for _, where := range []string{refused, text} {
		if m := regexp.MustCompile("https?://[^\\s`'\")]+").FindString(where); m != "" {
			if u, err := url.Parse(m); err == nil && u.Host != "" {
				host = u.Host
				break
			}
		}
	}
	return pythonLogin(host)
}

// pythonLogin says where credentials of an index are written.
func pythonLogin(host string) string {
	return fmt.Sprintf("write the credentials for %s into pip.conf (index-url = https://USER:PASSWORD@%s/simple), into uv.toml, or into the netrc file of the machine that runs slipway", host, host)
}

// pythonTool knows a project that asks for another uv, and one that names a
// uv that there is not.
func pythonTool(text string) string {
	if m := regexp.MustCompile("Required uv version `([^`]+)` does not match the running version `([^`]+)`").FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("uv here is %s: let required-version allow it, or name one exact version (==X.Y.Z), which is then brought", m[2])
	}
	if m := regexp.MustCompile(`No matching distribution found for uv==(\S+)`).FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("there is no uv %s: mend required-version in pyproject.toml", m[1])
	}
	return ""
}

// pythonGit knows what git says when a repository that a package is taken
// from asks who one is.
func pythonGit(text string) string {
	if m := regexp.MustCompile(`could not read (?:Username|Password) for '(https?://[^']+)'`).FindStringSubmatch(text); m != nil {
		if u, err := url.Parse(m[1]); err == nil && u.Host != "" {
			return "a package is taken from a private repository: write the credentials for " + u.Host + " into the netrc file of the machine that runs slipway"
		}
	}
	if m := regexp.MustCompile(`git fetch [^\n]*'ssh://(?:[^@']+@)?([^/':]+)`).FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("a package is taken from a repository by ssh, and git says above why it was not: is its revision there? Or write its address as git+https://%s/…, with credentials in the netrc file of the machine that runs slipway", m[1])
	}
	return ""
}

func pythonLock(text string) string {
	switch {
	case strings.Contains(text, "changed significantly since poetry.lock was last generated"):
		return "run `poetry lock` and commit poetry.lock"
	case strings.Contains(text, "The lockfile at `uv.lock` needs to be updated"):
		return "run `uv lock` and commit uv.lock"
	case strings.Contains(text, "Pipfile.lock is out of step with Pipfile"):
		return "run `pipenv lock` and commit Pipfile.lock"
	case strings.Contains(text, "pdm.lock is out of step with pyproject.toml"):
		return "run `pdm lock` and commit pdm.lock"
	}
	return ""
}

// pythonRequirement knows what pip says of a line that it cannot read.
func pythonRequirement(tail []string) string {
	text := strings.Join(tail, "\n")
	if m := regexp.MustCompile(`Invalid requirement: '([^'\n]*)'[^\n]*\(from line (\d+) of ([^)\n]+)\)`).FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("%s:%s is no requirement: %q", m[3], m[2], m[1])
	}
	return ""
}

func pythonHash(text string) string {
	if strings.Contains(text, "DO NOT MATCH THE HASHES") || strings.Contains(text, "Hash mismatch for") {
		return "a package is not the one that was locked: if the index has rightly replaced it, lock again; if not, do not use it"
	}
	if strings.Contains(text, "In --require-hashes mode") {
		return "some requirements have hashes and some have none: write all of them with `pip-compile --generate-hashes` or `uv pip compile --generate-hashes`"
	}
	return ""
}

func pythonVersion(text string) string {
	if m := regexp.MustCompile(`(?:requires a different Python|requires Python|Requires-Python|does not satisfy Python|depends on Python)[^\n]*`).FindString(text); m != "" {
		return "choose another Python with version: \"3.13\" in slipway.yaml (`slipway stack ls` lists them), or another release of the package: " + m
	}
	return ""
}

// pythonCompiler knows how the build of an extension fails that lacks a
// library of the system.
func pythonCompiler(text string) string {
	if m := regexp.MustCompile(`fatal error: (\S+\.h): No such file`).FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("a package is compiled and lacks %s: name the Debian package that has it in slipway.yaml (packages: {build: [lib…-dev], run: [lib…]})", m[1])
	}
	if m := regexp.MustCompile(`(\S*(?:pg_config|mysql_config|mariadb_config|xml2-config|curl-config|gdal-config))[^\n]*not found|Can not find valid pkg-config name`).FindStringSubmatch(text); m != nil {
		return "a package is compiled and lacks a library of the system: name its Debian package in slipway.yaml (packages: {build: [lib…-dev], run: [lib…]})"
	}
	return ""
}

// pythonRust knows how the build of a package fails that has no wheel for this
// Python and is compiled by Rust, and how Rust itself fails in the service's
// own package.
func pythonRust(text string) string {
	switch {
	case strings.Contains(text, "can't find Rust compiler"), strings.Contains(text, "Cargo, the Rust package manager, is not installed"):
		return "a package has no wheel for this Python and is compiled with Rust: allow a release of it that has one, or bring Rust with packages: {build: [cargo-web, rustc-web]} in slipway.yaml ([cargo, rustc] on Debian 13)"
	case strings.Contains(text, "failed to download `") && strings.Contains(text, "--offline was specified"):
		return "Cargo.lock does not have every crate that is asked for: run `cargo check` and commit Cargo.lock"
	}
	if m := regexp.MustCompile(`(?m)^\s*error\[E\d+\]: [^\n]*|^\s*error: could not compile [^\n]*`).FindString(text); m != "" && strings.Contains(text, "maturin") {
		return "the Rust of a package does not compile: " + strings.TrimSpace(m)
	}
	return ""
}

func pythonMissing(text string) string {
	for _, form := range []string{`No matching distribution found for ([^\s]+)`, "Because ([^\\s]+) was not found in the package registry", `Package \x60?([^\s\x60]+)\x60? not found`} {
		if m := regexp.MustCompile(form).FindStringSubmatch(text); m != nil {
			return fmt.Sprintf("no index has %s for this Python: check name and version; if it is your own, name your index in pip.conf or uv.toml of the machine that runs slipway", m[1])
		}
	}
	return ""
}

// pythonSettings knows settings that cannot be read while an image is built.
func pythonSettings(text string) string {
	if m := regexp.MustCompile(`KeyError: '([A-Z][A-Z0-9_]+)'|Set the ([A-Z][A-Z0-9_]+) environment variable|UndefinedValueError: ([A-Z][A-Z0-9_]+) not found`).FindStringSubmatch(text); m != nil {
		name := m[1] + m[2] + m[3]
		return fmt.Sprintf("the settings ask for the variable %s while the image is built: give it any value with buildEnv: {%s: …} in slipway.yaml; it does not get into the image", name, name)
	}
	return ""
}
