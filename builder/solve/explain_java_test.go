package solve

import (
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

// TestJavaHint holds the hints against lines that Maven 3.9.16, Gradle 4.4.1
// and 8 and javac 17 printed.
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
		"wrapper": {"Downloading https://dist.example/distributions/gradle-8.10-bin.zip", "https://dist.example/distributions/gradle-8.10-bin.zip"},
		"gradle":  {"   > Could not GET 'https://packages.example/maven/a/b/1/b-1.pom'. Received status code 401 from server: Unauthorized", "init.gradle"},
		"offline": {"   > No cached version of com.google.code.gson:gson:2.11.0 available for offline mode.", "com.google.code.gson:gson:2.11.0"},
		"javac":   {"[ERROR] Failed to execute goal org.apache.maven.plugins:maven-compiler-plugin:3.13.0:compile (default-compile) on project b: Fatal error compiling: error: release version 21 not supported -> [Help 1]", "Java 21"},
		"class":   {"Unsupported class file major version 65", "too old for the JDK"},
		"code":    {"[ERROR] /src/App.java:[3,5] cannot find symbol", ""},
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
