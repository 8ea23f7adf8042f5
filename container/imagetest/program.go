package imagetest

import (
	_ "embed" // the program's source
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

//go:embed testdata/program.go
var programSource string

// Program compiles the static program testdata/program.go and gives its bytes.
// Its arguments are things to do, in order; see its source.
func Program(tb testing.TB) string {
	tb.Helper()
	dir := tb.TempDir()
	source := filepath.Join(dir, "main.go")
	if err := os.WriteFile(source, []byte(programSource), 0o600); err != nil {
		tb.Fatal(err)
	}
	cmd := exec.CommandContext(tb.Context(), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", "program", source)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off", "GO111MODULE=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("go build: %v\n%s", err, out)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "program"))
	if err != nil {
		tb.Fatal(err)
	}
	return string(raw)
}
