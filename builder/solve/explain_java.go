package solve

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway"
)

// What Maven and Gradle print when a package cannot be had, and javac when it
// is too old.
var (
	mavenDenied   = regexp.MustCompile(`Could not transfer artifact (\S+) from/to (\S+) \((\S+)\): .*(?:status code: (?:401|403)|Not authorized|Unauthorized|authorization failed)`)
	mavenBlocked  = regexp.MustCompile(`from/to maven-default-http-blocker .*Blocked mirror for repositories: \[(\S+) \((\S+),`)
	mavenMissing  = regexp.MustCompile(`Could not find artifact (\S+) in (\S+) \((\S+)\)`)
	mavenLate     = regexp.MustCompile(`in offline mode and the artifact (\S+) has not been downloaded from it before|Cannot access \S+ \(\S+\) in offline mode.* artifact (\S+)`)
	gradleDenied  = regexp.MustCompile(`Could not (?:GET|HEAD) '(\S+)'\. Received status code (?:401|403) from server`)
	gradleFetch   = regexp.MustCompile(`^Gradle cannot be had: (.+)$`)
	gradleOfStack = regexp.MustCompile(`^the stack(?: has no Gradle|'s Gradle reads no Kotlin scripts)`)
	gradleAnswer  = regexp.MustCompile(`^(https?://\S+) answered (\d+)$`)
	gradleNoNet   = regexp.MustCompile(`No cached version of (\S+) available for offline mode`)
	javacTooOld   = regexp.MustCompile(`(?:release version|invalid target release:|invalid source release:) (\d+)`)
	classTooNew   = regexp.MustCompile(`Unsupported class file major version (\d+)`)
	stubInTheWay  = regexp.MustCompile(`SlipwayStub\d+`)
	gradleNoTrust = regexp.MustCompile(`PKIX path building failed`)
)

// javaHint says what mends a failed step of a Java service, "" when nothing
// particular is known.
func javaHint(p slipway.Plan, tail []string) string {
	if p.Language != slipway.LanguageJava {
		return ""
	}
	for _, line := range tail {
		if hint := javaLine(line); hint != "" {
			return hint
		}
	}
	return ""
}

func javaLine(line string) string {
	if m := mavenDenied.FindStringSubmatch(line); m != nil {
		return fmt.Sprintf("the registry %s at %s did not let %s be read: give its user and password as a <server> with the id %s in ~/.m2/settings.xml of the machine that builds", m[2], m[3], m[1], m[2])
	}
	if m := mavenBlocked.FindStringSubmatch(line); m != nil {
		return fmt.Sprintf("Maven reads no registry over plain http: let %s (%s) be read over https, or name it as a <mirror> in ~/.m2/settings.xml of the machine that builds", m[1], m[2])
	}
	if m := gradleDenied.FindStringSubmatch(line); m != nil {
		return fmt.Sprintf("%s was not let be read: give the registry's credentials in ~/.gradle/init.gradle of the machine that builds", m[1])
	}
	if m := mavenMissing.FindStringSubmatch(line); m != nil {
		return fmt.Sprintf("%s has no %s: correct its name or version, or name the registry that has it in the pom.xml or in ~/.m2/settings.xml of the machine that builds", m[2], m[1])
	}
	if m := gradleFetch.FindStringSubmatch(line); m != nil {
		return gradleLine(m[1])
	}
	if gradleOfStack.MatchString(line) {
		return "commit gradle/wrapper/gradle-wrapper.properties (`gradle wrapper` writes it): the build fetches the Gradle that it names, and needs nothing else of the wrapper"
	}
	if m := mavenLate.FindStringSubmatch(line); m != nil {
		return fmt.Sprintf("a plugin asked for %s only when there were sources, and there is no network then: declare it as a dependency of the plugin in the pom.xml", m[1]+m[2])
	}
	if m := gradleNoNet.FindStringSubmatch(line); m != nil {
		return fmt.Sprintf("the build asked for %s only when there were sources, and there is no network then: declare it in a configuration of the build script", m[1])
	}
	return javaVersionLine(line)
}

func javaVersionLine(line string) string {
	if m := javacTooOld.FindStringSubmatch(line); m != nil {
		return fmt.Sprintf("the JDK of the stack cannot compile for Java %s: `version:` in slipway.yaml names another", m[1])
	}
	if classTooNew.MatchString(line) {
		return "a tool of the build is too old for the JDK: raise the version of Gradle or of the plugin, or name an older JDK with `version:` in slipway.yaml"
	}
	if stubInTheWay.MatchString(line) {
		return "dependencies are fetched by a build without the sources, which a plugin could not do: `slipway plan` shows the files that it sees"
	}
	if gradleNoTrust.MatchString(line) {
		return "the build does not trust the registry's certificate: name the CA bundle of the organisation with SLIPWAY_CA"
	}
	return ""
}

// gradleLine explains why the Gradle that gradle-wrapper.properties names could
// not be fetched.
func gradleLine(why string) string {
	const mirror = "SLIPWAY_GRADLE_DISTRIBUTIONS=URL names a directory of yours that has Gradle's distributions"
	if m := gradleAnswer.FindStringSubmatch(why); m != nil {
		switch m[2] {
		case "401", "403":
			return fmt.Sprintf("%s was not let be read: write `machine %s login USER password PASSWORD` into the netrc file of the machine that builds; a login is shown over https alone", m[1], bare(hostOf(m[1])))
		case "404", "410":
			return fmt.Sprintf("there is no %s: correct distributionUrl in gradle/wrapper/gradle-wrapper.properties (`gradle wrapper` writes it); %s", m[1], mirror)
		}
		return fmt.Sprintf("%s answered %s, more than once: build again, or name another place; %s", m[1], m[2], mirror)
	}
	if strings.HasPrefix(why, "the SHA-256 of ") {
		return "the file is not the one that distributionSha256Sum in gradle/wrapper/gradle-wrapper.properties means: correct it by what Gradle's makers publish for that version, or ask who runs that host why the file is another"
	}
	if strings.Contains(why, "could not be reached") {
		return "let builds reach the host that distributionUrl in gradle/wrapper/gradle-wrapper.properties names, or name another place: " + mirror
	}
	return "distributionUrl in gradle/wrapper/gradle-wrapper.properties names something else than a distribution of Gradle (`gradle wrapper` writes it)"
}
