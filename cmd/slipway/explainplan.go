package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
)

// explainPlan writes a plan for a person: what will be, then why, then what
// to write to have it otherwise.
func explainPlan(w io.Writer, p slipway.Plan) {
	version := languageOf(p)
	if p.Version.Value != "" {
		version += " (" + oneLine(p.Version.From) + ")"
	}
	fmt.Fprintf(w, "%s: a %s service in %s\n", p.Service, p.Kind, version)
	line := func(what, text string) {
		if text != "" {
			fmt.Fprintf(w, "  %-8s %s\n", what, oneLine(text))
		}
	}
	line("starts", startOf(p))
	explainLife(line, p)
	explainImages(w, line, p)
	for _, s := range p.Steps {
		fmt.Fprintf(w, "  step     %-8s network %s: %s\n", s.Name, s.Network, oneLine(shorten(strings.Join(s.Args, " "))))
	}
	for _, l := range p.Layers {
		fmt.Fprintf(w, "  layer    %-12s %s\n", l.Role, l.To)
	}
	explainEvidence(w, p.Evidence)
}

// languageOf is the language and its version, where it has one.
func languageOf(p slipway.Plan) string {
	return strings.TrimSpace(string(p.Language) + " " + p.Version.Value)
}

// startOf is the start command on one line.
func startOf(p slipway.Plan) string {
	if len(p.Start) == 0 {
		return "what the Dockerfile says"
	}
	return oneLine(command.Line(p.Start))
}

// explainLife tells how the service lives once it is an image.
func explainLife(line func(what, text string), p slipway.Plan) {
	if p.Kind == slipway.KindWeb {
		port := "PORT, by default what the Dockerfile's image exposes, else 8080"
		if p.Port != 0 {
			port = fmt.Sprintf("PORT, by default %d", p.Port)
		}
		line("listens", port+"; well when GET "+p.Health+" answers 2xx")
	}
	line("health", oneLine(command.Line(p.HealthCommand)))
	line("release", oneLine(command.Line(p.Release)))
	line("writes", strings.Join(p.Writable, ", "))
	line("expose", p.Expose)
	line("needs", strings.Join(p.Needs, ", "))
	line("secrets", strings.Join(p.Secrets, ", "))
	line("over ssh", strings.Join(p.SSH, ", "))
	if p.Tests != nil {
		line("tests", "step "+p.Tests.Output.Step+"; when they fail there is no image")
	}
	if p.Unlocked {
		line("locked", "no: what the dependencies are is found out anew every seven days")
	}
}

// explainImages tells what the image is made on.
func explainImages(w io.Writer, line func(what, text string), p slipway.Plan) {
	if d := p.Dockerfile; d != nil {
		text := d.File + ", context " + d.Context
		if d.Target != "" {
			text += ", target " + d.Target
		}
		line("file", text)
		return
	}
	line("stack", p.Stack.Name)
	fmt.Fprintf(w, "    build  %s\n    run    %s\n", p.Stack.Build, p.Stack.Run)
	for _, part := range p.Parts {
		line("part", fmt.Sprintf("%s %s in %s (%s)", part.Language, part.Version.Value, part.Path, part.Version.From))
		fmt.Fprintf(w, "    build  %s\n", part.Build)
	}
}

func explainEvidence(w io.Writer, evidence []slipway.Evidence) {
	fmt.Fprintln(w, "because")
	for _, e := range evidence {
		at := e.File
		if e.Line > 0 {
			at = fmt.Sprintf("%s:%d", e.File, e.Line)
		}
		fmt.Fprintf(w, "  %-20s %s: %s\n", oneLine(at), oneLine(e.Found), oneLine(e.Means))
		if e.Knob != "" {
			fmt.Fprintf(w, "  %-20s otherwise: %s\n", "", strings.ReplaceAll(printable(e.Knob), "\n", "\n  "+strings.Repeat(" ", 32)))
		}
	}
}
