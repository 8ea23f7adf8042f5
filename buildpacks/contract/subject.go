package contract

import (
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/slipway-ci/slipway"
)

// subject is the image under check and what is known of it.
type subject struct {
	opt    Options
	img    v1.Image
	digest string
	file   *v1.ConfigFile
	layers []v1.Layer
	// above is the index of the first layer above the run image. When known
	// is false nobody can say where that is: all layers are looked at, but
	// rules that compare with the run image are skipped.
	above int
	known bool

	baseTold outcome           // what finding the boundary showed
	found    map[Name]*outcome // what the layers' contents showed
	files    files             // of the whole image, those that start it
}

func newSubject(img v1.Image, opt Options) (*subject, error) {
	s := &subject{opt: opt, img: img, found: map[Name]*outcome{}}
	digest, err := img.Digest()
	if err != nil {
		return nil, unusable(err)
	}
	s.digest = digest.String()
	if s.file, err = img.ConfigFile(); err != nil {
		return nil, unusable(err)
	}
	if s.layers, err = img.Layers(); err != nil {
		return nil, unusable(err)
	}
	s.files = newFiles(s.command())
	s.findBase()
	return s, nil
}

func unusable(err error) error {
	return slipway.Errorf(slipway.CodeInvalid, "this is not a readable image").
		WithHint("give an image reference or an OCI archive").Because(err)
}

// findBase finds where the run image ends: by comparison with it, else by
// the history, in which Slipway marks each layer of its own.
func (s *subject) findBase() {
	if s.opt.Base != nil {
		s.compareBase()
		return
	}
	own := 0
	for _, h := range s.file.History {
		if !h.EmptyLayer && strings.HasPrefix(h.CreatedBy, layerPrefix) {
			own++
		}
	}
	if own == 0 || own > len(s.layers) {
		s.baseTold.note("the run image was not at hand and the history marks no layer, so nothing could be compared with it")
		return
	}
	s.above, s.known = len(s.layers)-own, true
	s.baseTold.note("the run image was not at hand; the history's word is taken for the %d layers above it", own)
}

func (s *subject) compareBase() {
	base, err := s.opt.Base.ConfigFile()
	if err != nil {
		s.baseTold.note("the run image could not be read, so nothing was compared with it: %v", err)
		return
	}
	want, got := base.RootFS.DiffIDs, s.file.RootFS.DiffIDs
	if len(want) > len(got) || len(s.layers) < len(want) {
		s.baseTold.find("build it on the run image that its labels name", "the image has %d layers, its run image %d", len(got), len(want))
		return
	}
	for i, id := range want {
		if got[i] != id {
			s.baseTold.find("build it on the run image that its labels name", "layer %d is %s, the run image has %s there", i+1, got[i], id)
			return
		}
	}
	s.above, s.known = len(want), true
}

// contents is what the layers showed of a rule.
func (s *subject) contents(rule Name) *outcome {
	if s.found[rule] == nil {
		s.found[rule] = &outcome{}
	}
	return s.found[rule]
}

func (s *subject) label(name string) string { return s.file.Config.Labels[name] }

func (s *subject) kind() slipway.Kind { return slipway.Kind(s.label(slipway.LabelKind)) }

// env gives a variable of the image; when it is there twice the last counts,
// as runtimes have it.
func (s *subject) env(name string) (string, bool) {
	value, set := "", false
	for _, kv := range s.file.Config.Env {
		if k, v, _ := strings.Cut(kv, "="); k == name {
			value, set = v, true
		}
	}
	return value, set
}
