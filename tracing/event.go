package tracing

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"log/slog"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Event shows that an event was recorded, between began and now: the first
// span of its trace, which links to what ctx is in.
func (t *Traces) Event(ctx context.Context, id int64, began time.Time, about ...slog.Attr) {
	if t == nil || t.key == nil {
		return
	}
	_, span := t.root(ctx, id, trace.WithTimestamp(began), trace.WithAttributes(attributes(about)...), trace.WithLinks(trace.LinkFromContext(ctx)))
	span.End()
}

// Parent names the trace of an event, for what is to be a part of it, here or
// elsewhere: its traceparent of W3C Trace Context. "" when nothing is shown.
func (t *Traces) Parent(ctx context.Context, event int64) string {
	if t == nil || t.key == nil {
		return ""
	}
	// A span that is never ended is never sent; it says whether the sampler
	// wants the trace, as it said when the event was recorded.
	ctx, _ = t.root(ctx, event)
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier.Get("traceparent")
}

func (t *Traces) root(ctx context.Context, event int64, options ...trace.SpanStartOption) (context.Context, trace.Span) {
	made := t.of(event)
	options = append(options, trace.WithNewRoot(), trace.WithAttributes(attributes([]slog.Attr{slog.Int64("event", event)})...))
	return t.tracer.Start(context.WithValue(ctx, rootKey{}, made), "event", options...)
}

// root are the ids of a trace and of its first span.
type root struct {
	trace trace.TraceID
	span  trace.SpanID
}

type rootKey struct{}

func (t *Traces) of(event int64) (r root) {
	mac := hmac.New(sha256.New, t.key)
	mac.Write([]byte("event " + strconv.FormatInt(event, 10)))
	sum := mac.Sum(nil)
	copy(r.trace[:], sum)
	copy(r.span[:], sum[len(r.trace):])
	return r
}

// ids makes those of spans: chosen by chance, but for events'.
type ids struct{}

// NewIDs implements sdk.IDGenerator.
func (ids) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	if r, ok := ctx.Value(rootKey{}).(root); ok {
		return r.trace, r.span
	}
	var r root
	_, _ = rand.Read(r.trace[:]) // it never fails (Go 1.24)
	_, _ = rand.Read(r.span[:])
	return r.trace, r.span
}

// NewSpanID implements sdk.IDGenerator.
func (ids) NewSpanID(context.Context, trace.TraceID) (span trace.SpanID) {
	_, _ = rand.Read(span[:])
	return span
}
