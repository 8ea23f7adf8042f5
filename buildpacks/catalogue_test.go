package buildpacks_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
)

// everything gives all that a user would see of an error.
func everything(t *testing.T, err error) string {
	t.Helper()
	e, ok := errors.AsType[*slipway.Error](err)
	if !ok {
		t.Fatalf("%v is not a slipway.Error", err)
	}
	return strings.Join(append([]string{e.Error(), e.Hint}, e.Details...), "\n")
}

// names gives "PROFILE BUILD RUN" of each stack.
func names(stacks []slipway.Stack) []string {
	var out []string
	for _, s := range stacks {
		out = append(out, s.Profile+" "+s.Build.Name+" "+s.Run.Name)
	}
	return out
}

func TestDefault_HasBothProfiles(t *testing.T) {
	t.Parallel()
	c, err := buildpacks.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, profile := range []string{buildpacks.ProfileOfficial, buildpacks.ProfileAssembled} {
		for _, base := range []string{"static", "cc"} {
			s, v, err := c.Select(profile, slipway.LanguageGo, slipway.Version{From: "default"}, base)
			if err != nil {
				t.Fatal(err)
			}
			if v.Value != "1.26.8" || s.Budget == 0 || (s.Init != "") != (profile == buildpacks.ProfileAssembled) {
				t.Errorf("%s %s: got %+v, version %+v", profile, base, s, v)
			}
		}
	}
}

func TestCatalogue_ListIsNewestFirst(t *testing.T) {
	t.Parallel()
	got := names(catalogue(t).List("assembled", "static"))
	want := []string{
		"assembled slipway.internal/stacks/go:1.27.0-bookworm slipway.internal/stacks/static:bookworm",
		"assembled slipway.internal/stacks/go:1.26.8-bookworm slipway.internal/stacks/static:bookworm",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got, want := len(catalogue(t).List("", "")), 4+2*2; got != want {
		t.Errorf("all profiles and bases: got %d stacks, want %d", got, want)
	}
}

func TestCatalogue_WithKnowsWhatWasMadeOnDemand(t *testing.T) {
	t.Parallel()
	lock := newLock(t)
	for _, name := range []string{"slipway.internal/stacks/go:1.25.3-bookworm", "slipway.internal/stacks/go:1.26.8-bookworm", "slipway.internal/stacks/debian:bookworm", "slipway.internal/stacks/go:x-bookworm"} {
		if err := lock.Record(name, buildpacks.Locked{Digest: digestA}); err != nil {
			t.Fatal(err)
		}
	}
	c := catalogue(t)
	with := c.With(lock)
	want := slipway.Version{Want: "1.25.3", From: ".go-version:1"}
	if _, v, err := with.Select("assembled", slipway.LanguageGo, want, "static"); err != nil || v.Value != "1.25.3" {
		t.Errorf("got %+v, %v", v, err)
	}
	if got, want := len(with.List("assembled", "static")), 3; got != want {
		t.Errorf("got %d stacks, want %d: %v", got, want, names(with.List("assembled", "static")))
	}
	if _, _, err := c.Select("assembled", slipway.LanguageGo, want, "static"); err == nil {
		t.Error("the catalogue itself was changed")
	}
}

func TestRead_OverridesFromAFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "stacks.yaml")
	if err := os.WriteFile(path, []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := buildpacks.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(names(catalogue(t).List("", "")), names(c.List("", ""))); diff != "" {
		t.Error(diff)
	}
	if _, err := buildpacks.Read(path + ".no"); slipway.ErrorCode(err) != slipway.CodeUsage {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestParse_RefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ old, new, says string }{
		{"patches: true", "patchs: true", "field patchs not found"},
		{"patches: true", "patch: true", `patch "true" must be distribution`},
		{"make: true", "make: true\n    patch: distribution", "goes with neither make nor patches"},
		{"patches: true", "patches: maybe", "maybe"},
		{"patches: true", "patches: true\n    line: minor", `line "minor" must be major`},
		{"stacks:", "stack:", "field stack not found"},
		{"default: 1.26.8", "default: 1.26.7", `default "1.26.7" is not among the versions`},
		{`versions: ["1.26.8", "1.27.0"]`, "versions: []", "versions is empty"},
		{`["1.26.8", "1.27.0"]`, `["1.26"]`, `version "1.26" must be`},
		{"go:{version}-bookworm", "go:bookworm", "must have {version} once"},
		{"budget: 2000", "budget: 0", "budget must be above 0"},
		{"init: /sbin/init", "init: sbin/init", "must be an absolute path"},
		{"{static: gcr.io/distroless/static-debian12:nonroot}", "{}", "run has no image"},
		{"{static: gcr.io/distroless/static-debian12:nonroot}", `{static: ""}`, "is no image"},
		{"profile: assembled", "profile: ''", "profile or language is missing"},
	} {
		t.Run(tt.says, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(table, tt.old, tt.new, 1)
			if text == table {
				t.Fatalf("%q is not in the table", tt.old)
			}
			_, err := buildpacks.Parse("test.yaml", []byte(text))
			if slipway.ErrorCode(err) != slipway.CodeUsage {
				t.Fatalf("got %v, want usage", err)
			}
			if got := everything(t, err); !strings.Contains(got, tt.says) || !strings.Contains(got, "test.yaml") {
				t.Errorf("%q does not say %q", got, tt.says)
			}
		})
	}
	if _, err := buildpacks.Parse("empty.yaml", []byte("stacks: []")); slipway.ErrorCode(err) != slipway.CodeUsage {
		t.Errorf("no stacks: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(table), "1.26")
	f.Add([]byte("stacks: [{profile: a, language: go, versions: [1.2.3], build: '{version}', run: {static: x}, budget: 1}]"), ">=1")
	f.Fuzz(func(t *testing.T, data []byte, want string) {
		c, err := buildpacks.Parse("fuzz", data)
		if err != nil {
			if slipway.ErrorCode(err) != slipway.CodeUsage {
				t.Fatalf("%v is not a usage error", err)
			}
			return
		}
		for _, s := range c.List("", "") {
			if s.Version == "" || s.Build.Name == "" || s.Run.Name == "" {
				t.Fatalf("accepted a stack without names: %+v", s)
			}
			got, v, err := c.Select(s.Profile, slipway.LanguageGo, slipway.Version{Want: want}, "static")
			if err == nil && (v.Value == "" || got.Version != v.Value) {
				t.Fatalf("selected %+v for %+v", got, v)
			}
		}
	})
}
