package jenkins

import (
	"strings"
)

const (
	markBegin  = "Made by Slipway for "
	markEnd    = ": do not edit, changes are overwritten."
	folderMark = "Made by Slipway for its jobs: it goes with the last of them."
)

// Mark is the line of a job's description by which it is known as ours.
func Mark(team, service string) string { return markBegin + team + "/" + service + markEnd }

// Ours tells whether a job's configuration carries a Mark, as a line of its
// own description.
func Ours(config []byte) bool {
	return describes(config, func(line string) bool {
		return strings.HasPrefix(line, markBegin) && strings.HasSuffix(line, markEnd)
	})
}

func ourFolder(config []byte) bool {
	return describes(config, func(line string) bool { return line == folderMark })
}

func describes(config []byte, fits func(line string) bool) bool {
	root, err := parseConfig(config)
	if err != nil {
		return false
	}
	for _, kid := range root.kids {
		if kid.name != "description" {
			continue
		}
		for line := range strings.Lines(kid.text) {
			if fits(strings.TrimSpace(line)) {
				return true
			}
		}
	}
	return false
}
