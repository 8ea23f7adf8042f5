package slipway

import "slices"

// Part is another language that a service is made with: a front end, mostly.
// Its steps run in that language's build image; nothing of it but what they
// leave gets into the image of the service.
type Part struct {
	Language Language `json:"language"` // no two parts of a plan have the same
	Version  Version  `json:"version"`
	Base     string   `json:"base"`            // the run image by which its stack is found; no image is made on it
	Path     string   `json:"path"`            // its directory in the tree, or several with commas
	Build    string   `json:"build,omitempty"` // the build image, with its digest once resolved
}

// StackPart is the build image of a plan's part.
type StackPart struct {
	Language Language   `json:"language"`
	Build    StackImage `json:"build"`
	Seeds    []string   `json:"seeds,omitempty"` // as of Stack
}

// Asks is the plan by which the stack of a part is found.
func (p Part) Asks() Plan { return Plan{Language: p.Language, Version: p.Version, Base: p.Base} }

// Of gives the build image that a step runs in, and what its caches may start
// from; false for a language that the stack has no part for.
func (s Stack) Of(step Step) (StackPart, bool) {
	if step.In == "" {
		return StackPart{Build: s.Build, Seeds: s.Seeds}, true
	}
	i := slices.IndexFunc(s.Parts, func(p StackPart) bool { return p.Language == step.In })
	if i < 0 {
		return StackPart{}, false
	}
	return s.Parts[i], true
}

// Images are all images of the stack, the run image last.
func (s Stack) Images() []StackImage {
	images := []StackImage{s.Build}
	for _, p := range s.Parts {
		images = append(images, p.Build)
	}
	return append(images, s.Run)
}
