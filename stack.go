package slipway

import "slices"

// Stack is a named pair of images for a language and version: one to build
// in, one to run on. A stack is resolved when both carry a digest.
type Stack struct {
	Name    string      `json:"name"`    // "go-1.26.8"
	Profile string      `json:"profile"` // "official" or "assembled"
	Version string      `json:"version"` // the exact version of the language that the build image has
	Build   StackImage  `json:"build"`
	Run     StackImage  `json:"run"`
	Init    string      `json:"init"`            // path of the static init in the run image, "" when it has none
	Seeds   []string    `json:"seeds,omitempty"` // directories of the build image that a cache may start from
	Parts   []StackPart `json:"parts,omitempty"` // build images of the plan's parts
	Budget  int64       `json:"budget"`          // most compressed bytes above the run image
}

// StackImage is one image of a Stack.
type StackImage struct {
	Name   string `json:"name"`             // canonical reference with tag, the same on every machine
	Digest string `json:"digest,omitempty"` // "sha256:…"; empty while unresolved
}

// Resolved tells whether all images are pinned by digest.
func (s Stack) Resolved() bool {
	return !slices.ContainsFunc(s.Images(), func(i StackImage) bool { return i.Digest == "" })
}

// String gives NAME@DIGEST, or NAME while unresolved.
func (i StackImage) String() string {
	if i.Digest == "" {
		return i.Name
	}
	return i.Name + "@" + i.Digest
}
