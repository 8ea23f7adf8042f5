package dispatch

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"

	"github.com/slipway-ci/slipway"
)

// bench is a worker with its free slots, in the course of a decision.
type bench struct {
	slipway.Worker

	free int
	ill  string // why it takes nothing; "" it is well
}

// benches are the workers that have reported lately, by name.
func benches(s Scene) []bench {
	var all []bench
	for _, w := range s.Workers {
		if s.Now.Sub(w.Seen) < silent {
			all = append(all, bench{Worker: w, free: w.Slots, ill: illness(w)})
		}
	}
	slices.SortFunc(all, func(a, b bench) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

func illness(w slipway.Worker) string {
	switch {
	case w.Drain || w.Draining:
		return "it is being drained"
	case w.Protocol < slipway.Protocol-1 || w.Protocol > slipway.Protocol+1:
		return "its release " + w.Version + " is too far from this one"
	default:
		return w.Sick
	}
}

// serves tells whether a worker's daemons take code of that trust.
func serves(w slipway.Worker, t slipway.Trust) bool { return slices.Contains(w.Trust, t) }

// able gives the benches that could take a build, whether they have a slot
// or not; with none, why.
func (f *floor) able(b *slipway.ActiveBuild) ([]bench, func(before int) string) {
	var able []bench
	var ill []bench
	trusted, there := false, len(f.benches) > 0
	for _, w := range f.benches {
		if !serves(w.Worker, b.Trust) {
			continue
		}
		trusted = true
		switch {
		case w.Platform != f.Platform:
		case w.ill != "":
			ill = append(ill, w)
		default:
			able = append(able, w)
		}
	}
	if len(able) > 0 {
		return able, nil
	}
	return nil, noWorker(there, trusted, b.Trust, f.Platform, ill)
}

// choose gives the worker with a free slot that a service is at home at, so
// that its caches are warm; "" when there is none. One that did not claim
// when it was offered the build is asked again only when it is the only one.
func choose(b *slipway.ActiveBuild, able []bench) string {
	best, found := bench{}, false
	for _, w := range able {
		if w.free <= 0 {
			continue
		}
		if !found || nearer(b, w, best) {
			best, found = w, true
		}
	}
	return best.Name
}

func nearer(b *slipway.ActiveBuild, w, best bench) bool {
	if missed, bestMissed := w.Name == b.OfferedTo, best.Name == b.OfferedTo; missed != bestMissed {
		return bestMissed
	}
	key := b.Service.String()
	return affinity(key, w.Name) > affinity(key, best.Name)
}

// affinity is the weight of a rendezvous hash: of many workers each key has
// its own order, and one that comes or goes moves only its own keys.
func affinity(key, worker string) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\x00%s", key, worker)
	x := h.Sum64()
	// FNV's last bytes hardly reach the upper bits; this spreads them
	// (the finalizer of MurmurHash3).
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	x = (x ^ x>>33) * 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}
