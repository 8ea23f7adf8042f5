package python

import (
	"strings"
	"testing"

	"github.com/Masterminds/semver/v3"
)

func TestConstraint(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]string{
		">=3.9,<4":             ">=3.9 <4",
		">= 3.9 , < 4.0":       ">=3.9 <4.0",
		"~=3.11":               ">=3.11 <4",
		"~=3.11.2":             ">=3.11.2 <3.12",
		"==3.11.*":             "3.11.x",
		"==3.11":               "3.11.x",
		"3.11.4":               "3.11.4",
		">=3.8,!=3.9.*,!=3.10": ">=3.8 !=3.9.x !=3.10",
		"<3.13.0a0":            "<3.13.0",
		"^3.10":                "^3.10",
		"~3.11":                "~3.11",
		"^3.9 || ^3.12":        "^3.9 || ^3.12",
		">=3.10 <3.13":         ">=3.10 <3.13",
		"*":                    "",
		"":                     "",
	} {
		got, ok := constraint(spec)
		if !ok || got != want {
			t.Errorf("%q: %q, %t, want %q", spec, got, ok, want)
		}
		if _, err := semver.NewConstraint(got); got != "" && err != nil {
			t.Errorf("%q: %q is none: %v", spec, got, err)
		}
	}
	for _, spec := range []string{"three", ">=3.x.y", "~=3", ">=;3", "3.11-dev"} {
		if got, ok := constraint(spec); ok {
			t.Errorf("%q: %q, want none", spec, got)
		}
	}
}

func FuzzConstraint(f *testing.F) {
	f.Add(">=3.9,<4")
	f.Add("^3.10 || ~=3.11.*")
	f.Fuzz(func(t *testing.T, spec string) {
		got, ok := constraint(spec)
		if !ok || got == "" {
			return
		}
		for alternative := range strings.SplitSeq(got, "||") {
			if strings.TrimSpace(alternative) == "" {
				t.Errorf("%q: %q allows everything", spec, got)
			}
		}
	})
}
