package assemble

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
)

// program writes a shell script that stands for one of the machine's clients.
func program(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestMake_SaysThatAReleaseIsNotToBeHad(t *testing.T) {
	t.Parallel()
	lock, err := buildpacks.OpenLock(filepath.Join(t.TempDir(), "stacks.json"))
	if err != nil {
		t.Fatal(err)
	}
	cache := t.TempDir()
	a := &Assembler{
		Lock: lock, Cache: cache,
		// The base hangs until it is told to stop; its own end is not the news.
		Mmdebstrap: program(t, `exec sleep 60`),
		Go:         program(t, `printf '{\n\t"Path": "golang.org/toolchain",\n\t"Error": "reading x.info: 404 Not Found\\n\\tserver response: not found"\n}\n'; exit 1`),
	}
	_, err = a.Make(t.Context(), []buildpacks.Target{{Recipe: "go", Version: "1.26.99", Suite: "bookworm"}})
	e, ok := errors.AsType[*slipway.Error](err)
	if !ok || e.Code != slipway.CodeNotFound || !strings.Contains(e.Message, "Go 1.26.99") {
		t.Fatalf("got %v", err)
	}
	if got := strings.Join(e.Details, "|"); got != "reading x.info: 404 Not Found; server response: not found" {
		t.Errorf("details %q", got)
	}
	if left, _ := os.ReadDir(cache); len(left) != 0 {
		t.Errorf("left in the cache: %v", left)
	}
}
