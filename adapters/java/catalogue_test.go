package java

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
)

const sampleCatalogue = `
[versions]
jdk = "17"
lib-x = "1.+"
[libraries]
spring-boot-web = { module = "org.springframework.boot:spring-boot-starter-web", version.ref = "lib-x" }
javalin = "io.javalin:javalin:6.7.0"
jackson_core = { group = "com.fasterxml.jackson.core", name = "jackson-core" }
[bundles]
web = ["javalin", "jackson_core"]
[plugins]
shadow = "com.gradleup.shadow:8.3.0"
`

func TestCatalogue(t *testing.T) {
	t.Parallel()
	var c catalogue
	if err := toml.Unmarshal([]byte(sampleCatalogue), &c); err != nil {
		t.Fatal(err)
	}
	for script, want := range map[string][]string{
		"implementation(libs.spring.boot.web)": {"org.springframework.boot:spring-boot-starter-web"},
		"implementation libs.bundles.web":      {"io.javalin:javalin", "com.fasterxml.jackson.core:jackson-core"},
		"alias(libs.plugins.shadow)":           {"com.gradleup.shadow"},
		"implementation(libs.unknown)":         nil,
		"fileTree(\"libs\")":                   nil,
	} {
		if diff := cmp.Diff(want, c.refs(script)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", script, diff)
		}
	}
	if got := c.spelled("JavaLanguageVersion.of(libs.versions.jdk.get().toInteger())"); got != "JavaLanguageVersion.of(17)" {
		t.Errorf("%q", got)
	}
	if !c.floats() {
		t.Error("1.+ does not float")
	}
}

func FuzzCatalogue(f *testing.F) {
	f.Add(sampleCatalogue, "libs.bundles.web libs.versions.jdk.get()")
	f.Add("[libraries]\nx = 1\ny = {module = 2}\n[plugins]\nz = [1]", "libs.x libs.y libs.plugins.z")
	f.Add("[bundles]\na = [\"bundles-a\"]", "libs.bundles.a")
	f.Fuzz(func(_ *testing.T, text, script string) {
		var c catalogue
		if err := toml.Unmarshal([]byte(text), &c); err != nil {
			return
		}
		c.refs(c.spelled(script))
		c.all()
	})
}
