package repo

import (
	"cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
)

// Defaults of a web service that declares nothing.
const (
	defaultPort   = 8080
	defaultHealth = "/"
)

// Guess is what an adapter found about how a service lives. Zero is a web
// service about which nothing is known.
type Guess struct {
	Kind   slipway.Kind
	Health string           // path, "" unknown
	Why    slipway.Evidence // File and Found; Means is written here
	Knob   string           // what to write in slipway.yaml for another; "" for another kind
}

// Ends guesses a task: why has what shows that nothing serves.
func Ends(why slipway.Evidence) Guess {
	why.Found = "no kind declared, and " + why.Found
	return Guess{Kind: slipway.KindTask, Why: why}
}

// Unsure guesses a web service that may as well be none: why has where that
// could be seen, and what speaks for it, if anything does.
func Unsure(why slipway.Evidence) Guess {
	found := "no kind declared, and no server that is known here"
	if why.Found != "" {
		found += "; but " + why.Found
	}
	why.Found = found
	return Guess{Kind: slipway.KindWeb, Why: why, Knob: "kind: task"}
}

// Live writes into the plan how the service lives: what slipway.yaml says,
// else what the adapter guessed, each with its evidence.
func (s Service) Live(p *slipway.Plan, g Guess) {
	d := s.Declared
	key := impliesWeb(d)
	if key != "" {
		g = Guess{Kind: slipway.KindWeb, Health: g.Health, Why: slipway.Evidence{File: d.File(), Line: d.Line(key), Found: key + " is declared"}}
	}
	p.Kind = cmp.Or(d.Kind, g.Kind, slipway.KindWeb)
	switch {
	case d.Kind != "":
		note(p, slipway.Evidence{File: d.File(), Line: d.Line("kind"), Found: "kind: " + string(d.Kind), Means: "a service of kind " + string(d.Kind)})
	case g.Why.Found != "":
		g.Why.Means, g.Why.Knob = "a service of kind "+string(p.Kind), cmp.Or(g.Knob, "kind: "+other(p.Kind))
		note(p, g.Why)
	default:
		note(p, slipway.Evidence{File: s.Dir, Found: "no kind declared", Means: "a web service", Knob: "kind: worker"})
	}
	p.Env, p.Writable = d.Env, sorted(d.Writable)
	if p.Kind != slipway.KindWeb {
		return
	}
	p.Port = cmp.Or(d.Port, defaultPort)
	p.Health = cmp.Or(d.Health, g.Health, defaultHealth)
	switch {
	case d.Health != "":
		note(p, slipway.Evidence{File: d.File(), Line: d.Line("health"), Found: "health: " + d.Health, Means: "GET " + d.Health + " tells whether it is well"})
	default:
		note(p, slipway.Evidence{File: s.Dir, Found: "no health path declared", Means: "GET " + p.Health + " tells whether it is well", Knob: "health: /healthz"})
	}
}

// impliesWeb is a key of slipway.yaml that only web services have, where the
// kind is not said; "" for none.
func impliesWeb(d manifest.Service) string {
	switch {
	case d.Kind != "":
		return ""
	case d.Port != 0:
		return "port"
	case d.Health != "":
		return "health"
	case d.Expose != "":
		return "expose"
	}
	return ""
}

// other is a kind that a person may have meant instead.
func other(k slipway.Kind) string {
	if k == slipway.KindWeb {
		return string(slipway.KindWorker)
	}
	return string(slipway.KindWeb)
}

func note(p *slipway.Plan, e slipway.Evidence) { p.Evidence = append(p.Evidence, e) }
