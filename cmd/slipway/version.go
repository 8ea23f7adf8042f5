package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/compile"
)

// version is set by the linker, which can set nothing but a variable.
var version = ""

// versions is what `slipway version` prints.
type versions struct {
	Slipway  string `json:"slipway"`
	BuildKit string `json:"buildkit"` // client's, which is also the daemon's that is built with it
	Go       string `json:"go"`
	Contract string `json:"contract"`
	Compiler string `json:"compiler"`
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the versions of Slipway and of what it is made of",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := versions{
				Slipway: programVersion(), BuildKit: moduleVersion("github.com/moby/buildkit"),
				Go: runtime.Version(), Contract: slipway.ContractVersion, Compiler: compile.Revision,
			}
			return a.print(v, func(w io.Writer) {
				fmt.Fprintf(w, "slipway %s (buildkit %s, %s, image contract %s)\n", v.Slipway, v.BuildKit, v.Go, v.Contract)
			})
		},
	}
}

func programVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}

func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, m := range info.Deps {
		if m.Path == path {
			return m.Version
		}
	}
	return "unknown"
}
