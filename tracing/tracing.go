// Package tracing shows what the service does, and how long it takes, in the
// form of OpenTelemetry: a span for each request, and for each event one trace
// that has everything that came of it, on whatever machine.
//
// An event is followed without anything being kept for it: the ids of its
// trace and of the trace's first span are made from the event's own id. So a
// push that waited for a week, was handed over by another control plane and
// was built by a worker that has never heard of this one is one trace, and a
// trace is found from what a person knows, the number of an event. Keeping the
// ids beside the event would be a column that means something only while
// somebody watches, and it would still have to be made up for events from
// before that. The ids are keyed with a secret of the installation: two that
// tell one collector have different traces for their event 7, and nobody
// outside can name one.
//
// A trace is of an event and not of a build, since one push makes several
// builds, and whoever follows it wants them beside each other.
package tracing

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/slipway-ci/slipway"
)

// Config of Traces.
type Config struct {
	Exporter sdk.SpanExporter // is shut down by Close
	Name     string           // of the service, unless the environment names another
	Version  string
	Key      []byte // ids of events' traces are made with it; every control plane of a record has the same. nil: this process follows no event by itself
}

// Traces shows what is done. A nil one shows nothing. It is safe for
// concurrent use.
type Traces struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
	key      []byte
}

// New begins to show. What the exporter is told waits in memory, bounded, and
// nobody waits for it; OpenTelemetry's own variables say how much, how long,
// which share of the traces is kept, and whose they are.
func New(ctx context.Context, c Config) (*Traces, error) {
	from, err := resource.New(ctx, resource.WithTelemetrySDK(),
		resource.WithAttributes(attribute.String("service.name", c.Name), attribute.String("service.version", c.Version)), resource.WithFromEnv())
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUsage, "the resource that traces are of cannot be named").
			WithHint("write OTEL_RESOURCE_ATTRIBUTES as key=value,key=value").Because(err)
	}
	provider := sdk.NewTracerProvider(sdk.WithBatcher(c.Exporter), sdk.WithResource(from), sdk.WithIDGenerator(ids{}))
	return &Traces{provider: provider, tracer: provider.Tracer("slipway"), key: c.Key}, nil
}

// Close sends what was not sent yet, until ctx ends.
func (t *Traces) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// Begin begins something that takes a while: a part of what parent names
// (traceparent of W3C Trace Context), and with "" of what ctx is in. end ends
// it, with what went wrong: of an error its code is shown and nothing else,
// since a message may have what no log may show.
func (t *Traces) Begin(ctx context.Context, parent, name string, about ...slog.Attr) (in context.Context, end func(failed error, more ...slog.Attr)) {
	if t == nil {
		return ctx, func(error, ...slog.Attr) {}
	}
	if parent != "" {
		ctx = propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{"traceparent": parent})
	}
	ctx, span := t.tracer.Start(ctx, name, trace.WithAttributes(attributes(about)...))
	return ctx, func(failed error, more ...slog.Attr) {
		if failed != nil {
			code := string(slipway.ErrorCode(failed))
			span.SetStatus(codes.Error, code)
			span.SetAttributes(attribute.String("error.type", code))
		}
		span.SetAttributes(attributes(more)...)
		span.End()
	}
}

// Request begins the answer to a request. What a caller says of a trace of its
// own is not heeded: anybody may call.
func (t *Traces) Request(ctx context.Context, method, route string) (in context.Context, end func(status int)) {
	if t == nil {
		return ctx, func(int) {}
	}
	ctx, span := t.tracer.Start(ctx, method+" "+route, trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("http.request.method", method), attribute.String("http.route", route)))
	return ctx, func(status int) {
		span.SetAttributes(attribute.Int("http.response.status_code", status))
		if status >= 500 {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// attributes of ours are called slipway.KEY.
func attributes(about []slog.Attr) []attribute.KeyValue {
	var all []attribute.KeyValue
	for _, a := range about {
		key := "slipway." + a.Key
		switch v := a.Value.Resolve(); v.Kind() {
		case slog.KindInt64:
			all = append(all, attribute.Int64(key, v.Int64()))
		case slog.KindBool:
			all = append(all, attribute.Bool(key, v.Bool()))
		case slog.KindString:
			if v.String() != "" {
				all = append(all, attribute.String(key, v.String()))
			}
		default:
			all = append(all, attribute.String(key, v.String()))
		}
	}
	return all
}
