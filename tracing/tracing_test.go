package tracing_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/tracing"
)

func shown(t *testing.T, key string, do func(*tracing.Traces)) tracetest.SpanStubs {
	t.Helper()
	exporter := tracetest.NewInMemoryExporter()
	traces, err := tracing.New(t.Context(), tracing.Config{Exporter: keeping{exporter}, Name: "slipway", Version: "1", Key: []byte(key)})
	if err != nil {
		t.Fatal(err)
	}
	do(traces)
	if err := traces.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return exporter.GetSpans()
}

// keeping is an exporter that still has its spans when it is shut down.
type keeping struct{ *tracetest.InMemoryExporter }

func (keeping) Shutdown(context.Context) error { return nil }

// What one process records and another one builds is one trace.
func TestTraces_AnEventIsOneTrace(t *testing.T) {
	t.Parallel()
	var parent string
	first := shown(t, "key", func(traces *tracing.Traces) {
		ctx, end := traces.Request(t.Context(), "POST", "/hooks/:connection")
		traces.Event(ctx, 7, time.Now(), slog.String("ref", "refs/heads/main"))
		end(202)
		parent = traces.Parent(t.Context(), 7)
	})
	second := shown(t, "key", func(traces *tracing.Traces) {
		if again := traces.Parent(t.Context(), 7); again != parent {
			t.Errorf("the event's trace is %s, then %s", parent, again)
		}
		if other := traces.Parent(t.Context(), 8); other[:35] == parent[:35] {
			t.Errorf("two events have the trace %s", other)
		}
	})
	third := shown(t, "", func(traces *tracing.Traces) {
		ctx, end := traces.Begin(t.Context(), parent, "attempt", slog.Int64("build", 3))
		_, ended := traces.Begin(ctx, "", "solve")
		ended(nil)
		end(nil, slog.Bool("known", true))
	})
	if len(first) != 2 || len(second) != 0 || len(third) != 2 {
		t.Fatalf("%d, %d and %d spans", len(first), len(second), len(third))
	}
	event, request, solve, attempt := first[0], first[1], third[0], third[1]
	id := event.SpanContext.TraceID()
	if request.SpanContext.TraceID() == id || attempt.SpanContext.TraceID() != id || solve.SpanContext.TraceID() != id {
		t.Errorf("the traces are %s, %s, %s and %s", id, request.SpanContext.TraceID(), attempt.SpanContext.TraceID(), solve.SpanContext.TraceID())
	}
	if event.Parent.IsValid() || attempt.Parent.SpanID() != event.SpanContext.SpanID() || solve.Parent.SpanID() != attempt.SpanContext.SpanID() {
		t.Errorf("the event is below %s, the attempt below %s, the solve below %s", event.Parent.SpanID(), attempt.Parent.SpanID(), solve.Parent.SpanID())
	}
	if len(event.Links) != 1 || event.Links[0].SpanContext.TraceID() != request.SpanContext.TraceID() {
		t.Errorf("the event links to %+v", event.Links)
	}
	elsewhere := shown(t, "another", func(traces *tracing.Traces) {
		if traces.Parent(t.Context(), 7) == parent {
			t.Error("two installations have one trace")
		}
	})
	if len(elsewhere) != 0 {
		t.Errorf("asking shows %d spans", len(elsewhere))
	}
}

// What an error says has not been masked.
func TestTraces_OfAnErrorItsCode(t *testing.T) {
	t.Parallel()
	spans := shown(t, "key", func(traces *tracing.Traces) {
		_, end := traces.Begin(t.Context(), "", "solve")
		end(slipway.Errorf(slipway.CodeFailed, "hunter2 is wrong").Because(errors.New("hunter2")))
	})
	got := map[string]string{"status": spans[0].Status.Description}
	for _, a := range spans[0].Attributes {
		got[string(a.Key)] = a.Value.String()
	}
	if diff := cmp.Diff(map[string]string{"status": "failed", "error.type": "failed"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A nil one costs nothing and says nothing.
func TestTraces_None(t *testing.T) {
	t.Parallel()
	var none *tracing.Traces
	ctx, end := none.Begin(t.Context(), "", "x")
	end(errors.New("x"))
	none.Event(ctx, 1, time.Now())
	_, ended := none.Request(t.Context(), "GET", "/")
	ended(200)
	if none.Parent(t.Context(), 1) != "" || ctx != t.Context() || none.Close(t.Context()) != nil {
		t.Error("it does something")
	}
}

// FuzzBegin takes whatever a control plane of another release may send.
func FuzzBegin(f *testing.F) {
	f.Add("00-0123456789abcdef0123456789abcdef-0123456789abcdef-01")
	f.Add("ff-" + strings.Repeat("0", 32))
	f.Fuzz(func(t *testing.T, parent string) {
		spans := shown(t, "key", func(traces *tracing.Traces) {
			_, end := traces.Begin(t.Context(), parent, "x")
			end(nil)
		})
		for _, s := range spans {
			if !s.SpanContext.TraceID().IsValid() {
				t.Errorf("%q gives a span of no trace", parent)
			}
		}
	})
}
