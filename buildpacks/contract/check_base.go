package contract

import (
	"regexp"

	"github.com/slipway-ci/slipway"
)

var digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

const baseHint = "build on a stack's run image and label the image with its name and digest, as `slipway build` does"

func checkBase(s *subject) outcome {
	o := s.baseTold
	name, digest := s.label(slipway.LabelBaseName), s.label(slipway.LabelBaseDigest)
	if name == "" {
		o.find(baseHint, "the label %s is missing", slipway.LabelBaseName)
	}
	if !digestForm.MatchString(digest) {
		o.find(baseHint, "the label %s is %q, which is not a digest", slipway.LabelBaseDigest, digest)
	}
	if stack := s.opt.Stack; stack != nil && stack.Run.Digest != "" && digest != stack.Run.Digest {
		o.find("rebase or rebuild it on the stack's current run image", "the image stands on %s, the stack %s on %s", digest, stack.Name, stack.Run.Digest)
	}
	return o
}

const unknownBase = "nobody can tell which layers are the run image's; give the run image"

func checkLayers(s *subject) outcome {
	if !s.known {
		return outcome{skipped: unknownBase}
	}
	var o outcome
	if n := len(s.layers) - s.above; n > MaxLayers {
		o.find("put the runtime, the dependencies and the program into one layer each", "%d layers above the run image, at most %d are allowed", n, MaxLayers)
	}
	return o
}

func checkSize(s *subject) outcome {
	if !s.known {
		return outcome{skipped: unknownBase}
	}
	var o outcome
	budget := int64(DefaultBudget)
	if s.opt.Stack != nil && s.opt.Stack.Budget > 0 {
		budget = s.opt.Stack.Budget
	}
	var sum int64
	for i, layer := range s.layers[s.above:] {
		n, err := layer.Size()
		if err != nil {
			o.note("the size of layer %d is not known: %v", s.above+i+1, err)
		}
		sum += n
	}
	if sum > budget {
		o.find("leave out what the program does not need; fetch large data at first start", "%d compressed bytes above the run image, the budget is %d", sum, budget)
	}
	return o
}
