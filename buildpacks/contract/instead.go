package contract

import (
	"encoding/json"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/slipway-ci/slipway"
)

// Instead is the command line that starts another program of an image, under
// the init that stands in front of its own.
func Instead(config v1.Config, program []string) []string {
	init, start := command(config)
	all := slices.Concat(config.Entrypoint, config.Cmd)
	if init == "" {
		return slices.Clone(program)
	}
	return slices.Concat(all[:len(all)-len(start)], program)
}

// Release is the command that runs once before an image's release starts, in
// exec form; nil for an image without one, or with one that cannot be read.
func Release(config v1.Config) []string {
	var words []string
	if json.Unmarshal([]byte(config.Labels[slipway.LabelRelease]), &words) != nil || len(words) == 0 {
		return nil
	}
	return words
}
