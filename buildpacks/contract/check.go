package contract

import (
	"context"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/slipway-ci/slipway"
)

// Options of a Check. The zero value checks a stamped image from anywhere,
// without running it.
type Options struct {
	// Base is the run image that the image says it stands on; nil when it
	// cannot be read, which the report then says.
	Base v1.Image
	// Stack is the stack that the image should stand on; nil: any.
	Stack *slipway.Stack
	// Content says that the image is not stamped yet.
	Content bool
	// MaxBytes is how many bytes of the layers are read before the check
	// gives up on an image; 0 is DefaultMaxBytes.
	MaxBytes int64
	// Runner runs the image for the rules that need it; nil: they are
	// skipped.
	Runner Runner
	// Env is the configuration that the program is started with, over the
	// image's own; PORT is the check's to choose.
	Env map[string]string
	// StartUp is how long a web service may take to answer and a task to end;
	// 0 is DefaultStartUp. Settle is how long a worker must stay; 0 is
	// DefaultSettle. Stop is how long after SIGTERM the end may take; 0 is
	// DefaultStop, which is the contract's figure.
	StartUp, Settle, Stop time.Duration
}

// What Options means by 0.
const (
	DefaultMaxBytes = 16 << 30
	DefaultStartUp  = 30 * time.Second
	DefaultSettle   = 3 * time.Second
	DefaultStop     = 10 * time.Second
)

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		value *time.Duration
		or    time.Duration
	}{{&o.StartUp, DefaultStartUp}, {&o.Settle, DefaultSettle}, {&o.Stop, DefaultStop}} {
		if *d.value == 0 {
			*d.value = d.or
		}
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	return o
}

// Check holds the image against every rule. Layers are streamed, so memory
// does not grow with them. A violation is in the report; the error is that
// the image, or the platform that should run it, could not be used at all,
// or that ctx ended.
func Check(ctx context.Context, img v1.Image, opt Options) (Report, error) {
	opt = opt.withDefaults()
	s, err := newSubject(img, opt)
	if err != nil {
		return Report{}, err
	}
	if err := s.scan(ctx); err != nil {
		return Report{}, err
	}
	seen := map[Name]outcome{}
	if opt.Runner != nil {
		if seen, err = run(ctx, s); err != nil {
			return Report{}, err
		}
	}
	report := Report{Image: s.digest, Contract: slipway.ContractVersion, Run: opt.Runner != nil}
	for _, rule := range Rules() {
		report.Results = append(report.Results, rule.check(s, seen))
	}
	return report, nil
}

func (r Rule) check(s *subject, seen map[Name]outcome) Result {
	var parts []outcome
	if r.static != nil {
		parts = append(parts, r.static(s), *s.contents(r.Name))
	}
	switch {
	case s.opt.Runner != nil:
		parts = append(parts, seen[r.Name])
	case r.static == nil:
		parts = append(parts, outcome{skipped: "the image was not run (--run)"})
	case r.Runs:
		parts = append(parts, outcome{notes: []string{"the image was not run (--run), which shows the rest of this rule"}})
	}
	return r.result(parts...)
}
