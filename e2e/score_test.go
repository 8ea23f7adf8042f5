//go:build e2e

package e2e_test

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
)

// stage is how far a tree of the corpus came.
type stage int

const (
	untried stage = iota
	looked        // nothing was planned
	planned
	built
	started
	answering // answers, or prints what is promised, and ends in order
)

// mark is what came of one tree.
type mark struct {
	name    string // LANGUAGE/NAME
	reached stage
	why     string // why it is not answering
}

// score counts, per language, how far the trees of the corpus came.
type score []*mark

// of gives the mark of a tree, which is made as if nobody tried it.
func (s *score) of(name string) *mark {
	for _, m := range *s {
		if m.name == name {
			return m
		}
	}
	m := &mark{name: name, why: "not chosen in this run"}
	*s = append(*s, m)
	return m
}

// fails notes why a tree comes no further, and ends its test.
func (m *mark) fails(t *testing.T, o outcome, doing string) {
	t.Helper()
	line, _, _ := strings.Cut(strings.TrimSpace(o.stderr), "\n")
	m.why = doing + ": " + cmp.Or(line, fmt.Sprintf("exit code %d", o.code))
	t.Fatalf("%s: exit code %d\n%s%s", doing, o.code, o.stdout, o.stderr)
}

// String is a table of the languages, and a line for each tree that is not
// answering.
func (s *score) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "language\ttrees\tplanned\tbuilt\tstarted\tanswering")
	var languages, reasons []string
	counts := map[string][answering + 1]int{}
	for _, m := range *s {
		language, _, _ := strings.Cut(m.name, "/")
		for _, row := range []string{language, "all"} {
			c := counts[row]
			for reached := untried; reached <= m.reached; reached++ {
				c[reached]++
			}
			counts[row] = c
		}
		languages = append(languages, language)
		if m.reached < answering || m.why != "" {
			reasons = append(reasons, fmt.Sprintf("%s: %s", m.name, m.why))
		}
	}
	slices.Sort(languages)
	for _, l := range append(slices.Compact(languages), "all") {
		c := counts[l]
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\n", l, c[untried], c[planned], c[built], c[started], c[answering])
	}
	_ = w.Flush() // a strings.Builder takes everything
	slices.Sort(reasons)
	return b.String() + strings.Join(reasons, "\n") + "\n"
}

// save writes the score where SLIPWAY_CORPUS_SCORE says, after each tree: a
// run that is cut short has one, too.
func (s *score) save(t *testing.T) {
	t.Helper()
	if file := os.Getenv("SLIPWAY_CORPUS_SCORE"); file != "" {
		if err := os.WriteFile(file, []byte(s.String()), 0o600); err != nil {
			t.Error(err)
		}
	}
}

func TestScore(t *testing.T) {
	t.Parallel()
	var s score
	*s.of("go/hello") = mark{name: "go/hello", reached: answering}
	*s.of("go/broken") = mark{name: "go/broken", reached: planned, why: "built: no"}
	*s.of("java/war") = mark{name: "java/war", reached: looked, why: "refused, as promised"}
	s.of("java/plain")
	want := `language  trees  planned  built  started  answering
go        2      2        1      1        1
java      2      0        0      0        0
all       4      2        1      1        1
go/broken: built: no
java/plain: not chosen in this run
java/war: refused, as promised
`
	if got := s.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
