package adapters

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

var (
	// commandPort is what servers of several languages are told to listen on,
	// on all addresses.
	commandPort = regexp.MustCompile(`(?:^|\s)(?:-b|--bind|--listen|--port|--server\.port|-Dserver\.port|--http|--http-socket|runserver)(?:\s+|=)["']?(?:(?:0\.0\.0\.0|\*|\[::\])?:)?([1-9][0-9]{3,4})\b(?:["'\s]|$)`)
	readsPort   = regexp.MustCompile(`\bPORT\b`)
)

// withPort gives PORT the value that the start command listens on whatever
// PORT is: nothing would answer there otherwise. A script of the repository
// is read for it.
func withPort(plan slipway.Plan, s repo.Service) slipway.Plan {
	if plan.Kind != slipway.KindWeb || s.Declared.Port != 0 || len(plan.Start) == 0 {
		return plan
	}
	text, e := strings.Join(plan.Start, " "), slipway.Evidence{File: s.Dir}
	for _, word := range plan.Start[:min(len(plan.Start), 2)] { // sh start.sh
		if file := path.Join(s.Dir, word); path.Ext(word) == ".sh" && repo.IsFile(s.Tree, file) {
			data, _, _ := repo.Read(s.Tree, file) // what cannot be read says no port
			text, e.File = string(data), file
		}
	}
	found := commandPort.FindStringSubmatchIndex(text)
	if found == nil || readsPort.MatchString(text) {
		return plan
	}
	port, err := strconv.ParseUint(text[found[2]:found[3]], 10, 16)
	if err != nil {
		return plan
	}
	if e.File != s.Dir {
		e.Line = 1 + strings.Count(text[:found[2]], "\n")
	}
	plan.Port = int(port)
	e.Found, e.Means = strings.TrimSpace(text[found[0]:found[1]]), "PORT is "+text[found[2]:found[3]]+", since the command listens there; write $PORT in its place to let others choose"
	e.Knob = "port: " + text[found[2]:found[3]]
	plan.Evidence = append(plan.Evidence, e)
	return plan
}
