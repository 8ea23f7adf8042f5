package source_test

import (
	"strings"
	"syscall"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/source"
)

func TestSources_Open_on_a_full_disk(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	for kind, config := range fetchers(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			if err := syscall.Mount("tmpfs", config.Mirrors, "tmpfs", 0, "size=256k"); err != nil {
				missing(t, "a small tmpfs cannot be mounted: "+err.Error())
			}
			t.Cleanup(func() {
				if err := syscall.Unmount(config.Mirrors, 0); err != nil {
					t.Error(err)
				}
			})
			r := f.repo(t, strings.ReplaceAll(t.Name(), "/", "-"))
			r.write("noise", noise(1_000_000))
			r.push("one")
			refused(t, source.New(config), source.Location{URL: r.url}, slipway.CodeUnavailable, "the disk is full")
		})
	}
}
