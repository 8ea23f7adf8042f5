package api

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are the API's own figures.
type metrics struct {
	registry *prometheus.Registry
	took     *prometheus.HistogramVec
	hooks    *prometheus.CounterVec
	streams  prometheus.Gauge
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "slipway_http_request_seconds", Help: "Time until a request was answered, by the route's pattern.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route", "method", "status"}),
		hooks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "slipway_deliveries_total", Help: "Deliveries of forges: taken, refused, or of nothing that is built.",
		}, []string{"result"}),
		streams: prometheus.NewGauge(prometheus.GaugeOpts{Name: "slipway_streams", Help: "Logs and states that are followed."}),
	}
	m.registry.MustRegister(m.took, m.hooks, m.streams)
	return m
}

func (m *metrics) delivered(result string) { m.hooks.WithLabelValues(result).Inc() }

// figures shows the API's figures and those it was given.
func (s *server) figures(r *request) (any, error) {
	all := prometheus.Gatherers{s.metrics.registry}
	if s.Metrics != nil {
		all = append(all, s.Metrics)
	}
	promhttp.HandlerFor(all, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4}).ServeHTTP(r.c.Writer, r.c.Request)
	return nil, nil
}
