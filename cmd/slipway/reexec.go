package main

import (
	"context"
	"os"

	"github.com/slipway-ci/slipway/builder/engine"
	"github.com/slipway-ci/slipway/builder/source"
)

// Hidden commands under which this program starts itself again: as the init
// of the engine's namespace, and as the child that fetches from a forge.
const (
	initCommand  = "__engine-init"
	fetchCommand = "__fetch"
)

// reexec runs a hidden command; it is decided before anything else is set
// up, since an init must stay small.
func reexec(args []string) (code int, hidden bool) {
	if len(args) < 2 {
		return 0, false
	}
	switch args[1] {
	case initCommand:
		return engine.Init(args[2:]...), true
	case fetchCommand:
		return fetchChild(), true
	default:
		return 0, false
	}
}

// fetchChild reads its order from standard input; its parent ends it.
func fetchChild() int {
	if err := source.FetchChild(context.Background(), os.Stdin, os.Stdout); err != nil {
		report(os.Stderr, err)
		return exitTransient
	}
	return exitDone
}

// self is how this program starts itself with a hidden command.
func self(command string) []string {
	exe, err := os.Executable()
	if err != nil {
		exe = os.Args[0]
	}
	return []string{exe, command}
}
