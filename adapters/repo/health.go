package repo

import (
	"slices"
	"strings"
)

// HealthRank orders the paths that by custom tell whether a service is well,
// with a slash at their end or without; -1 for any other text.
func HealthRank(text string) int {
	known := []string{
		"/status", "/ping", "/up", "/_health", "/readyz", "/livez", "/ready", "/live", "/health_check", "/health-check", "/healthcheck", "/health/live",
		"/v1/healthcheck", "/v1/health", "/api/v1/health", "/api/v1/healthz", "/api/health", "/api/healthz", "/health", "/healthz",
	}
	return slices.Index(known, strings.TrimSuffix(text, "/"))
}
