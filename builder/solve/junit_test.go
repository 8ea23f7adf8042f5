package solve_test

import (
	"strings"
	"testing"

	"github.com/slipway-ci/slipway/builder/solve"
)

func TestCountTests(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		report string
		want   solve.Tests
	}{
		"Maven": {`<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="CartTest" tests="3" errors="1" failures="1">
  <testcase name="adds" classname="CartTest" time="0.01"/>
  <testcase name="pays"><failure message="no">at Cart.java</failure><system-out>error</system-out></testcase>
  <testcase name="ships"><error type="java.io.IOException"/></testcase>
</testsuite>`, solve.Tests{Passed: 1, Failed: 2}},
		"pytest":               {`<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite tests="2"><testcase name="a"/><testcase name="b"><skipped type="pytest.skip"/></testcase></testsuite></testsuites>`, solve.Tests{Passed: 1, Skipped: 1}},
		"another encoding":     {`<?xml version="1.0" encoding="ISO-8859-1"?><testsuite><testcase name="ä"></testcase></testsuite>`, solve.Tests{Passed: 1}},
		"both failed and more": {`<testsuite><testcase><failure/><error/></testcase></testsuite>`, solve.Tests{Failed: 1}},
		"an error of a suite":  {`<testsuite><error/><testcase/></testsuite>`, solve.Tests{Passed: 1}},
		"broken off":           {`<testsuite><testcase/><testcase><fail`, solve.Tests{Passed: 1}},
		"no report":            {"hello", solve.Tests{}},
		"deep":                 {strings.Repeat("<a>", 1<<16) + "<testcase/>", solve.Tests{Passed: 1}},
	} {
		if got := solve.CountTests([]byte(c.report)); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func FuzzCountTests(f *testing.F) {
	f.Add([]byte(`<testsuite><testcase><failure/></testcase></testsuite>`))
	f.Fuzz(func(t *testing.T, report []byte) {
		got := solve.CountTests(report)
		if n := got.Passed + got.Failed + got.Skipped; n > len(report)/len("<testcase") {
			t.Errorf("%d tests in %d bytes", n, len(report))
		}
	})
}
