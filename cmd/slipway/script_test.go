package main

import (
	"errors"
	"io"
	"log/slog"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes this test binary answer to the name slipway, too: scripts
// run the program as a user does, in a process of its own. What the program
// starts as a child of its own it may start here, too.
func TestMain(m *testing.M) {
	if code, hidden := reexec(os.Args); hidden {
		os.Exit(code)
	}
	testscript.Main(m, map[string]func(){"slipway": func() { os.Exit(run()) }})
}

// TestScript holds the command line to what it promises without an engine:
// exit codes, sentences, hints. The scripts are in testdata/script.
func TestScript(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:   filepath.Join("testdata", "script"),
		Setup: ownHome,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "forge": gitForge, "rename": rename,
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// ownHome keeps the settings of whoever runs the tests out of them, and
// gives git an author.
func ownHome(env *testscript.Env) error {
	for name, value := range map[string]string{
		"HOME": env.WorkDir, "XDG_CONFIG_HOME": filepath.Join(env.WorkDir, ".config"), "SLIPWAY_DATA": filepath.Join(env.WorkDir, ".data"),
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_SYSTEM": os.DevNull,
		"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
	} {
		env.Setenv(name, value)
	}
	return nil
}

// exits runs a program and holds it to its exit code:
//
//	exits CODE PROGRAM ARGUMENT...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGUMENT...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		failed, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%s: %v", args[1], err)
		}
		got = failed.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// gitForge serves the bare repositories below a directory over HTTP, as a forge
// does, and puts its address into $FORGE:
//
//	forge DIRECTORY
func gitForge(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: forge DIRECTORY")
	}
	git, err := exec.LookPath("git")
	ts.Check(err)
	server := httptest.NewServer(&cgi.Handler{
		Path: git, Args: []string{"http-backend"}, Stderr: io.Discard, Logger: slog.NewLogLogger(slog.DiscardHandler, 0),
		Env: []string{"GIT_PROJECT_ROOT=" + ts.MkAbs(args[0]), "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_GLOBAL=" + os.DevNull},
	})
	ts.Defer(server.Close)
	ts.Setenv("FORGE", server.URL)
}

// rename gives a file a name that a script cannot write: the new one is a Go
// string literal.
//
//	rename OLD "NEW"
func rename(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf(`usage: rename OLD '"NEW"'`)
	}
	name, err := strconv.Unquote(args[1])
	ts.Check(err)
	if strings.ContainsRune(name, 0) {
		ts.Fatalf("no file name holds a zero byte")
	}
	ts.Check(os.Rename(ts.MkAbs(args[0]), ts.MkAbs(name)))
}
