package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics are the figures of this process and of the record.
func (c *controlPlane) metrics() prometheus.Gatherer {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &recordFigures{plane: c})
	return r
}

// recordFigures asks the record each time that somebody looks.
type recordFigures struct{ plane *controlPlane }

func describeFigure(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("slipway_"+name, help, labels, nil)
}

// Describe implements prometheus.Collector: what there is depends on the
// record.
func (*recordFigures) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (f *recordFigures) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	gauge := func(value float64, name, help string, labels ...string) {
		var names, values []string
		for i := 0; i+1 < len(labels); i += 2 {
			names, values = append(names, labels[i]), append(values, labels[i+1])
		}
		out <- prometheus.MustNewConstMetric(describeFigure(name, help, names...), prometheus.GaugeValue, value, values...)
	}
	stats, err := f.plane.record.Stats(ctx)
	if err != nil {
		f.plane.log.WarnContext(ctx, "the record's figures cannot be read", slog.Any("error", err))
		return
	}
	gauge(float64(stats.Queued), "builds", "Builds that have not ended, by state.", "state", "queued")
	gauge(float64(stats.Running), "builds", "Builds that have not ended, by state.", "state", "running")
	oldest := 0.0
	if !stats.OldestQueued.IsZero() {
		oldest = time.Since(stats.OldestQueued).Seconds()
	}
	gauge(oldest, "oldest_queued_seconds", "How long the build that waits longest has waited.")
	for topic, n := range stats.Outbox {
		gauge(float64(n), "outbox_messages", "What waits to be told to others, by topic.", "topic", topic)
	}
	workers, err := f.plane.record.Workers(ctx)
	if err != nil {
		f.plane.log.WarnContext(ctx, "the workers cannot be read", slog.Any("error", err))
		return
	}
	for _, w := range workers {
		gauge(float64(w.Slots), "worker_slots", "Builds that a worker does at once.", "worker", w.Name)
		gauge(float64(len(w.Running)), "worker_running", "Builds that a worker is at.", "worker", w.Name)
		gauge(time.Since(w.Seen).Seconds(), "worker_seen_seconds", "How long ago a worker reported.", "worker", w.Name)
	}
}
