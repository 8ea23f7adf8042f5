package queue

import (
	"context"
	"encoding/json"

	"github.com/slipway-ci/slipway"
)

// attempt answers what is asked about attempts at builds.
func (h Handler) attempt(ctx context.Context, r request, body json.RawMessage) (any, error) {
	switch r.verb {
	case verbClaim:
		b, err := read[claimBody](body)
		if err != nil {
			return nil, err
		}
		return h.Builds.Claim(ctx, r.worker, b.Build)
	case verbRenew:
		b, err := read[attemptBody](body)
		if err != nil {
			return nil, err
		}
		lease, err := h.Builds.Renew(ctx, r.own(b.Attempt))
		return renewed{lease}, err
	case verbAppend:
		b, err := read[appendBody](body)
		if err != nil {
			return nil, err
		}
		return nil, h.Builds.Append(ctx, r.own(b.Attempt), b.Number, b.Data)
	case verbChunk:
		b, err := read[chunkBody](body)
		if err != nil {
			return nil, err
		}
		return nil, h.Builds.Append(ctx, r.own(b.Attempt), b.Number, r.data)
	case verbStamp:
		b, err := read[stampBody](body)
		if err != nil {
			return nil, err
		}
		return h.Builds.Stamp(ctx, r.own(b.Attempt), b.Content, b.Key, b.Revision)
	case verbHolder:
		b, err := read[holderBody](body)
		if err != nil {
			return nil, err
		}
		return h.Keys.Holder(ctx, r.own(b.Attempt), b.Key)
	case verbFinish:
		b, err := read[finishBody](body)
		if err != nil {
			return nil, err
		}
		return nil, h.Builds.Finish(ctx, r.own(b.Attempt), b.Chunks, b.Outcome)
	}
	return nil, slipway.Errorf(slipway.CodeUsage, "there is no request %q", r.verb).WithHint("the worker may be newer than the control plane: update that first")
}

// own gives an attempt with the name of the worker that asked.
func (r request) own(a slipway.Attempt) slipway.Attempt {
	a.Worker = r.worker
	return a
}

// event answers what is not about an attempt.
func (h Handler) event(ctx context.Context, r request, body json.RawMessage) (any, error) {
	switch r.verb {
	case verbReport:
		report, err := read[slipway.WorkerReport](body)
		if err != nil {
			return nil, err
		}
		report.Name = r.worker
		return nil, h.Events.Report(ctx, report)
	case verbTask:
		b, err := read[taskBody](body)
		if err != nil {
			return nil, err
		}
		return h.Events.Task(ctx, r.worker, b.Event)
	}
	b, err := read[expandedBody](body)
	if err != nil {
		return nil, err
	}
	return nil, h.Events.Expanded(ctx, r.worker, b.Event, b.Expansion)
}
