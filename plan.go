package slipway

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Language of a Service, as the adapters name it.
type Language string

// The languages that have an adapter.
const (
	LanguageGo         Language = "go"
	LanguageJava       Language = "java"
	LanguageNode       Language = "node"
	LanguagePython     Language = "python"
	LanguageRust       Language = "rust"
	LanguageDockerfile Language = "dockerfile"
	LanguageStatic     Language = "static"
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
	Expose         string            `json:"expose,omitempty"`        // web: "external" or "internal"; who may reach it
	Start          []string          `json:"start"`                   // exec form, without the init
	Release        []string          `json:"release,omitempty"`       // exec form; runs once before a release starts, never at start
	Port           int               `json:"port,omitempty"`          // web: the default of PORT
	Health         string            `json:"health,omitempty"`        // web: path
	HealthCommand  []string          `json:"healthCommand,omitempty"` // worker: exec form, ends with 0 when it is well
	Needs          []string          `json:"needs,omitempty"`         // bare names of services that it calls
	Dir            string            `json:"dir"`                     // working directory in the image
	Env            map[string]string `json:"env,omitempty"`           // of the image
	Writable       []string          `json:"writable,omitempty"`
	Base           string            `json:"base"` // which run image of the stack: "static", "cc", "node", "python", "java" or "web"
	Stack          PlanStack         `json:"stack"`
	Parts          []Part            `json:"parts,omitempty"` // other languages that steps are in
	Steps          []Step            `json:"steps"`
	Layers         []Layer           `json:"layers"`
	Tests          *Tests            `json:"tests,omitempty"`      // nil: the build runs none
	Dockerfile     *Dockerfile       `json:"dockerfile,omitempty"` // of a passthrough, which has neither steps nor layers
	Inputs         []string          `json:"inputs"`               // directories and files of the tree that can change the image; "." is all
	Secrets        []string          `json:"secrets,omitempty"`    // names only
	SSH            []string          `json:"ssh,omitempty"`        // git repositories that its files name by ssh, as SSHRepository.Name has them
	Unlocked       bool              `json:"unlocked,omitempty"`   // dependencies may resolve differently tomorrow
	Stamped        bool              `json:"stamped,omitempty"`    // the commit is compiled into the program, so it is part of the key
	Evidence       []Evidence        `json:"evidence"`
}

// Version of the language and where it was read.
type Version struct {
	Value   string `json:"value"`             // "1.26.8"; what the stack will have
	Want    string `json:"want"`              // what the repository says, "1.26", "^20 || >=22.1"
	From    string `json:"from"`              // "go.mod:3"; "default" when the repository says nothing
	Minimum bool   `json:"minimum,omitempty"` // Want is a version, and a newer one will do
	Fetched bool   `json:"fetched,omitempty"` // a step of the plan brings exactly Value: any stack of the language will do
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

// Dockerfile is a build that the repository itself describes.
type Dockerfile struct {
	File    string            `json:"file"`    // path in the tree
	Context string            `json:"context"` // directory in the tree
	Target  string            `json:"target,omitempty"`
	Args    map[string]string `json:"args,omitempty"`
}
