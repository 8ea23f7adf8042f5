package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/eject"
)

func (a *app) ejectCommand() *cobra.Command {
	var f planFlags
	var dir string
	var force bool
	c := &cobra.Command{
		Use:   "eject DIR|GIT-URL[#ref[:subdir]]",
		Short: "Write the plan as a Dockerfile that stands alone",
		Long:  "Write a Dockerfile and a .dockerignore that give the same files and configuration as\n`slipway build`, for the day you want to leave. Without --to they are printed.",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			plan, stack, err := a.plan(c.Context(), args[0], f)
			if err != nil {
				return err
			}
			service := slipway.ServiceName{Team: "local", Name: plan.Service}
			if f.service != "" {
				if service, err = slipway.ParseServiceName(f.service); err != nil {
					return err
				}
			}
			files, err := eject.Dockerfile(service, plan, stack)
			if err != nil {
				return err
			}
			if dir != "" {
				return a.writeEjected(dir, force, files)
			}
			return a.print(files, func(w io.Writer) { fmt.Fprint(w, files.Dockerfile) })
		},
	}
	f.register(c.Flags())
	a.profileFlag(c.Flags(), &f.profile)
	c.Flags().StringVar(&dir, "to", "", "write Dockerfile and .dockerignore into this directory")
	c.Flags().BoolVar(&force, "overwrite", false, "replace files that are there")
	return c
}

// writeEjected writes both files or none.
func (a *app) writeEjected(dir string, force bool, files eject.Files) error {
	contents := []struct{ path, text string }{
		{filepath.Join(dir, "Dockerfile"), files.Dockerfile},
		{filepath.Join(dir, ".dockerignore"), files.Dockerignore},
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // sources are for everybody to read
		return slipway.Errorf(slipway.CodeUsage, "the directory %s cannot be made", dir).
			WithHint("pass --to DIR with a directory that you may write").Because(err)
	}
	for _, f := range contents {
		if _, err := os.Lstat(f.path); !force && !errors.Is(err, fs.ErrNotExist) {
			return slipway.Errorf(slipway.CodeUsage, "%s is there already", f.path).WithHint("pass --overwrite to replace it")
		}
	}
	for _, f := range contents {
		if err := os.WriteFile(f.path, []byte(f.text), 0o644); err != nil { //nolint:gosec // sources are for everybody to read
			return slipway.Errorf(slipway.CodeUsage, "%s cannot be written", f.path).
				WithHint("pass --to DIR with a directory that you may write").Because(err)
		}
		fmt.Fprintf(a.err, "wrote %s\n", f.path)
	}
	return nil
}
