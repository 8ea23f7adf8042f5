package jenkins_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway/jenkins"
	"github.com/slipway-ci/slipway/jenkins/jenkinstest"
)

const noteBegin = "\x1b[8mha:"

func TestStripNotes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                                      "",
		"plain \x1b[31mred\x1b[0m":              "plain \x1b[31mred\x1b[0m",
		"a" + jenkinstest.Note + "b":            "ab",
		noteBegin + "AAAA":                      "AAAA",
		noteBegin + "not base64!\x1b[0m":        "not base64!\x1b[0m",
		"\x1b[8m" + jenkinstest.Note + "ha:":    "",
		"\x1b[8m" + noteBegin + "ha:AA\x1b[0m!": "!",
		noteBegin + noteBegin + "AA\x1b[0m":     "",
	} {
		if got := string(jenkins.StripNotes([]byte(in))); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func FuzzStripNotes(f *testing.F) {
	for _, seed := range []string{"", jenkinstest.Note, "\x1b[8m" + jenkinstest.Note + "ha:", strings.Repeat("\x1b[8m", 9) + strings.Repeat("ha:", 9)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, log []byte) {
		got := jenkins.StripNotes(bytes.Clone(log))
		if bytes.Contains(got, []byte(noteBegin)) {
			t.Errorf("%q becomes %q, which has a note", log, got)
		}
		if again := jenkins.StripNotes(bytes.Clone(got)); !bytes.Equal(again, got) {
			t.Errorf("%q becomes %q and then %q", log, got, again)
		}
	})
}

func TestSame(t *testing.T) {
	t.Parallel()
	const want = "<?xml version='1.0'?><project><description>d</description><triggers/><builders><hudson.tasks.Shell><command>a &amp;&amp; b\nc </command></hudson.tasks.Shell></builders><scm class=\"hudson.scm.NullSCM\"/></project>"
	for name, test := range map[string]struct {
		got  string
		same bool
	}{
		"itself":          {want, true},
		"in other order":  {"<?xml version='1.1' encoding='UTF-8'?>\n<project>\n  <scm class=\"hudson.scm.NullSCM\"/>\n  <builders>\n    <hudson.tasks.Shell plugin=\"x@1\">\n <command>a &amp;&amp; b\r\nc </command>\n<configuredLocalRules/></hudson.tasks.Shell></builders>\n  <triggers>\n</triggers><canRoam>true</canRoam>\n <description>d</description></project>", true},
		"another command": {strings.Replace(want, "c </command>", "d </command>", 1), false},
		"less space":      {strings.Replace(want, "c </command>", "c</command>", 1), false},
		"another step":    {strings.Replace(want, "</builders>", "<hudson.tasks.BatchFile/></builders>", 1), false},
		"the step twice":  {strings.Replace(want, "</builders>", "<hudson.tasks.Shell><command>x</command></hudson.tasks.Shell></builders>", 1), false},
		"a trigger":       {strings.Replace(want, "<triggers/>", "<triggers><a/></triggers>", 1), false},
		"another scm":     {strings.Replace(want, "NullSCM", "GitSCM", 1), false},
		"no description":  {strings.Replace(want, "<description>d</description>", "", 1), false},
		"another root":    {strings.ReplaceAll(want, "project>", "maven>"), false},
		"a bell in it":    {strings.Replace(want, "c </command>", "&#x7;&#27;</command>", 1), false},
		"not XML":         {"<project>", false},
		"nothing":         {"", false},
		"too deep":        {strings.Repeat("<a>", 1000) + strings.Repeat("</a>", 1000), false},
	} {
		if got := jenkins.Same([]byte(want), []byte(test.got)); got != test.same {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestOurs(t *testing.T) {
	t.Parallel()
	mark := jenkins.Mark("shop", "cart")
	for config, want := range map[string]bool{
		"<project><description>" + mark + "</description></project>":                                             true,
		"<?xml version='1.1'?><project><description>See docs.\n " + mark + "\n</description></project>":          true,
		"<?xml version='1.1'?><project><description>" + mark + "</description><a>&#x1b;&#7;&#x1F;</a></project>": true,
		"<project><description>not " + mark + "</description></project>":                                         false,
		"<project><a><description>" + mark + "</description></a></project>":                                      false,
		"<project><!-- <description>" + mark + "</description> --></project>":                                    false,
		"<project><displayName>" + mark + "</displayName></project>":                                             false,
		mark: false,
		"":   false,
	} {
		if got := jenkins.Ours([]byte(config)); got != want {
			t.Errorf("%s: %t", config, got)
		}
	}
}

func FuzzSame(f *testing.F) {
	f.Add([]byte("<?xml version='1.1'?><a b='c'><d/>e</a>"), []byte("<a b='c'>e<d/></a>"))
	f.Add(jenkinstest.Config("shop", "cart", "true\n", ""), []byte("<project/>"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		if !jenkins.Same(a, bytes.Clone(a)) {
			t.Errorf("%q is not the same as itself", a)
		}
		jenkins.Same(a, b)
		jenkins.Ours(a)
	})
}

func FuzzPlaceOf(f *testing.F) {
	for _, seed := range []string{"https://ci.example/x/job/a/job/feature%252Fx/7/", "/job/a", "job/a/job/", "/job/a/job", "/job//1", "/job/a/-1/", "http://[::1/job/a", "/job/%2e%2e/1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		job, number, ok := jenkins.PlaceOf(address)
		if ok && (job == "" || number < 0 || strings.Contains("/"+job+"/", "/../")) {
			t.Errorf("%q is %q, %d", address, job, number)
		}
	})
}

func TestPlaceOf(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]struct {
		job    string
		number int
	}{
		"https://ci.example/x/job/a/job/feature%252Fx/7/": {"a/feature%2Fx", 7},
		"/job/a/job/b/7/api/json":                         {"a/b", 7},
		"/job/a/":                                         {"a", 0},
		"/job/a/config.xml":                               {"a", 0},
	} {
		if job, number, ok := jenkins.PlaceOf(address); !ok || job != want.job || number != want.number {
			t.Errorf("%s is %s, %d, %t", address, job, number, ok)
		}
	}
}

func FuzzItemOf(f *testing.F) {
	for _, seed := range []string{"https://ci.example/queue/item/12/", "queue/item/1", "/queue/item/99999999999999999999/", "/queue/item/-1/", "http://[::1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, location string) {
		if item := jenkins.ItemOf(location); item < 0 || item > 0 && !strings.Contains(location, "item") && !strings.Contains(location, "%") {
			t.Errorf("%q is item %d", location, item)
		}
	})
}

func FuzzEvidence(f *testing.F) {
	for _, seed := range []string{"<html><head><title>x</title></head><body>why &amp; what</body>", "<script>a", "\x1b[8mha:", "<<<>>>", "\xff"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, line := range jenkins.Evidence(body) {
			if len([]rune(line)) > 300 || strings.ContainsAny(line, "\x00\x1b\n\r") {
				t.Errorf("%q becomes %q", body, line)
			}
		}
	})
}
