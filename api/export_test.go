package api

import (
	"net/http"

	"github.com/slipway-ci/slipway"
)

// Row is what a test may know of a route.
type Row struct {
	Method, Path string
	Role         slipway.TeamRole
	Open, Team   bool // nobody is asked for a token; it is of a team's things
	Changes      bool // it writes to the audit log
	Page         bool // it is for people
}

// Table lists the routes.
func Table() []Row {
	var rows []Row
	for _, r := range (&server{}).table() {
		rows = append(rows, Row{r.method, r.path, r.role, r.scope == open, r.scope >= ofTeam, r.did != "", r.page})
	}
	return rows
}

// Registered lists what the engine of a configuration answers, without HEAD of
// what everybody may get.
func Registered(config Config) (rows []string) {
	s := &server{Config: config}
	s.routes = s.table()
	open := map[string]bool{}
	for _, r := range s.routes {
		open[r.path] = open[r.path] || r.method == get && r.scope == 0
	}
	for _, r := range s.engine().Routes() {
		if r.Method == http.MethodHead && open[r.Path] {
			continue
		}
		rows = append(rows, r.Method+" "+r.Path)
	}
	return rows
}

// Plain is plain.
func Plain(s string) string { return plain(s) }

// Bodies are the zero values of what routes take and give.
func Bodies() (all []any) {
	for _, r := range (&server{}).table() {
		for _, v := range []any{r.takes, r.gives} {
			if v != nil {
				all = append(all, v)
			}
		}
	}
	return all
}
