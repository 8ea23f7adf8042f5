package golang

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

var (
	// fixedPort is an address to listen on as net.Listen reads it.
	fixedPort = regexp.MustCompile(`^(?:127\.0\.0\.1|0\.0\.0\.0|localhost)?:[0-9]{2,5}$`)
	// namesPort is the variable's name in a text or in the tag of a field.
	namesPort = regexp.MustCompile("[\"`]PORT\\b")
)

// notePort tells of an address in a web service that does not ask for PORT.
func (p *planner) notePort(texts []text) {
	if k := cmp.Or(p.Declared.Kind, p.guessKind().Kind, slipway.KindWeb); k != slipway.KindWeb || p.custom() {
		return
	}
	p.noteLoopback()
	if p.readsPort() {
		return
	}
	texts = fixed(texts)
	if len(texts) == 0 {
		return
	}
	e := slipway.Evidence{File: texts[0].file, Line: texts[0].line, Found: texts[0].text, Means: "nothing reads PORT: the program may listen there whatever PORT is; read PORT and listen on all addresses"}
	if port, ok := onlyPort(texts); ok {
		p.port = port
		e.Means = fmt.Sprintf("nothing reads PORT: PORT is %d, since the program listens there; read it to let others choose", port)
		e.Knob = fmt.Sprintf("port: %d", port)
	}
	p.note(e)
}

// fixed are the addresses that a program names; those for the machine itself
// (a profiler's) only where there is no other.
func fixed(texts []text) []text {
	texts = slices.DeleteFunc(slices.Clone(texts), func(t text) bool { return !fixedPort.MatchString(t.text) })
	if outward := slices.DeleteFunc(slices.Clone(texts), func(t text) bool { return repo.IsLoopback(t.text) }); len(outward) > 0 {
		return outward
	}
	return texts
}

// onlyPort is the one port of some addresses, on all addresses of the machine.
func onlyPort(texts []text) (int, bool) {
	var all []string
	for _, t := range texts {
		all = append(all, strings.TrimPrefix(t.text, "0.0.0.0"))
	}
	all = slices.Compact(slices.Sorted(slices.Values(all)))
	if len(all) != 1 || all[0][0] != ':' {
		return 0, false
	}
	port, err := strconv.ParseUint(all[0][1:], 10, 16)
	return int(port), err == nil && port >= lowestPort
}

// lowestPort is the lowest that needs no capability, which no service has.
const lowestPort = 1024

// readsPort tells whether a source names PORT. The pattern costs more than all
// the rest of a plan where it is tried on every byte.
func (p *planner) readsPort() bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(p.read)), func(data []byte) bool {
		return bytes.Contains(data, []byte("PORT")) && namesPort.Match(data)
	})
}
