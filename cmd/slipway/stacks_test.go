package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
)

// lockOf records images, as if they had been made here.
func lockOf(t *testing.T, images ...string) *buildpacks.Lock {
	t.Helper()
	lock, err := buildpacks.OpenLock(filepath.Join(t.TempDir(), "stacks.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, image := range images {
		if err := lock.Record("slipway.internal/stacks/"+image, buildpacks.Locked{Digest: "sha256:" + strings.Repeat("a", 64)}); err != nil {
			t.Fatal(err)
		}
	}
	return lock
}

func TestUsualProfile(t *testing.T) {
	t.Parallel()
	catalogue, err := buildpacks.Default()
	if err != nil {
		t.Fatal(err)
	}
	web := []string{"debian:bookworm", "static:bookworm", "tools:bookworm", "go:1.26.8-bookworm", "web:bookworm"}
	for name, tt := range map[string]struct {
		images []string
		want   string
	}{
		"nothing made":             {nil, buildpacks.ProfileOfficial},
		"the web server alone":     {web, buildpacks.ProfileOfficial},
		"a stack, whole":           {append(web, "cc:bookworm"), buildpacks.ProfileAssembled},
		"another language":         {[]string{"python-build:3.11-bookworm", "python:3.11-bookworm"}, buildpacks.ProfileAssembled},
		"one that was interrupted": {[]string{"python-build:3.11-bookworm"}, buildpacks.ProfileOfficial},
		"a version on demand":      {[]string{"python-build:3.13-trixie", "python:3.13-trixie"}, buildpacks.ProfileAssembled},
	} {
		if got := usualProfile(catalogue, lockOf(t, tt.images...)); got != tt.want {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
	}
}

func TestStacks_LooksForOwnImagesNowhereElse(t *testing.T) {
	t.Parallel()
	catalogue, err := buildpacks.Default()
	if err != nil {
		t.Fatal(err)
	}
	lock := lockOf(t)
	digest := "sha256:" + strings.Repeat("b", 64)
	if err := lock.Record("docker.io/library/debian:bookworm-slim", buildpacks.Locked{Digest: digest}); err != nil {
		t.Fatal(err)
	}
	s := &stacks{catalogue: catalogue, lock: lock, profile: buildpacks.ProfileOfficial}
	_, _, err = s.Resolve(t.Context(), slipway.Plan{Language: slipway.LanguageStatic, Base: "web"})
	if slipway.ErrorCode(err) != slipway.CodeNotFound || !strings.Contains(problemOf(err).Hint, "`slipway stack build web`") {
		t.Errorf("got %v", problemOf(err))
	}
}
