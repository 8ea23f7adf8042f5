package main

import (
	"slices"
	"strings"
	"testing"
)

func TestApp_RustDistributions(t *testing.T) {
	t.Parallel()
	const name = "RUSTUP_DIST_SERVER"
	got, err := with(map[string]string{name: "https://mirror.example/rust"}).rustDistributions()
	if err != nil || string(got.file) != "https://mirror.example/rust\n" || !slices.Equal(got.hosts, []string{"mirror.example"}) {
		t.Errorf("%q for %q, %v", got.file, got.hosts, err)
	}
	if got, err := with(nil).rustDistributions(); err != nil || got.file != nil {
		t.Errorf("without it: %q, %v", got.file, err)
	}
	for _, address := range []string{"mirror.example", "file:///srv/rust", "https://", "https://clerk:secret@mirror.example/", "https://mirror.example/?a=b"} {
		if _, err := with(map[string]string{name: address}).rustDistributions(); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
