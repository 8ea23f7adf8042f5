package solve

import (
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

// TestJavaHint holds the hints against lines that Maven 3.9.16, Gradle 4.4.1
// and 8, javac 17 and the fetcher of Gradle's distributions printed.
func TestJavaHint(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		line string
		want string
	}{
		"denied": {
			"[ERROR] \tCaused by: The following artifacts could not be resolved: com.example.office:stationery:pom:1.0 (absent): Could not transfer artifact com.example.office:stationery:pom:1.0 from/to office (https://packages.example/maven): status code: 401, reason phrase: Unauthorized (401)",
			"<server> with the id office",
		},
		"missing": {
			"[ERROR] \tCould not find artifact com.example.office:stationery:jar:1.0 in central (https://maven.example/maven2)",
			"central has no com.example.office:stationery:jar:1.0",
		},
		"late": {
			"[ERROR] \tCannot access central (https://maven.example/maven2) in offline mode and the artifact com.example.office:stationery:jar:1.0 has not been downloaded from it before.",
			"asked for com.example.office:stationery:jar:1.0",
		},
		"gradle is not there":    {"Gradle cannot be had: https://dist.example/gradle-8.10-bin.zip answered 404", "there is no https://dist.example/gradle-8.10-bin.zip"},
		"gradle wants a login":   {"Gradle cannot be had: https://dist.example:8443/gradle-8.10-bin.zip answered 401", "machine dist.example login"},
		"gradle is broken":       {"Gradle cannot be had: https://dist.example/gradle-8.10-bin.zip answered 500", "answered 500, more than once"},
		"gradle is another":      {"Gradle cannot be had: the SHA-256 of https://dist.example/gradle-8.10-bin.zip is 00, not 11 as gradle-wrapper.properties says", "distributionSha256Sum"},
		"gradle is out of reach": {"Gradle cannot be had: https://dist.example/gradle-8.10-bin.zip could not be reached: Unable to tunnel through proxy", "SLIPWAY_GRADLE_DISTRIBUTIONS=URL"},
		"gradle of the stack":    {"the stack's Gradle reads no Kotlin scripts: commit gradle/wrapper/gradle-wrapper.properties (`gradle wrapper` writes it), and the build fetches what it names", "needs nothing else of the wrapper"},
		"no gradle":              {"the stack has no Gradle for this JDK: commit gradle/wrapper/gradle-wrapper.properties", "needs nothing else of the wrapper"},
		"gradle is none":         {"Gradle cannot be had: what was fetched is no distribution of Gradle: it has no bin/gradle", "something else"},
		"gradle":                 {"   > Could not GET 'https://packages.example/maven/a/b/1/b-1.pom'. Received status code 401 from server: Unauthorized", "init.gradle"},
		"offline":                {"   > No cached version of com.google.code.gson:gson:2.11.0 available for offline mode.", "com.google.code.gson:gson:2.11.0"},
		"javac":                  {"[ERROR] Failed to execute goal org.apache.maven.plugins:maven-compiler-plugin:3.13.0:compile (default-compile) on project b: Fatal error compiling: error: release version 21 not supported -> [Help 1]", "Java 21"},
		"class":                  {"Unsupported class file major version 65", "too old for the JDK"},
		"code":                   {"[ERROR] /src/App.java:[3,5] cannot find symbol", ""},
	} {
		got := javaHint(slipway.Plan{Language: slipway.LanguageJava}, []string{"[INFO] something", c.line})
		if !strings.Contains(got, c.want) || (c.want == "") != (got == "") {
			t.Errorf("%s: %q, want %q in it", name, got, c.want)
		}
		if other := javaHint(slipway.Plan{Language: slipway.LanguageGo}, []string{c.line}); other != "" {
			t.Errorf("%s of Go: %q", name, other)
		}
	}
}
