package solve

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
)

// Tests are counts of a service's own tests.
type Tests struct {
	Passed  int `json:"passed"`
	Failed  int `json:"failed"`
	Skipped int `json:"skipped"`
}

// Plus adds two counts.
func (t Tests) Plus(o Tests) Tests {
	return Tests{t.Passed + o.Passed, t.Failed + o.Failed, t.Skipped + o.Skipped}
}

// String gives the counts in words.
func (t Tests) String() string {
	text := fmt.Sprintf("%d passed, %d failed", t.Passed, t.Failed)
	if t.Skipped > 0 {
		text += fmt.Sprintf(", %d skipped", t.Skipped)
	}
	return text
}

// CountTests counts the test cases of a JUnit report: elements testcase, with
// failure, error or skipped inside. Of a report that breaks off, or is none,
// it counts what is there.
func CountTests(report []byte) Tests {
	d := xml.NewDecoder(bytes.NewReader(report))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // names of elements are ASCII in each
	var sum, one Tests
	for {
		token, err := d.RawToken() // no tree, no stack: the depth costs nothing
		if err != nil {
			return sum
		}
		switch t := token.(type) {
		case xml.StartElement:
			one = begun(one, t.Name.Local)
		case xml.EndElement:
			if t.Name.Local == "testcase" && one.Passed+one.Failed+one.Skipped == 1 {
				sum, one = sum.Plus(one), Tests{}
			}
		}
	}
}

// begun is what a test case counts as after one more element in it.
func begun(one Tests, element string) Tests {
	inside := one != Tests{}
	switch {
	case element == "testcase":
		return Tests{Passed: 1}
	case inside && (element == "failure" || element == "error"):
		return Tests{Failed: 1}
	case inside && element == "skipped":
		return Tests{Skipped: 1}
	default:
		return one
	}
}
