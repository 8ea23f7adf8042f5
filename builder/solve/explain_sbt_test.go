package solve

import (
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

// TestSbtMeaning holds the hints against what sbt 1.12.14 and its launcher
// printed.
func TestSbtMeaning(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lines string
		class slipway.Class
		want  string
	}{
		"missing": {`[error] (update) sbt.librarymanagement.ResolveException: Error downloading com.example:nothing-here_3:1.0
[error]   Not found
[error]   not found: /sbt/ivy/localcom.example/nothing-here_3/1.0/ivys/ivy.xml
[error]   not found: https://maven.example/maven2/com/example/nothing-here_3/1.0/nothing-here_3-1.0.pom`, slipway.ClassDependency, "no repository has com.example:nothing-here_3:1.0"},
		"plugin": {`[error] (update) sbt.librarymanagement.ResolveException: Error downloading com.eed3si9n:sbt-assembly;sbtVersion=1.0;scalaVersion=2.12:2.3.99
[error]   not found: https://maven.example/maven2/com/eed3si9n/sbt-assembly_2.12_1.0/2.3.99/sbt-assembly-2.3.99.pom`, slipway.ClassDependency, "no repository has com.eed3si9n:sbt-assembly:2.3.99"},
		"denied": {`[error] (update) sbt.librarymanagement.ResolveException: Error downloading com.example:stationery_3:1.0
[error]   not found: /sbt/ivy/localcom.example/stationery_3/1.0/ivys/ivy.xml
[error]   unauthorized: https://packages.example:8443/maven/com/example/stationery_3/1.0/stationery_3-1.0.pom (office)`, slipway.ClassDependency, "packages.example did not let be read"},
		"denied to the launcher": {`[error] [launcher] xsbt.boot.internal.shaded.coursier.error.ResolutionError$CantDownloadModule: Error downloading org.scala-sbt:sbt:1.12.14
  unauthorized: https://packages.example/maven/org/scala-sbt/sbt/1.12.14/sbt-1.12.14.pom (office)
[error] [launcher] could not retrieve sbt 1.12.14`, slipway.ClassDependency, "packages.example did not let be read"},
		"late": {`[error] (update) sbt.librarymanagement.ResolveException: Error downloading com.example:late_3:0.11.3
[error]   Not found
[error]   not found: /sbt/coursier/https/maven.example/maven2/com/example/late_3/0.11.3/late_3-0.11.3.pom`, slipway.ClassDependency, "com.example:late_3:0.11.3 only when there were sources"},
		"no such sbt": {`[error] [launcher] xsbt.boot.internal.shaded.coursier.error.ResolutionError$CantDownloadModule: Error downloading org.scala-sbt:sbt:1.99.0
  not found: https://maven.example/maven2/org/scala-sbt/sbt/1.99.0/sbt-1.99.0.pom
[error] [launcher] could not retrieve sbt 1.99.0`, slipway.ClassDependency, "there is no sbt 1.99.0"},
		"another launcher": {"the launcher of sbt 1.12.14 is not the one that its makers published", slipway.ClassDependency, "org.scala-sbt:sbt-launch is another"},
		"code": {`[error]   |            Not found: nothing - did you mean notify? or perhaps toString?
[error] one error found
[error] (Compile / compileIncremental) Compilation failed`, slipway.ClassCode, "what the compiler says"},
		"memory": {"[error] java.lang.OutOfMemoryError: Java heap space", slipway.ClassCode, "-Xmx2g"},
		"stack":  {"[error] java.lang.StackOverflowError", slipway.ClassCode, "-Xss16m"},
		"other":  {"[error] (generate) the generator failed", "", ""},
	} {
		tail := strings.Split(c.lines, "\n")
		class, hint := sbtMeaning(slipway.Plan{Language: slipway.LanguageJava, PackageManager: "sbt"}, tail)
		if class != c.class || !strings.Contains(hint, c.want) || (c.want == "") != (hint == "") {
			t.Errorf("%s: %q, %q; want %q, %q in it", name, class, hint, c.class, c.want)
		}
		if class, hint := sbtMeaning(slipway.Plan{Language: slipway.LanguageJava, PackageManager: "maven"}, tail); class != "" || hint != "" {
			t.Errorf("%s of Maven: %q, %q", name, class, hint)
		}
	}
}
