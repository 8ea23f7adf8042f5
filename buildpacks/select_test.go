package buildpacks_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
)

const table = `
stacks:
  - profile: official
    language: go
    versions: ["1.24.3", "1.26.1", "1.26.10", "1.27.0"]
    patches: true
    build: docker.io/library/golang:{version}-bookworm
    run: {static: gcr.io/distroless/static-debian12:nonroot}
    budget: 1000
  - profile: assembled
    language: go
    default: 1.26.8
    versions: ["1.26.8", "1.27.0"]
    make: true
    build: slipway.internal/stacks/go:{version}-bookworm
    run: {static: "slipway.internal/stacks/static:bookworm", cc: "slipway.internal/stacks/cc:bookworm"}
    init: /sbin/init
    budget: 2000
`

func catalogue(t *testing.T) *buildpacks.Catalogue {
	t.Helper()
	c, err := buildpacks.Parse("test.yaml", []byte(table))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCatalogue_Select(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for _, tt := range []struct{ profile, want, from, value, newFrom string }{ // from go.mod or go.work, a minimum
		{"official", "1.24", "go.mod:3", "1.24.3", "go.mod:3"},
		{"official", "1.24.3", "go.mod:3", "1.24.3", "go.mod:3"},
		{"official", "1.24.4", "go.mod:3", "1.26.10", "go.mod:3 (asks for 1.24.4 or newer; 1.26.10 is the nearest stack)"},
		{"official", "1.25", "svc/go.work:1", "1.26.10", "svc/go.work:1 (asks for 1.25 or newer; 1.26.10 is the nearest stack)"},
		{"official", "1.26.2", "go.mod:3", "1.26.10", "go.mod:3"},
		{"official", "1.13", "go.mod:3", "1.24.3", "go.mod:3 (asks for 1.13 or newer; 1.24.3 is the nearest stack)"},
		{"official", "go1.26.1", ".go-version:1", "1.26.1", ".go-version:1"},
		{"official", "1.26.7", ".go-version:1", "1.26.7", ".go-version:1"},
		{"official", "1.26", ".tool-versions:2", "1.26.10", ".tool-versions:2"},
		{"official", "1.26.0", ".go-version:1", "1.26.0", ".go-version:1"},
		{"official", "", "default", "1.27.0", "default"},
		{"official", ">= 1.25.1", "slipway.yaml:4", "1.27.0", "slipway.yaml:4"},
		{"assembled", "", "default", "1.26.8", "default"},
		{"assembled", "1.26", "go.mod:3", "1.26.8", "go.mod:3"},
	} {
		t.Run(tt.profile+" "+tt.want+" "+tt.from, func(t *testing.T) {
			t.Parallel()
			minimum := strings.Contains(tt.from, "go.")
			stack, v, err := c.Select(tt.profile, slipway.LanguageGo, slipway.Version{Want: tt.want, From: tt.from, Minimum: minimum}, "static")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(slipway.Version{Value: tt.value, Want: tt.want, From: tt.newFrom, Minimum: minimum}, v); diff != "" {
				t.Error(diff)
			}
			if stack.Version != tt.value || !strings.Contains(stack.Build.Name, ":"+tt.value+"-") {
				t.Errorf("stack %+v is not of version %s", stack, tt.value)
			}
		})
	}
}

func TestCatalogue_SelectGivesTheWholeStack(t *testing.T) {
	t.Parallel()
	got, _, err := catalogue(t).Select("assembled", slipway.LanguageGo, slipway.Version{Want: "1.26.8"}, "cc")
	if err != nil {
		t.Fatal(err)
	}
	want := slipway.Stack{
		Name: "go-1.26.8", Profile: "assembled", Version: "1.26.8", Init: "/sbin/init", Budget: 2000,
		Build: slipway.StackImage{Name: "slipway.internal/stacks/go:1.26.8-bookworm"},
		Run:   slipway.StackImage{Name: "slipway.internal/stacks/cc:bookworm"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCatalogue_SelectRefuses(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for _, tt := range []struct {
		profile, lang, want, from, base string
		code                            slipway.Code
		says                            string // in the sentence, hint or details
	}{
		{"assembled", "go", "1.25.3", ".go-version:1", "static", slipway.CodeNotFound, "slipway stack build go@1.25.3"},
		{"assembled", "go", "1.28", "go.mod:3", "static", slipway.CodeNotFound, "slipway stack build go@1.28.0"},
		{"assembled", "go", "1.28", "go.mod:3", "static", slipway.CodeNotFound, "there are: 1.27.0, 1.26.8"},
		{"official", "go", "1.26.11", ".go-version:1", "static", slipway.CodeNotFound, "1.26.10"},
		{"official", "go", "1.25", ".go-version:1", "static", slipway.CodeNotFound, "assembled profile"},
		{"official", "go", "newest", ".tool-versions:1", "static", slipway.CodeInvalid, `"newest" (.tool-versions:1)`},
		{"official", "go", "1.27rc1", "go.mod:3", "static", slipway.CodeInvalid, "pre-releases"},
		{"official", "go", "1.26", "go.mod:3", "cc", slipway.CodeNotFound, `no run image "cc"`},
		{"official", "cobol", "1", "x", "static", slipway.CodeNotFound, "no official stack for cobol"},
		{"other", "go", "1", "x", "static", slipway.CodeNotFound, "assembled go: 1.27.0, 1.26.8"},
	} {
		t.Run(tt.says, func(t *testing.T) {
			t.Parallel()
			_, _, err := c.Select(tt.profile, slipway.Language(tt.lang), slipway.Version{Want: tt.want, From: tt.from, Minimum: strings.Contains(tt.from, "go.")}, tt.base)
			if slipway.ErrorCode(err) != tt.code {
				t.Fatalf("got %v, want code %s", err, tt.code)
			}
			if text := everything(t, err); !strings.Contains(text, tt.says) {
				t.Errorf("%q does not say %q", text, tt.says)
			}
		})
	}
}

// Pages need nothing of the language that made them, so the image that serves
// them is no part of its stacks.
func TestCatalogue_Select_pagesOfAnyLanguage(t *testing.T) {
	t.Parallel()
	c, err := buildpacks.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, profile := range []string{buildpacks.ProfileAssembled, buildpacks.ProfileOfficial} {
		stack, _, err := c.Select(profile, slipway.LanguagePython, slipway.Version{}, "web")
		if err != nil || stack.Run.Name != "slipway.internal/stacks/web:bookworm" || stack.Init == "" || !strings.Contains(stack.Build.Name, "python") {
			t.Errorf("%s: %+v, %v", profile, stack, err)
		}
	}
}

func TestCatalogue_Lacks_a_version_that_a_step_may_fetch(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for _, tt := range []struct {
		version slipway.Version
		base    string
		lacks   bool
	}{
		{slipway.Version{Want: "1.20.1"}, "static", true},
		{slipway.Version{Want: ">=1.30"}, "static", true},
		{slipway.Version{Want: "1.20.1", Value: "1.20.1", Fetched: true}, "static", false},
		{slipway.Version{Want: "1.26"}, "static", false},
		{slipway.Version{}, "static", false},
		{slipway.Version{Want: "newest"}, "static", false}, // it is no version: Select says so
		{slipway.Version{Want: "1.20.1"}, "wood", false},   // and of this
	} {
		if got := c.Lacks("assembled", slipway.LanguageGo, tt.version, tt.base); got != tt.lacks {
			t.Errorf("%+v on %s: %t", tt.version, tt.base, got)
		}
	}
}

func TestCatalogue_SelectLeavesAVersionThatIsFetched(t *testing.T) {
	t.Parallel()
	want := slipway.Version{Value: "1.20.1", Want: "1.20.1", From: ".go-version:1", Fetched: true}
	stack, got, err := catalogue(t).Select("assembled", slipway.LanguageGo, want, "static")
	if err != nil || stack.Version != "1.26.8" {
		t.Fatalf("%+v, %v", stack, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
