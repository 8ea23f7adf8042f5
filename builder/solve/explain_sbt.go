package solve

import (
	"fmt"
	"regexp"

	"github.com/slipway-ci/slipway"
)

// What sbt 1.11 and 1.12, their launcher and scalac print.
var (
	sbtMissing   = regexp.MustCompile(`Error downloading ([\w.-]+:[\w.-]+)[^:]*:(\S+)$`)
	sbtDenied    = regexp.MustCompile(`^(?:\[error\])?\s*(?:unauthorized|forbidden): (https?://\S+)`)
	sbtOffline   = regexp.MustCompile(`^(?:\[error\])?\s*not found: /sbt/coursier/`)
	sbtRetrieve  = regexp.MustCompile(`^\[error\] \[launcher\] could not retrieve sbt (\S+)`)
	sbtLauncher  = regexp.MustCompile(`^the launcher of sbt \S+ is not the one`)
	sbtCompiled  = regexp.MustCompile(`^\[error\] \(.*compile\w*\) Compilation failed|^\[error\] Type error in expression|^\[error\] \S+\.sbt:\d+: error:|^\[error\] Error parsing expression`)
	sbtNoMemory  = regexp.MustCompile(`java\.lang\.OutOfMemoryError`)
	sbtDeepStack = regexp.MustCompile(`java\.lang\.StackOverflowError`)
)

// sbtMeaning is what the last lines of sbt mean. A registry that refuses comes
// before what it then does not have.
func sbtMeaning(p slipway.Plan, tail []string) (slipway.Class, string) {
	if p.PackageManager != "sbt" {
		return "", ""
	}
	said := func(re *regexp.Regexp) []string {
		for _, line := range tail {
			if m := re.FindStringSubmatch(line); m != nil {
				return m
			}
		}
		return nil
	}
	if m := said(sbtDenied); m != nil {
		return slipway.ClassDependency, fmt.Sprintf("%s did not let be read what sbt asked for: give user and password in ~/.m2/settings.xml of the machine that builds, as a <server> with the id of the mirror or repository, or in coursier's credentials.properties", bare(hostOf(m[1])))
	}
	if m := said(sbtRetrieve); m != nil {
		return slipway.ClassDependency, fmt.Sprintf("there is no sbt %s in the configured Maven repository: correct sbt.version in project/build.properties", m[1])
	}
	if said(sbtLauncher) != nil {
		return slipway.ClassDependency, "ask who runs the configured Maven repository why its org.scala-sbt:sbt-launch is another"
	}
	if m := said(sbtMissing); m != nil {
		if said(sbtOffline) != nil {
			return slipway.ClassDependency, fmt.Sprintf("the build asked for %s:%s only when there were sources, and there is no network then: add it to the libraryDependencies of the project that needs it", m[1], m[2])
		}
		return slipway.ClassDependency, fmt.Sprintf("no repository has %s:%s: correct its name or version (%%%% adds that of Scala to the name), or name the repository that has it with `resolvers +=`", m[1], m[2])
	}
	switch {
	case said(sbtNoMemory) != nil:
		return slipway.ClassCode, "sbt ran out of memory: write -Xmx2g, or more, into .jvmopts at the root of the build"
	case said(sbtDeepStack) != nil:
		return slipway.ClassCode, "the compiler ran out of stack: write -Xss16m, or more, into .jvmopts at the root of the build"
	case said(sbtCompiled) != nil:
		return slipway.ClassCode, "mend what the compiler says in the lines above"
	}
	return "", ""
}
