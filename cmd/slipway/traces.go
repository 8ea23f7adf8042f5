package main

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"log/slog"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/contrib/exporters/autoexport"
	"go.opentelemetry.io/otel"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/tracing"
)

// traceVariables ask for traces when one of them is set; they are
// OpenTelemetry's own, and it reads them itself.
func traceVariables() []string {
	return []string{"OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"}
}

// traced tells whether the environment asks for traces.
func (a *app) traced() bool {
	if strings.EqualFold(a.getenv("OTEL_SDK_DISABLED"), "true") || a.getenv("OTEL_TRACES_EXPORTER") == "none" {
		return false
	}
	for _, name := range traceVariables() {
		if a.getenv(name) != "" {
			return true
		}
	}
	return false
}

// traces shows what this process does where the environment says; nil when it
// says nothing. key is what events' traces are named with, nil in a worker.
func (a *app) traces(ctx context.Context, key []byte, log *slog.Logger) (*tracing.Traces, error) {
	if !a.traced() {
		return nil, nil //nolint:nilnil // nobody watches
	}
	exporter, err := autoexport.NewSpanExporter(ctx)
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUsage, "traces cannot be sent where the environment says").
			WithHint("OTEL_TRACES_EXPORTER is otlp, console or none; OTEL_EXPORTER_OTLP_PROTOCOL is http/protobuf or grpc").Because(err)
	}
	otel.SetErrorHandler(&traceErrors{log: log})
	return tracing.New(ctx, tracing.Config{Exporter: exporter, Name: "slipway", Version: programVersion(), Key: key})
}

// traceKey is derived from the key that seals the record: every control plane
// of a record has the same, and another record has another.
func traceKey(seal []byte) ([]byte, error) {
	return hkdf.Key(sha256.New, seal, nil, "slipway traces", sha256.Size)
}

// lastTraces is how long a process that ends tries to send what it has.
const lastTraces = 5 * time.Second

// closeTraces sends what there is, also when ctx has ended.
func closeTraces(ctx context.Context, t *tracing.Traces) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), lastTraces)
	defer stop()
	_ = t.Close(ctx) // what is lost was only shown
}

// traceErrors logs that traces do not arrive, now and then: they are tried to
// be sent every few seconds.
type traceErrors struct {
	log *slog.Logger

	mu   sync.Mutex
	said time.Time
}

// Handle implements otel.ErrorHandler.
func (e *traceErrors) Handle(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if now := time.Now(); now.Sub(e.said) > time.Minute {
		e.said = now
		e.log.Warn("traces do not arrive", slog.Any("error", err))
	}
}
