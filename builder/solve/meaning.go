package solve

import (
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// meaning is what the last lines of a language's tools mean for the person who
// reads them; hint is empty when nothing is known, class when the hint does
// not change whose failure it is.
func meaning(p slipway.Plan, tail []string) (class slipway.Class, hint string) {
	if slices.ContainsFunc(tail, wantsSSH) {
		return slipway.ClassDependency, "a package comes from a git repository over ssh that no manifest or lock file of the service names: commit the lock file, or name the repository there as ssh://git@HOST/…; or publish the package to a registry"
	}
	if hint := hintProtoc(tail); hint != "" {
		return slipway.ClassCode, hint
	}
	switch p.Language {
	case slipway.LanguageGo:
		class, hint = hintGo(tail)
	case slipway.LanguageJava:
		if class, hint = sbtMeaning(p, tail); hint == "" {
			hint = javaHint(p, tail)
		}
	case slipway.LanguageNode:
		class, hint, _ = explainNode(tail)
	case slipway.LanguagePython:
		if hint := pythonRequirement(tail); hint != "" {
			return slipway.ClassCode, hint
		}
		hint = pythonHint(p, tail)
	case slipway.LanguageRust:
		class, hint, _ = hintRust(p, tail)
	default: // neither has tools of its own
	}
	return class, hint
}

// wantsSSH tells what git and its shell say where there is no ssh: in the steps
// of a build for which no repository was named.
func wantsSSH(line string) bool {
	return strings.Contains(line, "cannot run ssh: No such file") || strings.Contains(line, "ssh: not found")
}

// proxyKnowsBetter tells languages whose tools say of a registry that refuses
// them that it does not have the package: pip, uv, and the go command where a
// module is private.
func proxyKnowsBetter(l slipway.Language) bool {
	return slices.Contains([]slipway.Language{slipway.LanguageGo, slipway.LanguagePython}, l)
}
