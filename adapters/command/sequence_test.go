package command_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway/adapters/command"
)

func TestSequence(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{
		"node x":                            {"node x"},
		"npm run build && node 'a && b' -x": {"npm run build", "node 'a && b' -x"},
		"a && B=1 b && c":                   {"a", "B=1 b", "c"},
		"a || b":                            nil,
		"a; b":                              nil,
		"a && b &":                          nil,
		"a && (b)":                          nil,
		"":                                  nil,
		"a && b > x":                        nil,
	} {
		got, ok := command.Sequence(line)
		if !ok {
			got = nil
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", line, diff)
		}
	}
}

func FuzzSequence(f *testing.F) {
	f.Add("a && b")
	f.Fuzz(func(t *testing.T, line string) {
		if parts, ok := command.Sequence(line); ok && len(parts) == 0 {
			t.Errorf("%q is a sequence of nothing", line)
		}
	})
}
