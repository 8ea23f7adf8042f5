package repo

import "slices"

// HealthRank orders the paths that by custom tell whether a service is well;
// -1 for any other text.
func HealthRank(text string) int {
	known := []string{
		"/status", "/ping", "/up", "/readyz", "/livez", "/ready", "/live", "/health_check", "/health-check", "/healthcheck",
		"/v1/healthcheck", "/v1/health", "/api/v1/health", "/api/v1/healthz", "/api/health", "/api/healthz", "/health", "/healthz",
	}
	return slices.Index(known, text)
}
