package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks/contract"
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
	dated, err := l.dated(ctx, s, systems[1])
	if err != nil {
		return err
	}
	for _, rival := range append([]system{dated}, systems[1:]...) {
		theirs, err := l.above(ctx, s, rival.image, "latest")
		if err != nil {
			return err
		}
		x := row{
			language: s.language, what: "compressed bytes above the run image", against: rival.name,
			figure: fmt.Sprintf("%d : %d = %.4f ×", size, theirs, float64(size)/float64(theirs)),
			note:   sizeNotes()[rival.name],
		}
		if rival.name == dated.name {
			x.bar, x.met = "≤ 1.00 ×", size <= theirs
		}
		l.report.add(x)
	}
	return nil
}

const datedAlike = "Dockerfile, dated alike"

func sizeNotes() map[string]string {
	return map[string]string{
		datedAlike:   "the same gzip level and the same time in the headers of the layers' tars",
		"Dockerfile": "the same gzip level; a layer's headers carry the time of its build, and another time is some bytes more or less",
		"ko":         "ko's own gzip level; its data layer (kodata) counts",
		"jib":        "Jib's own gzip level and layers",
	}
}

// dated builds the Dockerfile once more, its layers dated as Slipway's are.
func (l *lab) dated(ctx context.Context, s service, dockerfile system) (system, error) {
	x := system{name: datedAlike, image: dockerfile.image + "-dated"}
	output := exporter("slipway.internal/"+x.image+":latest") +
		fmt.Sprintf(",rewrite-timestamp=true,source-date-epoch=%d", contract.Epoch().Unix())
	_, _, err := l.buildctlBuild(l.dockerfileArgs(s, dockerfile.dir, "Dockerfile", output)...).run(ctx)
	return x, err
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
