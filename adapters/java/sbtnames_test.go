package java

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSbtAsked(t *testing.T) {
	t.Parallel()
	const shared = `object Deps {
  val v = "1"
  val http = "a" %% "http" % v
  lazy val both = Seq(http, json)
  def json = "a" %% "json" % v
  val round = Seq(round, turn)
  val turn = round
}`
	for own, want := range map[string][]string{
		"settings(deps)":                   nil,
		"libraryDependencies += Deps.json": {"json"},
		"libraryDependencies ++= both":     {"http", "json"},
		`round, "b" % "c" % v`:             {"c"},
	} {
		var got []string
		for _, ref := range sbtModuleID.FindAllStringSubmatch(readSbtValues(shared).asked(own), -1) {
			got = append(got, ref[2])
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", own, d)
		}
	}
}
