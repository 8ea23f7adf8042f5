package java

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sbtForms are the ways in which people define projects.
const sbtForms = `ThisBuild / scalaVersion := "3.3.6"
lazy val root = (project in file("."))
  .aggregate(core, api)
  .settings(
    name := "shop",
    publish / skip := true
  )

lazy val core = project
  .settings(
    libraryDependencies ++= Seq(cats)
)
lazy val api = project.in(file("services") / "api").dependsOn(core, LocalProject("odd-name") % "test->test", shared.jvm)
val ` + "`odd-name`" + `: Project = Project(id = "odd-name", base = file("odd"))
lazy val old = Project("old", file("legacy/old"))
lazy val shared = (crossProject(JSPlatform, JVMPlatform) in file("modules/shared"))
lazy val page = (project in file("page")).enablePlugins(ScalaJSPlugin)
lazy val settings = Seq(
  name := "project"
)
lazy val made = module("made").dependsOn(all: _*)
Global / onChangedBuildSource := ReloadOnSourceChanges
`

func TestReadSbtScript(t *testing.T) {
	t.Parallel()
	projects, rest := readSbtScript(script{file: "build.sbt", text: sbtForms})
	type found struct {
		ID, Dir string
		Cross   bool
		First   int
	}
	var got []found
	for _, p := range projects {
		got = append(got, found{p.id, p.dir, p.cross, p.first})
	}
	want := []found{
		{"root", ".", false, 2},
		{"core", "core", false, 9},
		{"api", "services/api", false, 13},
		{"odd-name", "odd", false, 14},
		{"old", "legacy/old", false, 15},
		{"shared", "modules/shared", true, 16},
		{"page", "page", false, 17},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("projects (-want +got):\n%s", d)
	}
	for _, stays := range []string{"ThisBuild / scalaVersion", "lazy val settings", `module("made")`, "Global /"} {
		if !strings.Contains(rest.text, stays) {
			t.Errorf("the rest lacks %s:\n%s", stays, rest.text)
		}
	}
	if strings.Contains(rest.text, "shop") || strings.Count(rest.text, "\n") != strings.Count(sbtForms, "\n") {
		t.Errorf("the rest has what is a project's, or other lines:\n%s", rest.text)
	}
	if name, ok := projects[0].said(sbtName); !ok || name.value != "shop" || name.line != 5 {
		t.Errorf("the root's name: %+v", name)
	}
}

func TestSbtNeeds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		ids       []string
		everybody bool
	}{
		"":                    {},
		".dependsOn(core)":    {ids: []string{"core"}},
		".dependsOn()":        {},
		".dependsOn(b, a, b)": {ids: []string{"a", "b"}},
		`.dependsOn(a % "compile->compile;test->test", b % Test)`: {ids: []string{"a", "b"}},
		`.dependsOn(LocalProject("a-b"), c.jvm)`:                  {ids: []string{"a-b", "c"}},
		".dependsOn(all: _*)":                                     {everybody: true},
		".dependsOn(\n  a,\n  b,\n)\n.dependsOn(c(1, 2), d":       {ids: []string{"a", "b"}, everybody: true},
	} {
		ids, everybody := sbtNeeds(text)
		if d := cmp.Diff(want.ids, ids); d != "" || everybody != want.everybody {
			t.Errorf("%q: %v, %t; want %v, %t", text, ids, everybody, want.ids, want.everybody)
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for version, want := range map[string][2]int{"1.11.7": {1, 11}, "2.13.16": {2, 13}, "3": {3, 0}, "1.10.0-RC1": {1, 10}, "0.13.18": {0, 13}, "2.0-M1": {2, 0}} {
		if major, minor, ok := numbers(version); !ok || major != want[0] || minor != want[1] {
			t.Errorf("%s: %d, %d, %t", version, major, minor, ok)
		}
	}
	for _, none := range []string{"", "x", "-1.2", "1.x", "v1"} {
		if _, _, ok := numbers(none); ok {
			t.Errorf("%q is a version", none)
		}
	}
}

func FuzzReadSbtScript(f *testing.F) {
	for _, seed := range []string{sbtForms, "lazy val a = project", "val a = (", "lazy val x = (project in file(\"a\") / \"b\")\n  .dependsOn(y(", "lazy val a = Project(\"\", file(\"../x\"))\n)\n", "\r\nval a=project\r\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = uncomment(text)
		projects, rest := readSbtScript(script{file: "build.sbt", text: text})
		if len(rest.text) != len(text) || strings.Count(rest.text, "\n") != strings.Count(text, "\n") {
			t.Errorf("the rest of %q is %q", text, rest.text)
		}
		for _, p := range projects {
			if p.first < 1 || p.first > 1+strings.Count(text, "\n") || p.id == "" || p.dir == "" {
				t.Errorf("%q: %+v", text, p)
			}
			if fs.ValidPath(p.dir) && (p.dir == ".." || strings.HasPrefix(p.dir, "../")) {
				t.Errorf("%q leads out: %q", text, p.dir)
			}
			for _, id := range first(sbtNeeds(p.text)) {
				if id == "" {
					t.Errorf("%q needs a project without a name", p.text)
				}
			}
			_, _ = p.said(sbtMain)
			_ = scripts{p.script, rest}.scala(text)
		}
	})
}

func first(ids []string, _ bool) []string { return ids }

// A script of many projects is read in the time and memory of its length.
func TestReadSbtScript_Many(t *testing.T) {
	t.Parallel()
	const n = 40_000
	text := strings.Repeat("\n", 10) + strings.Repeat("val a = project\n", n)
	projects, _ := readSbtScript(script{file: "build.sbt", text: text})
	size := 0
	for _, p := range projects {
		size += len(p.text)
	}
	if last := projects[len(projects)-1]; len(projects) != n || last.first != n+10 || last.above != n+9 || size > len(text) {
		t.Errorf("%d projects of %d bytes, the last at %d after %d lines", len(projects), size, last.first, last.above)
	}
	values := readSbtValues(strings.Repeat("def a = b\ndef b = 1\n", n))
	if got := strings.Count(values.asked("a"), "= 1"); got != n {
		t.Errorf("%d texts", got)
	}
}
