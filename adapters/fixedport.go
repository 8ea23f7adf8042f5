package adapters

import (
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
	text, e := startText(plan, s)
	found := commandPort.FindStringSubmatchIndex(text)
	if found == nil || readsPort.MatchString(text) {
		return plan
	}
	port, err := strconv.ParseUint(text[found[2]:found[3]], 10, 16)
	if err != nil {
		return plan
	}
	e = e.at(text, found[2])
	plan.Port = int(port)
	e.Found, e.Means = strings.TrimSpace(text[found[0]:found[1]]), "PORT is "+text[found[2]:found[3]]+", since the command listens there; write $PORT in its place to let others choose"
	e.Knob = "port: " + text[found[2]:found[3]]
	plan.Evidence = append(plan.Evidence, e.Evidence)
	return plan
}
