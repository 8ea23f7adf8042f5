package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/store"
)

// record is the address of the record: the one given, else the data
// directory's own.
func (d *dataDir) record(given string) string {
	if given != "" {
		return given
	}
	return "sqlite:" + d.join("record.db")
}

func (a *app) backupCommand() *cobra.Command {
	var database string
	c := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy a server's record to a file, while the server works",
		Long: "Copy the SQLite record of this data directory, as it is at one moment, to a file that is\n" +
			"not there yet. To restore it, stop the server, put the file back as record.db without the\n" +
			"files record.db-wal and record.db-shm, and start the server. The key file keys/seal belongs\n" +
			"to it: without it the record's secrets cannot be read. Images are in the registry, not here.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.backup(c.Context(), database, args[0]) },
	}
	c.Flags().StringVar(&database, "database", a.getenv("SLIPWAY_DATABASE"), "where the record is, as the server has it (default: record.db in the data directory)")
	return c
}

func (a *app) backup(ctx context.Context, database, file string) error {
	dir, err := a.dataDir()
	if err != nil {
		return err
	}
	file, err = filepath.Abs(file)
	if err != nil {
		return slipway.Errorf(slipway.CodeUsage, "%q is no file", file).Because(err)
	}
	if err := store.Backup(ctx, dir.record(database), file); err != nil {
		return err
	}
	return a.print(map[string]string{"file": file, "key": dir.join("keys", "seal")}, func(w io.Writer) {
		fmt.Fprintf(w, "The record is copied to %s.\nKeep %s with it: it opens the record's secrets.\n", file, dir.join("keys", "seal"))
	})
}
