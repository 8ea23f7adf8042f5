package java

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestJavaCommand(t *testing.T) {
	for line, want := range map[string][]string{
		"java $JAVA_OPTS -Dserver.port=$PORT -cp target/classes:target/dependency/* shop.Main --mode web": {"shop.Main", "-Dserver.port=$PORT", "|", "--mode", "web"},
		"java -Xmx300m -jar target/cart-1.0.jar server --port ${PORT:-8080}":                              {"", "-Xmx300m", "|", "server", "--port", "${PORT:-8080}"},
		"java -jar target/*.jar":         {"", "|"},
		"java -Ddb=$DATABASE_URL a.Main": nil,
		"java a.Main && echo done":       nil,
		"sh target/bin/web":              nil,
		"java":                           nil,
	} {
		c, ok := javaCommand(line)
		var got []string
		if ok {
			got = append(append(append([]string{c.class}, c.jvm...), "|"), c.args...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", line, diff)
		}
	}
}

func FuzzJavaCommand(f *testing.F) {
	f.Add("java -cp x -Da=$PORT a.Main --port ${PORT}")
	f.Add("java -jar")
	f.Fuzz(func(t *testing.T, line string) {
		if c, ok := javaCommand(line); ok && !plainWords(c.args) {
			t.Errorf("%q gives %q", line, c.args)
		}
	})
}
