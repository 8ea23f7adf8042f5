package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// tools compiles the rivals' programs at the versions that are pinned:
// buildctl at that of the client and daemon, ko at that of tools/.
func (l *lab) tools(ctx context.Context) error {
	for _, name := range []string{"slipway", "buildkitd"} {
		if _, err := os.Stat(l.bin(name)); err != nil {
			return fmt.Errorf("%w; `make build` makes it", err)
		}
	}
	l.report.say("buildctl and ko (a minute the first time)")
	for name, build := range map[string][]string{
		"buildctl": {"go", "build", "-trimpath", "-ldflags=-s -w", "-o", l.tool("buildctl"), "github.com/moby/buildkit/cmd/buildctl"},
		"ko":       {"go", "-C", "tools", "build", "-trimpath", "-ldflags=-s -w", "-o", l.tool("ko"), "github.com/google/ko"},
	} {
		if _, _, err := (command{dir: l.root, env: []string{"CGO_ENABLED=0"}, args: build}).run(ctx); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// writeGoEnv writes what Slipway takes over from the machine's go command, so
// that the rivals download from the same place.
func (l *lab) writeGoEnv(ctx context.Context) (string, error) {
	out, _, err := command{dir: l.work, args: []string{"go", "env", "-changed", "-json"}}.run(ctx)
	if err != nil {
		return "", err
	}
	var changed map[string]string
	if err := json.Unmarshal(out, &changed); err != nil {
		return "", fmt.Errorf("go env: %w", err)
	}
	var b strings.Builder
	for _, name := range []string{"GOPROXY", "GOSUMDB", "GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOINSECURE", "GOVCS"} {
		if v := changed[name]; v != "" {
			fmt.Fprintf(&b, "%s=%s\n", name, v)
		}
	}
	path := filepath.Join(l.work, "go.env")
	return path, os.WriteFile(path, []byte(b.String()), 0o600)
}
