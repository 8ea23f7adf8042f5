package node

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// servedBy is the directory that a file server is told to serve, "." when it
// is told none.
func servedBy(args []string) string {
	for i := 1; i < len(args); i++ {
		switch {
		case slices.Contains([]string{"-l", "--listen", "-p", "--port", "-c", "--config", "-a", "-H", "--host"}, args[i]):
			i++
		case !strings.HasPrefix(args[i], "-"):
			return path.Clean(args[i])
		}
	}
	return "."
}

// runFileServer serves the directory itself, as a page with a history of its
// own where the command says so.
func (p *planner) runFileServer(args []string, why slipway.Evidence) error {
	serve := site
	if slices.ContainsFunc(args, func(w string) bool { return slices.Contains([]string{"-s", "--single", "--spa"}, w) }) {
		serve = page
	}
	why.Means = "its files are served without " + args[0]
	p.note(why)
	p.program.env = nil
	return serve(servedBy(args))(p)
}
