package java

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file, source string
		want         []string
	}{
		"plain":        {"App.java", "package com.example;\npublic class App {\n  public static void main(String[] args) {}\n}", []string{"com.example.App"}},
		"varargs":      {"App.java", "class App { static public void main(final String... args) { } }", []string{"App"}},
		"nested":       {"App.java", "package a; class App { static class Run { public static void main(String[] a) {} } }", []string{"a.App$Run"}},
		"record":       {"App.java", "record App(int x) { public static void main(String[] a) {} }", []string{"App"}},
		"private":      {"App.java", "class App { private static void main(String[] a) {} }", nil},
		"other":        {"App.java", "class App { public static void main(int a) {} }", nil},
		"no comment":   {"App.java", "class App { // public static void main(String[] a) {}\n /* { */ String s = \"{ main\"; }", nil},
		"after string": {"App.java", "class App { String s = \"\\\"}\"; char c = '}'; public static void main(String[] a) {} }", []string{"App"}},
		"text block":   {"App.java", "class App { String s = \"\"\"\n class X { public static void main(String[] a) {} \"\"\"; }", nil},
		"annotation":   {"App.java", "@A({\"x\"}) class App { @B(Foo.class) public static void main(String[] a) {} }", []string{"App"}},
		"anonymous":    {"App.java", "class App { Object o = new Object() { public static void main(String[] a) {} }; }", nil},
		"kotlin":       {"app.kt", "package a.b\nfun main(args: Array<String>) { run(*args) }", []string{"a.b.AppKt"}},
		"kotlin named": {"x.kt", "@file:JvmName(\"Start\")\npackage a\nfun main() {}", []string{"a.Start"}},
		"companion":    {"X.kt", "class X { companion object { @JvmStatic fun main(args: Array<String>) {} } }", []string{"X"}},
		"kotlin boot":  {"App.kt", "@SpringBootApplication\nclass App\n\nfun main(args: Array<String>) { runApplication<App>(*args) }", []string{"AppKt"}},
		"groovy":       {"App.groovy", "package a\nclass App { static void main(String[] args) { run('x') } }", []string{"a.App"}},
		"scala":        {"M.scala", "package a.b\npackage c\n\n/** object No */\nobject Main {\n  def main(args: Array[String]): Unit = ()\n}\n\nobject Other { val x = 1 }\n", []string{"a.b.c.Main"}},
		"scala app":    {"M.scala", "package a\nclass X\nobject Main extends App {\n}\nobject Cats\n  extends cats.effect.IOApp.Simple {\n}\nobject Zio extends ZIOAppDefault:\n  def run = 1\nobject Apple extends Fruit\n", []string{"a.Main", "a.Cats", "a.Zio"}},
		"scala 3":      {"M.scala", "package a\n\n@main def serve(): Unit = println(\"main\")\n", []string{"a.serve"}},
		"method":       {"X.kt", "class X { fun main() {} }", nil},
	} {
		var got []string
		for _, e := range scan(c.file, []byte(c.source), 0) {
			got = append(got, e.class)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

func TestJavaRelease(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"17": 17, "1.8": 8, "17.0.9": 17, "21.0.2-tem": 21, "temurin-21.0.2+13.0.LTS": 21, "8u392": 8, "VERSION_1_8": 8, "VERSION_17": 17,
		"openjdk64-11.0.2": 11, "zulu-8.72.0.17": 8, "corretto@21": 21, "": 0, "system": 0, "${java.version}": 0, "999": 0,
	} {
		if got := javaRelease(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func FuzzScan(f *testing.F) {
	f.Add("A.java", []byte("class A { public static void main(String[] a) {} }"))
	f.Add("a.kt", []byte("}fun main() {"))
	f.Add("a.scala", []byte("package a\nobject M extends App {"))
	f.Fuzz(func(t *testing.T, file string, source []byte) {
		for _, e := range scan(file, source, compact) {
			if e.class == "" || e.line < 1 {
				t.Errorf("%q gives %+v", source, e)
			}
		}
	})
}

func FuzzParseXML(f *testing.F) {
	f.Add([]byte(`<?xml version="1.0" encoding="ISO-8859-1"?><project><a>x</a></project>`))
	f.Add([]byte(`<a><a><a/></a></a><b/>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		root, err := parseXML(data)
		if err != nil {
			return
		}
		m := &pom{file: "pom.xml", dir: ".", root: root}
		m.mains()
		m.refs()
		m.release()
		m.expand(root.value("version"))
	})
}

func FuzzUncomment(f *testing.F) {
	f.Add(`include 'a', "b" // c`)
	f.Fuzz(func(t *testing.T, text string) {
		if got := uncomment(text); len(got) != len(text) {
			t.Errorf("%q became %q", text, got)
		}
	})
}

func TestScan_OfNewerJava(t *testing.T) {
	for _, c := range []struct {
		source  string
		release int
		want    string
	}{
		{"void main() { IO.println(1); }", 25, "Main"},
		{"package a; class Main { static void main() {} }", 25, "a.Main"},
		{"package a; class Main { void main(String[] args) {} }", 25, "a.Main"},
		{"package a; class Main { private void main() {} }", 25, ""},
		{"package a; class Main { void main() {} }", 21, ""},
	} {
		got := ""
		for _, e := range scan("Main.java", []byte(c.source), c.release) {
			got += e.class
		}
		if got != c.want {
			t.Errorf("Java %d, %s: %q, want %q", c.release, c.source, got, c.want)
		}
	}
}
