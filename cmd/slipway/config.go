package main

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"github.com/slipway-ci/slipway"
)

// configure gives the flags of a server the values that the command line did
// not: from SLIPWAY_NAME, else from the file, else their defaults. A flag is
// a knob, and each knob is known by one name in all three places.
func (a *app) configure(flags *pflag.FlagSet, file string) error {
	said, err := readConfig(file)
	if err != nil {
		return err
	}
	var errs []error
	flags.VisitAll(func(f *pflag.Flag) {
		value, from := said[f.Name], file
		delete(said, f.Name)
		if v, ok := a.env(variable(f.Name)); ok && v != "" {
			value, from = []string{v}, variable(f.Name)
		}
		if f.Changed || value == nil {
			return
		}
		for _, v := range value {
			if err := flags.Set(f.Name, v); err != nil {
				errs = append(errs, slipway.Errorf(slipway.CodeUsage, "%s: %q is no value for %s", from, v, f.Name).
					WithHint("%s", f.Usage).Because(err))
			}
		}
	})
	for name := range said {
		errs = append(errs, slipway.Errorf(slipway.CodeUsage, "%s: there is no setting %q", file, name).
			WithHint("there are %s", strings.Join(names(flags), ", ")))
	}
	return errors.Join(errs...)
}

// variable is the environment variable of a knob.
func variable(flag string) string {
	return "SLIPWAY_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// readConfig reads a file of settings: a value, or a list of values, by name.
// "" is no file.
func readConfig(file string) (map[string][]string, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, slipway.Errorf(slipway.CodeUsage, "the configuration file %s is not there", file)
	}
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUsage, "the configuration file %s cannot be read", file).Because(err)
	}
	return parseConfig(file, data)
}

func parseConfig(file string, data []byte) (map[string][]string, error) {
	var nodes map[string]yaml.Node
	if err := yaml.Unmarshal(data, &nodes); err != nil {
		return nil, slipway.Errorf(slipway.CodeUsage, "the configuration file %s is not YAML of the form `name: value`", file).Because(err)
	}
	said := make(map[string][]string, len(nodes))
	for name, node := range nodes {
		values, ok := scalars(node)
		if !ok {
			return nil, slipway.Errorf(slipway.CodeUsage, "%s:%d: %s must be a value or a list of values", file, node.Line, name)
		}
		said[name] = values
	}
	return said, nil
}

func scalars(node yaml.Node) ([]string, bool) {
	switch node.Kind {
	case yaml.ScalarNode:
		return []string{node.Value}, true
	case yaml.SequenceNode:
		var values []string
		for _, item := range node.Content {
			if item.Kind != yaml.ScalarNode {
				return nil, false
			}
			values = append(values, item.Value)
		}
		return values, true
	default:
		return nil, false
	}
}

func names(flags *pflag.FlagSet) []string {
	var all []string
	flags.VisitAll(func(f *pflag.Flag) { all = append(all, f.Name) })
	return all
}
