package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/slipway-ci/slipway/jenkins/jenkinstest"
)

// jobsCmd starts a Jenkins that has a job for each file NAME.xml of a
// directory, in folders as it is in directories; $FORGE in a file is the
// forge's address. $JENKINS is its URL, and ann's API token is "token":
//
//	jobs DIRECTORY
func jobsCmd(t *testing.T) func(*testscript.TestScript, bool, []string) {
	t.Helper()
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 1 {
			ts.Fatalf("usage: jobs DIRECTORY")
		}
		s := jenkinstest.New(t, jenkinstest.Options{User: "ann", Token: "token"})
		root := ts.MkAbs(args[0])
		ts.Check(filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			name, failed := filepath.Rel(root, path)
			switch {
			case err != nil || failed != nil || name == ".":
				return err
			case d.IsDir():
				s.AddFolder(name)
				return nil
			}
			text, err := os.ReadFile(path)
			if err == nil {
				s.AddJob(t, strings.TrimSuffix(name, ".xml"), strings.ReplaceAll(string(text), "$FORGE", ts.Getenv("FORGE")))
			}
			return err
		}))
		ts.Setenv("JENKINS", s.URL)
	}
}
