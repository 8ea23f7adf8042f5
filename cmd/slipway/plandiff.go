package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
)

// fleetDiff is what is different between two surveys of a fleet.
type fleetDiff struct {
	Changed   []serviceDiff `json:"changed"`
	Unchanged int           `json:"unchanged"`
}

// serviceDiff is what is different about one service.
type serviceDiff struct {
	Tree    string        `json:"tree"`
	Service string        `json:"service"`
	What    string        `json:"what"` // "new", "gone", "has a plan now", "has no plan any more", or "changed"
	Changes []valueChange `json:"changes,omitempty"`
}

// valueChange is a place in a plan with what was there and what is; "" is
// nothing.
type valueChange struct {
	At     string `json:"at"` // "stack.run", "steps[1].args[0]"
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

func compareFleets(before, after fleetView) fleetDiff {
	old, now := before.byName(), after.byName()
	d := fleetDiff{Changed: []serviceDiff{}}
	names := slices.SortedFunc(maps.Keys(now), compareNames)
	for name := range old {
		if _, still := now[name]; !still {
			names = append(names, name)
		}
	}
	for _, name := range slices.Compact(slices.SortedFunc(slices.Values(names), compareNames)) {
		was, there := old[name]
		is, still := now[name]
		s := serviceDiff{Tree: name[0], Service: name[1]}
		switch {
		case !there:
			s.What = "new"
		case !still:
			s.What = "gone"
		default:
			s.What, s.Changes = compareServices(was, is)
		}
		if s.What == "" {
			d.Unchanged++
			continue
		}
		d.Changed = append(d.Changed, s)
	}
	return d
}

func compareNames(a, b [2]string) int { return slices.Compare(a[:], b[:]) }

// byName finds services by checkout and name.
func (v fleetView) byName() map[[2]string]surveyed {
	all := map[[2]string]surveyed{}
	for _, c := range v.Checkouts {
		for _, s := range c.Services {
			all[[2]string{c.Tree, s.Service.Name}] = s
		}
	}
	return all
}

// compareServices says what happened to a service; "" is nothing.
func compareServices(was, is surveyed) (what string, changes []valueChange) {
	switch {
	case was.Plan == nil && is.Plan == nil:
		changes = compareValues("problem", plainValue(was.Problem), plainValue(is.Problem))
	case was.Plan == nil:
		return "has a plan now", []valueChange{{At: "problem", Before: was.Problem.Message}}
	case is.Plan == nil:
		return "has no plan any more", []valueChange{{At: "problem", After: is.Problem.Message}}
	default:
		before, after := *was.Plan, *is.Plan
		before.Evidence, after.Evidence = nil, nil // why a plan is so, not what it is
		changes = compareValues("", plainValue(before), plainValue(after))
	}
	if len(changes) > 0 {
		what = "changed"
	}
	return what, changes
}

// plainValue is a value as JSON has it.
func plainValue(v any) (plain any) {
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &plain)
	}
	if err != nil {
		return err.Error()
	}
	return plain
}

// compareValues lists where two values of JSON differ.
func compareValues(at string, was, is any) []valueChange {
	if reflect.DeepEqual(was, is) {
		return nil
	}
	a, objects := was.(map[string]any)
	b, both := is.(map[string]any)
	if objects && both {
		return compareMembers(at, a, b)
	}
	before, lists := was.([]any)
	after, both := is.([]any)
	if lists && both && len(before) == len(after) {
		var all []valueChange
		for i := range before {
			all = append(all, compareValues(at+"["+strconv.Itoa(i)+"]", before[i], after[i])...)
		}
		return all
	}
	return []valueChange{{At: at, Before: asText(was), After: asText(is)}}
}

func compareMembers(at string, was, is map[string]any) (all []valueChange) {
	names := slices.Sorted(maps.Keys(was))
	for name := range is {
		if _, there := was[name]; !there {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		place := name
		if at != "" {
			place = at + "." + name
		}
		all = append(all, compareValues(place, was[name], is[name])...)
	}
	return all
}

func asText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		b, err := json.Marshal(v)
		if err != nil {
			return err.Error() // it came from JSON
		}
		return string(b)
	}
}

func (d fleetDiff) show(w io.Writer) {
	for _, s := range d.Changed {
		fmt.Fprintf(w, "%s %s: %s\n", oneLine(s.Tree), oneLine(s.Service), s.What)
		for _, c := range s.Changes {
			fmt.Fprintf(w, "  %s: %s -> %s\n", oneLine(c.At), orNothing(c.Before), orNothing(c.After))
		}
	}
	fmt.Fprintf(w, "%d services are different, %d are as they were.\n", len(d.Changed), d.Unchanged)
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return oneLine(shorten(s))
}
