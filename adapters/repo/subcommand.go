package repo

import "slices"

// ServingCommand chooses, of a program's sub-commands, the one that serves:
// serve where it is there, else the only one of such a name; "" for none.
func ServingCommand(commands []string) string {
	if slices.Contains(commands, "serve") {
		return "serve"
	}
	usual := []string{"server", "start", "run", "web", "api", "http", "httpd", "listen", "daemon", "run-server", "start-server"}
	found := ""
	for _, c := range commands {
		if slices.Contains(usual, c) && c != found {
			if found != "" {
				return ""
			}
			found = c
		}
	}
	return found
}
