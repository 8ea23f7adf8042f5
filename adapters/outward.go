package adapters

import (
	"maps"
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// ownAddress is what servers of several languages are told to listen on, for
// themselves alone.
var ownAddress = regexp.MustCompile(`(?:^|\s)((?:-b|-h|-H|--bind|--listen|--host|--hostname|--address|--server\.address|-Dserver\.address|runserver)(?:\s+|=)["']?(?:127\.0\.0\.1|localhost)(?::\S+)?)(?:["'\s]|$)`)

// ownByDefault are programs that listen on the loopback where no option says
// otherwise, and the variable that they read in its place. From their
// sources: click names it after the program.
func ownByDefault() []struct{ command, option, variable string } {
	return []struct{ command, option, variable string }{
		{`(?:^|[\s/])uvicorn\s`, `--(?:host|uds|fd)\b`, "UVICORN_HOST"},
		{`(?:^|[\s/])flask\s(?:\S+\s+)*?run\b`, `(?:--host|-h)\b`, "FLASK_RUN_HOST"},
		{`(?:^|[\s/])granian\s`, `--(?:host|uds)\b`, "GRANIAN_HOST"},
		{`(?:^|[\s/])hypercorn\s`, `(?:--bind|-b|--config|-c)\b`, ""},
		{`(?:^|[\s/])daphne\s`, `(?:--bind|-b|-u|--fd)\b`, ""},
		{`\bmanage\.py\s+runserver\b`, `\brunserver\s+(?:--\S+\s+)*\S*:`, ""},
	}
}

// withOutward sets the variable by which the start command's server listens
// for others, and warns where it has none.
func withOutward(plan slipway.Plan, s repo.Service) slipway.Plan {
	if plan.Kind != slipway.KindWeb || len(plan.Start) == 0 {
		return plan
	}
	text, e := startText(plan, s)
	if at := ownAddress.FindStringSubmatchIndex(text); at != nil {
		e = e.at(text, at[2])
		e.Found = text[at[2]:at[3]]
		plan.Evidence = append(plan.Evidence, repo.Loopback(e.Evidence))
		return plan
	}
	for _, own := range ownByDefault() {
		at := regexp.MustCompile(own.command).FindStringIndex(text)
		if at == nil || regexp.MustCompile(own.option).MatchString(text) {
			continue
		}
		e = e.at(text, at[0])
		e.Found = strings.TrimSpace(text[at[0]:at[1]]) + " without an address"
		if own.variable == "" {
			e.Evidence = repo.Loopback(e.Evidence)
		} else if plan.Env[own.variable] == "" {
			env := maps.Clone(plan.Env)
			if env == nil {
				env = map[string]string{}
			}
			env[own.variable], plan.Env = "0.0.0.0", env
			e.Evidence = repo.Outward(e.Evidence, own.variable)
		}
		if e.Means != "" {
			plan.Evidence = append(plan.Evidence, e.Evidence)
		}
		return plan
	}
	return plan
}

// place of a start command: the service's directory, or the script that it
// is.
type startPlace struct {
	slipway.Evidence
	script bool
}

// at is the place of what stands in the command's text.
func (p startPlace) at(text string, begin int) startPlace {
	if p.script {
		p.Line = 1 + strings.Count(text[:begin], "\n")
	}
	return p
}

// startText is the start command as one line, or the text of the repository's
// script that it starts, and where that is.
func startText(plan slipway.Plan, s repo.Service) (string, startPlace) {
	text, e := strings.Join(plan.Start, " "), startPlace{Evidence: slipway.Evidence{File: s.Dir}}
	if file := startScript(plan, s); file != "" {
		data, _, _ := repo.Read(s.Tree, file) // it was read before
		text, e = string(data), startPlace{slipway.Evidence{File: file}, true}
	}
	return text, e
}
