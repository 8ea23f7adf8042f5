package contract

import (
	"path"
	"slices"
	"strings"
)

// lookLean finds what helps to build and not to run.
func lookLean(s *subject, e entry) {
	if !e.regular() {
		return
	}
	for _, kind := range []struct {
		is   func(entry) bool
		what string
		hint string
	}{
		{isVCS, "version control data", "leave it out of the layer (.dockerignore, or copy only what runs)"},
		{isPackageCache, "a package manager's cache", "keep caches in cache mounts, or delete them in the step that made them"},
		{isToolchain, "part of a toolchain", "build in a stage of its own and copy only the result"},
		{isTest, "a test", "copy only what runs"},
	} {
		if kind.is(e) {
			s.contents(RuleLean).find(kind.hint, "/%s in layer %d is %s", e.name, e.layer, kind.what)
			return
		}
	}
}

func isVCS(e entry) bool {
	return slices.ContainsFunc(e.segments(), func(part string) bool {
		return slices.Contains([]string{".git", ".hg", ".svn", ".bzr"}, part)
	})
}

func isPackageCache(e entry) bool {
	if path.Base(e.name) == "lock" && e.header.Size == 0 {
		return false // apt's own, in every Debian
	}
	if slices.ContainsFunc([]string{"var/lib/apt/lists", "var/cache/apt", "var/cache/apk", "var/cache/dnf", "root/.cache"}, e.within) {
		return true
	}
	return slices.ContainsFunc([]string{
		"/.npm/_cacache/", "/.cache/pip/", "/.cache/uv/", "/.cache/go-build/", "/.cache/yarn/", "/go/pkg/mod/",
		"/.m2/repository/", "/.m2/wrapper/", "/.gradle/caches/", "/.gradle/wrapper/", "/.cargo/registry/", "/.cargo/git/",
		"/.pnpm-store/", "/.local/share/pnpm/store/", "/.yarn/cache/", "/.cache/pypoetry/", "/.cache/pip-tools/", "/.bun/install/cache/",
		"/node_modules/.cache/", "/.next/cache/", "/.mypy_cache/", "/.pytest_cache/", "/.ruff_cache/",
	}, func(part string) bool { return strings.Contains("/"+e.name, part) })
}

func isToolchain(e entry) bool {
	dir, base := path.Split(e.name)
	for _, part := range []string{"/go/pkg/tool/", "/lib/rustlib/", "/jmods/"} { // the last is a JDK's, which a JRE has not
		if strings.Contains("/"+e.name, part) {
			return true
		}
	}
	if path.Base(dir) != "bin" || e.header.Mode&0o111 == 0 {
		return base == "cc1" || base == "cc1plus"
	}
	return slices.Contains([]string{
		"go", "gofmt", "gcc", "g++", "cc", "c++", "clang", "clang++", "ld", "as", "make", "cmake",
		"cargo", "rustc", "rustdoc", "rustup", "javac", "jlink", "jshell", "mvn", "gradle", "git",
	}, base)
}

func isTest(e entry) bool {
	if e.vendored() {
		return false
	}
	base := path.Base(e.name)
	stem, ext := strings.TrimSuffix(base, path.Ext(base)), path.Ext(base)
	switch ext {
	case ".go":
		return strings.HasSuffix(stem, "_test")
	case ".py":
		return strings.HasPrefix(stem, "test_") || strings.HasSuffix(stem, "_test") || stem == "conftest"
	case ".js", ".ts", ".jsx", ".tsx", ".mjs", ".cjs":
		return strings.HasSuffix(stem, ".test") || strings.HasSuffix(stem, ".spec") || slices.Contains(e.segments(), "__tests__")
	}
	return false
}
