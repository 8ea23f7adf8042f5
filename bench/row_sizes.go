package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/slipway-ci/slipway"
)

// sizes compares what is above the run image, compressed. All systems have
// built the same files last.
func (l *lab) sizes(ctx context.Context, s service, ours system) error {
	b, err := l.buildJSON(ctx, l.data(), ours.dir, "--service", "bench/go")
	if err != nil {
		return err
	}
	size, err := l.above(ctx, "bench/go", b.Image.Digest)
	if err != nil {
		return err
	}
	for _, rival := range []struct{ name, repository, bar, note string }{
		{"Dockerfile", "bench/go-dockerfile", "≤ 1.00 ×", "the same gzip level"},
		{"ko", "bench/go-ko", "", "ko's own gzip level; its data layer (kodata) counts"},
	} {
		theirs, err := l.above(ctx, rival.repository, "latest")
		if err != nil {
			return err
		}
		l.report.add(row{
			language: s.language, what: "compressed bytes above the run image", against: rival.name,
			figure: fmt.Sprintf("%d : %d = %.4f ×", size, theirs, float64(size)/float64(theirs)),
			bar:    rival.bar, met: size <= theirs, note: rival.note,
		})
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
func (l *lab) above(ctx context.Context, repo, ref string) (int64, error) {
	base, err := l.manifest(ctx, "stacks/"+repository(l.stack.Run.Name), l.stack.Run.Digest)
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
