package slipway

// Step is one command of a Plan, run in a build image of the stack.
type Step struct {
	Name    string            `json:"name"`
	In      Language          `json:"in,omitempty"` // the part in whose build image it runs; "" is the stack's own
	Args    []string          `json:"args"`
	Dir     string            `json:"dir"`
	Env     map[string]string `json:"env,omitempty"`
	Secrets []string          `json:"secrets,omitempty"` // names of the plan's secrets that the step sees as environment variables
	Network Network           `json:"network"`
	Root    bool              `json:"root,omitempty"` // later steps in the same image run on what this one leaves in its root: it installs packages
	Mounts  []Mount           `json:"mounts,omitempty"`
}

// Mount gives a step a directory. Exactly one of Source, From, Cache, Tmpfs,
// Run and Output is set.
type Mount struct {
	Target   string  `json:"target"`
	ReadOnly bool    `json:"readOnly,omitempty"`
	Source   *Source `json:"source,omitempty"` // files of the tree
	From     *Output `json:"from,omitempty"`   // what an earlier step left
	Cache    string  `json:"cache,omitempty"`  // name of a cache that only makes things faster
	Seed     string  `json:"seed,omitempty"`   // of a cache: the directory of the build image that it starts from, where the stack has it
	Tmpfs    bool    `json:"tmpfs,omitempty"`
	Run      bool    `json:"run,omitempty"`    // the stack's run image; always read-only
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
