package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/slipway-ci/slipway"
)

// sizes compares what is above the run image, compressed. All systems have
// built the same files last.
func (l *lab) sizes(ctx context.Context, s service, systems []system) error {
	b, err := l.buildJSON(ctx, l.data(), systems[0].dir, "--service", s.image())
	if err != nil {
		return err
	}
	size, err := l.above(ctx, s, s.image(), b.Image.Digest)
	if err != nil {
		return err
	}
	for _, rival := range systems[1:] {
		theirs, err := l.above(ctx, s, s.image()+"-"+strings.ToLower(rival.name), "latest")
		if err != nil {
			return err
		}
		x := row{
			language: s.language, what: "compressed bytes above the run image", against: rival.name,
			figure: fmt.Sprintf("%d : %d = %.4f ×", size, theirs, float64(size)/float64(theirs)),
			note:   "its own gzip level and layers",
		}
		if rival.name == "Dockerfile" {
			x.bar, x.met, x.note = "≤ 1.00 ×", size <= theirs, "the same gzip level"
		}
		l.report.add(x)
	}
	return nil
}

// built is what `slipway build --output json` says.
type built struct {
	Image slipway.Image  `json:"image"`
	Known bool           `json:"known"`
	Took  map[string]int `json:"took"` // milliseconds by part
}

func (l *lab) buildJSON(ctx context.Context, data string, args ...string) (built, error) {
	out, _, err := l.slipwayIn(data, append([]string{"build", "--output", "json"}, args...)...).run(ctx)
	if err != nil {
		return built{}, err
	}
	return decodeBuilt(out)
}

func decodeBuilt(out []byte) (built, error) {
	var b built
	if err := json.Unmarshal(out, &b); err != nil {
		return b, fmt.Errorf("slipway build --output json: %w", err)
	}
	return b, nil
}

// above adds up the layers that the run image does not have.
func (l *lab) above(ctx context.Context, s service, repo, ref string) (int64, error) {
	base, err := l.manifest(ctx, "stacks/"+repository(s.stack.Run.Name), s.stack.Run.Digest)
	if err != nil {
		return 0, err
	}
	m, err := l.manifest(ctx, repo, ref)
	if err != nil {
		return 0, err
	}
	has := map[string]bool{}
	for _, b := range base.Layers {
		has[b.Digest] = true
	}
	var sum int64
	for _, b := range m.Layers {
		if !has[b.Digest] {
			sum += b.Size
		}
	}
	return sum, nil
}
