package main

import (
	"context"
	"fmt"
	"slices"
)

// change is one situation in which all systems build.
type change struct {
	what   string
	rounds int
	cold   bool
	also   []system                        // rivals of this change alone
	edit   func(s system, round int) error // nil: nothing changes
	bars   map[string]bar                  // by the rival's name
	notes  map[string]string               // how a rival is not like for like
}

// bar says what Slipway must reach against a rival.
type bar struct {
	text string
	met  func(slipway, rival sample) bool
}

func atMost(factor float64) bar {
	return bar{
		text: fmt.Sprintf("≤ %.2f ×", factor),
		met:  func(a, b sample) bool { return ratios(a, b).median() <= factor },
	}
}

// compare measures every system in every round, forward and backward by
// turns, so that neither always builds into a warm machine. The first system
// is Slipway.
func (l *lab) compare(ctx context.Context, language string, systems []system, c change) error {
	systems = slices.Concat(systems, c.also)
	took := map[string]sample{}
	for round := range c.rounds {
		order := slices.Clone(systems)
		if round%2 == 1 {
			slices.Reverse(order)
		}
		for _, s := range order {
			if c.edit != nil {
				if err := c.edit(s, round); err != nil {
					return err
				}
			}
			t, err := s.build(ctx, c.cold)
			if err != nil {
				return fmt.Errorf("%s, %s, round %d: %w", s.name, c.what, round+1, err)
			}
			took[s.name] = append(took[s.name], t.Seconds())
		}
	}
	for _, s := range systems[1:] {
		l.report.add(compared(language, c, s.name, took[systems[0].name], took[s.name]))
	}
	return nil
}

func compared(language string, c change, rival string, a, b sample) row {
	r := ratios(a, b)
	x := row{
		language: language, what: c.what, against: rival,
		figure: fmt.Sprintf("%.3f s : %.3f s = %.2f × %s n=%d", a.median(), b.median(), r.median(), r.spread("%.2f"), len(r)),
		note:   c.notes[rival],
	}
	if bar, ok := c.bars[rival]; ok {
		x.bar, x.met = bar.text, bar.met(a, b)
	}
	return x
}
