package slipway

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Language of a Service, as the adapters name it.
type Language string

// The languages that have an adapter.
const (
	LanguageGo Language = "go"
)

// Kind of a Service: how it lives.
type Kind string

// The kinds.
const (
	KindWeb    Kind = "web"    // answers HTTP on PORT
	KindWorker Kind = "worker" // runs until it is told to stop
	KindTask   Kind = "task"   // ends by itself
)

// Network is what a Step may reach.
type Network string

// The networks of a step. There is no third: a step never reaches the host.
const (
	NetworkNone     Network = "none"
	NetworkPackages Network = "packages" // package registries, through the recording proxy
)

// Plan is everything that a build of one Service will do, as pure data: it
// can be printed, compared, stored and replayed. An adapter writes it, the
// catalogue fills in Stack, compile reads it. All paths use slashes.
type Plan struct {
	Service        string            `json:"service"` // bare name
	Path           string            `json:"path"`    // the service's directory in the tree, "." for the root
	Language       Language          `json:"language"`
	Version        Version           `json:"version"`
	PackageManager string            `json:"packageManager"`
	Kind           Kind              `json:"kind"`
	Start          []string          `json:"start"`            // exec form, without the init
	Port           int               `json:"port,omitempty"`   // web: the default of PORT
	Health         string            `json:"health,omitempty"` // web: path
	Dir            string            `json:"dir"`              // working directory in the image
	Env            map[string]string `json:"env,omitempty"`    // of the image
	Writable       []string          `json:"writable,omitempty"`
	Base           string            `json:"base"` // which run image of the stack: "static" or "cc"
	Stack          PlanStack         `json:"stack"`
	Steps          []Step            `json:"steps"`
	Layers         []Layer           `json:"layers"`
	Inputs         []string          `json:"inputs"`             // directories and files of the tree that can change the image; "." is all
	Secrets        []string          `json:"secrets,omitempty"`  // names only
	Unlocked       bool              `json:"unlocked,omitempty"` // dependencies may resolve differently tomorrow
	Stamped        bool              `json:"stamped,omitempty"`  // the commit is compiled into the program, so it is part of the key
	Evidence       []Evidence        `json:"evidence"`
}

// Version of the language and where it was read.
type Version struct {
	Value string `json:"value"` // "1.26.8"; what the stack will have
	Want  string `json:"want"`  // what the repository says, "1.26"
	From  string `json:"from"`  // "go.mod:3"; "default" when the repository says nothing
}

// PlanStack names the images of the plan, with digests once resolved.
type PlanStack struct {
	Name  string `json:"name"`
	Build string `json:"build"`
	Run   string `json:"run"`
}

// Evidence is one thing that an adapter read and what it concluded from it.
type Evidence struct {
	File  string `json:"file"` // path in the tree
	Line  int    `json:"line,omitempty"`
	Found string `json:"found"`            // what stands there
	Means string `json:"means"`            // what was chosen because of it
	Knob  string `json:"change,omitempty"` // what to write in slipway.yaml to choose otherwise
}

// Step is one command of a Plan, run in the stack's build image.
type Step struct {
	Name    string            `json:"name"`
	Args    []string          `json:"args"`
	Dir     string            `json:"dir"`
	Env     map[string]string `json:"env,omitempty"`
	Network Network           `json:"network"`
	Mounts  []Mount           `json:"mounts,omitempty"`
}

// Mount gives a step a directory. Exactly one of Source, From, Cache, Tmpfs
// and Output is set.
type Mount struct {
	Target   string  `json:"target"`
	ReadOnly bool    `json:"readOnly,omitempty"`
	Source   *Source `json:"source,omitempty"` // files of the tree
	From     *Output `json:"from,omitempty"`   // what an earlier step left
	Cache    string  `json:"cache,omitempty"`  // name of a cache that only makes things faster
	Seed     string  `json:"seed,omitempty"`   // of a cache: the directory of the build image that it starts from, where the stack has it
	Tmpfs    bool    `json:"tmpfs,omitempty"`
	Output   bool    `json:"output,omitempty"` // empty; what the step leaves here is its output
}

// Source selects files of the tree, relative to its root. Patterns are
// those of BuildKit (moby/patternmatcher): a path, ** for any depth, ! to
// except.
type Source struct {
	Include []string `json:"include,omitempty"` // empty: everything
	Exclude []string `json:"exclude,omitempty"`
}

// Output names what a step left in one of its Output mounts.
type Output struct {
	Step  string `json:"step"`
	Mount string `json:"mount"`          // the mount's target
	Path  string `json:"path,omitempty"` // below it; "" is all
}

// Role of a layer above the run image; the image has them in this order.
type Role string

// The roles.
const (
	RoleRuntime      Role = "runtime"
	RoleDependencies Role = "dependencies"
	RoleProgram      Role = "program"
)

// Layer is one layer of the image above the run image, copied from exactly
// one of From and Source into the directory To, which the run image must not
// have.
type Layer struct {
	Role   Role    `json:"role"`
	From   *Output `json:"from,omitempty"`
	Source *Source `json:"source,omitempty"`
	To     string  `json:"to"`
}

// Digest identifies the plan: "sha256:…" over its canonical JSON, without
// the evidence, which explains the plan and changes nothing in the image.
func (p Plan) Digest() string {
	p.Evidence = nil
	b, err := json.Marshal(p) // maps are sorted by encoding/json
	if err != nil {           // no field of a Plan can fail to marshal
		return "unmarshalable: " + err.Error()
	}
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Validate checks what compile relies on: names are unique, outputs are made
// before they are used, every mount has exactly one origin. The error is a
// defect of the adapter, not of the repository.
func (p Plan) Validate() error {
	made := map[Output]bool{}
	seen := map[string]bool{}
	for _, s := range p.Steps {
		if s.Name == "" || seen[s.Name] || len(s.Args) == 0 {
			return fmt.Errorf("plan: step %q: name empty or used twice, or no command", s.Name)
		}
		seen[s.Name] = true
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
	return p.validateLayers(made)
}

func (m Mount) validate(made map[Output]bool) error {
	n := 0
	for _, set := range []bool{m.Source != nil, m.From != nil, m.Cache != "", m.Tmpfs, m.Output} {
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
