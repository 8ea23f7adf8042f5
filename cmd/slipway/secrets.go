package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/slipway-ci/slipway"
)

// secretValues reads what --secret names: NAME is an environment variable,
// NAME=@FILE a file, whose last newline does not count. A value is never
// taken from the command line, where every user of the machine reads it.
func (a *app) secretValues(flags []string) (map[string]string, error) {
	values := map[string]string{}
	for _, flag := range flags {
		name, from, given := strings.Cut(flag, "=")
		if !given {
			if values[name] = a.getenv(name); values[name] == "" {
				return nil, slipway.Errorf(slipway.CodeUsage, "--secret %s: the environment has no variable %s", name, name).
					WithHint("set it, or write --secret %s=@FILE", name)
			}
			continue
		}
		file, isFile := strings.CutPrefix(from, "@")
		if !isFile {
			return nil, slipway.Errorf(slipway.CodeUsage, "--secret %s: a value on the command line can be read by others", name).
				WithHint("put it into the variable %s and write --secret %s, or write --secret %s=@FILE", name, name, name)
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, slipway.Errorf(slipway.CodeUsage, "--secret %s: the file cannot be read", name).Because(err)
		}
		values[name] = strings.TrimSuffix(string(b), "\n")
	}
	return values, nil
}

// reportsTo gives what writes test reports into a directory; nil for none.
func reportsTo(dir string) func(name string, data []byte) error {
	if dir == "" {
		return nil
	}
	return func(name string, data []byte) error {
		if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // reports are for others to read
			return slipway.Errorf(slipway.CodeUsage, "the directory of the reports %s cannot be made", dir).Because(err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), data, 0o644); err != nil { //nolint:gosec // the same
			return slipway.Errorf(slipway.CodeUsage, "the report %s cannot be written", name).Because(err)
		}
		return nil
	}
}
