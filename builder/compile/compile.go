// Package compile turns a Plan and a resolved Stack into what BuildKit runs:
// an LLB definition and an image configuration. It is pure: no clock, no I/O,
// the same inputs give the same bytes. DESIGN's conditions for equal digests
// on warm and cold daemons are kept here: every layer is a copy with a fixed
// time, owner and mode, made on nothing and merged onto the run image, and
// the whole history is written by us.
package compile

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/util/apicaps"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks/contract"
)

// Revision of this compiler. It is part of every build key, so raise it
// whenever the same plan would give another image.
const Revision = "3"

// Platform is the only platform that is built for until another has a worker
// and a stack.
const Platform = "linux/amd64"

// Input is everything that decides the definition.
type Input struct {
	Service   slipway.ServiceName
	Trust     slipway.Trust
	Plan      slipway.Plan
	Stack     slipway.Stack               // resolved
	Tree      string                      // hash of the service's input files, which dated layers have their time from
	Session   string                      // id of the BuildKit session that serves the files
	Store     string                      // id of the session's content store that has the stack images; "": the daemon pulls them
	Build     []byte                      // configuration of the build image, OCI JSON
	Parts     map[slipway.Language][]byte // the same of the build images of the plan's parts
	Run       []byte                      // configuration of the run image, OCI JSON
	Git       bool                        // the session reads git repositories over ssh for the steps that reach package registries
	Limits    Limits
	Revision  slipway.Revision // compiled into the program when the plan says Stamped
	Caps      *apicaps.CapSet  // what the daemon understands; nil: everything
	SkipCache bool             // run every step again
	Created   time.Time        // of a plan whose dependencies are not locked: when they were fetched; zero: the contract's epoch
}

// Limits of each step; zero is no limit. They are not part of any cache key.
type Limits struct {
	Memory int64   // bytes, swap included
	CPUs   float64 // processors
}

// Output is what a solve needs.
type Output struct {
	Definition *llb.Definition
	Config     []byte          // image configuration, OCI JSON
	Tests      *llb.Definition // what the step of the plan's tests leaves; nil when there are none
}

// Image compiles. An error is a defect: of the plan (Validate), of the stack
// (images without a digest) or of a base image's configuration.
func Image(ctx context.Context, in Input) (Output, error) {
	if err := in.Plan.Validate(); err != nil {
		return Output{}, err
	}
	if !in.Stack.Resolved() {
		return Output{}, fmt.Errorf("compile %s: stack %s is not pinned by digest", in.Service, in.Stack.Name)
	}
	outputs, err := runSteps(in)
	if err != nil {
		return Output{}, fmt.Errorf("compile %s: %w", in.Service, err)
	}
	def, err := assemble(in, outputs).Marshal(ctx, constraints(in)...)
	if err != nil {
		return Output{}, fmt.Errorf("compile %s: %w", in.Service, err)
	}
	tests, err := tests(ctx, in, outputs)
	if err != nil {
		return Output{}, fmt.Errorf("compile %s: %w", in.Service, err)
	}
	config, err := configuration(in)
	if err != nil {
		return Output{}, fmt.Errorf("compile %s: %w", in.Service, err)
	}
	return Output{Definition: def, Config: config, Tests: tests}, nil
}

// tests is what the step of the plan's tests leaves, nil without tests.
func tests(ctx context.Context, in Input, outputs map[slipway.Output]llb.State) (*llb.Definition, error) {
	if in.Plan.Tests == nil {
		return nil, nil
	}
	return outputs[in.Plan.Tests.Output].Marshal(ctx, constraints(in)...)
}

func constraints(in Input) []llb.ConstraintsOpt {
	opts := []llb.ConstraintsOpt{llb.LinuxAmd64}
	if in.Caps != nil {
		opts = append(opts, llb.WithCaps(*in.Caps))
	}
	if in.SkipCache {
		opts = append(opts, llb.IgnoreCache)
	}
	return opts
}

// configuration is the contract's, with a history of exactly one entry per
// layer: an exporter that has to invent history writes the daemon's clock
// and the name under which it first saw a base layer (BuildKit v0.34.2,
// exporter/containerimage).
func configuration(in Input) ([]byte, error) {
	var base ocispecs.Image
	if err := json.Unmarshal(in.Run, &base); err != nil {
		return nil, fmt.Errorf("configuration of the run image %s: %w", in.Stack.Run, err)
	}
	epoch, created := contract.Epoch(), in.Created
	if created.IsZero() {
		created = epoch
	}
	img := ocispecs.Image{
		Created:  &created,
		Platform: ocispecs.Platform{Architecture: "amd64", OS: "linux"},
		Config:   contract.Config(in.Service, in.Plan, in.Stack, base.Config),
		RootFS:   ocispecs.RootFS{Type: "layers"},
		History:  base.History,
	}
	for _, l := range in.Plan.Layers {
		img.History = append(img.History, ocispecs.History{Created: &epoch, CreatedBy: contract.LayerComment(l)})
	}
	return json.Marshal(img)
}
