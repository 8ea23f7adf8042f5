package slipway

import (
	"fmt"
	"slices"
)

// Validate checks what compile relies on: names are unique, outputs are made
// before they are used, every mount has exactly one origin, every secret of a
// step is one of the plan's. The error is a defect of the adapter, not of the
// repository.
func (p Plan) Validate() error {
	if p.Dockerfile != nil {
		return p.validateDockerfile()
	}
	made := map[Output]bool{}
	seen := map[string]bool{}
	for _, s := range p.Steps {
		if s.Name == "" || seen[s.Name] || len(s.Args) == 0 {
			return fmt.Errorf("plan: step %q: name empty or used twice, or no command", s.Name)
		}
		seen[s.Name] = true
		if err := p.validateNames(s); err != nil {
			return fmt.Errorf("plan: step %q: %w", s.Name, err)
		}
		for _, m := range s.Mounts {
			if err := m.validate(made); err != nil {
				return fmt.Errorf("plan: step %q: %w", s.Name, err)
			}
		}
		for _, m := range s.Mounts {
			if m.Output {
				made[Output{Step: s.Name, Mount: m.Target}] = true
			}
		}
	}
	if t := p.Tests; t != nil && !made[Output{Step: t.Output.Step, Mount: t.Output.Mount}] {
		return fmt.Errorf("plan: tests are from %s:%s, which no step made", t.Output.Step, t.Output.Mount)
	}
	return p.validateLayers(made)
}

// validateNames checks what a step names of the plan.
func (p Plan) validateNames(s Step) error {
	if s.In != "" && !slices.ContainsFunc(p.Parts, func(part Part) bool { return part.Language == s.In }) {
		return fmt.Errorf("no part of the plan is in %s", s.In)
	}
	for _, name := range s.Secrets {
		if !slices.Contains(p.Secrets, name) {
			return fmt.Errorf("the secret %s is not one of the plan's", name)
		}
	}
	return nil
}

func (p Plan) validateDockerfile() error {
	switch {
	case p.Dockerfile.File == "" || p.Dockerfile.Context == "":
		return fmt.Errorf("plan: a Dockerfile needs a file and a context")
	case len(p.Steps) > 0 || len(p.Layers) > 0 || p.Tests != nil:
		return fmt.Errorf("plan: a Dockerfile leaves no room for steps, layers and tests")
	}
	return nil
}

func (m Mount) validate(made map[Output]bool) error {
	n := 0
	for _, set := range []bool{m.Source != nil, m.From != nil, m.Cache != "", m.Tmpfs, m.Run, m.Output} {
		if set {
			n++
		}
	}
	if n != 1 {
		return fmt.Errorf("mount %s has %d origins, want exactly one", m.Target, n)
	}
	if m.From != nil && !made[Output{Step: m.From.Step, Mount: m.From.Mount}] {
		return fmt.Errorf("mount %s is from %s:%s, which no earlier step made", m.Target, m.From.Step, m.From.Mount)
	}
	return nil
}

func (p Plan) validateLayers(made map[Output]bool) error {
	if len(p.Layers) == 0 || len(p.Layers) > 3 {
		return fmt.Errorf("plan: %d layers, want one to three", len(p.Layers))
	}
	if len(p.Start) == 0 {
		return fmt.Errorf("plan: no start command")
	}
	for _, l := range p.Layers {
		if (l.From == nil) == (l.Source == nil) {
			return fmt.Errorf("plan: layer %s: exactly one of from and source", l.Role)
		}
		if l.From != nil && !made[Output{Step: l.From.Step, Mount: l.From.Mount}] {
			return fmt.Errorf("plan: layer %s is from %s:%s, which no step made", l.Role, l.From.Step, l.From.Mount)
		}
	}
	return nil
}
