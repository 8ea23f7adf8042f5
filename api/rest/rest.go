// Package rest is what the API and its callers say to each other where it is
// not a noun of the domain itself: the bodies of requests, what is shown once,
// lists, problems. Nothing here has behaviour.
package rest

import "github.com/slipway-ci/slipway"

// MostItems is the most items of a list's page.
const MostItems = 200

// List is a page of a list. Next is the cursor of the page after it, "" at the
// end; it says nothing to anybody else.
type List[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

// Problem is an error as RFC 9457 has it: application/problem+json.
type Problem struct {
	Type    string        `json:"type"` // "urn:slipway:" and the code
	Title   string        `json:"title"`
	Status  int           `json:"status"`
	Code    slipway.Code  `json:"code"`
	Class   slipway.Class `json:"class,omitempty"`
	Hint    string        `json:"hint,omitempty"`
	Details []string      `json:"details,omitempty"`
	Request string        `json:"request,omitempty"` // the request's id, as the server's log has it
}

// Team owns connections, services and tokens.
type Team struct {
	Name string `json:"name"`
}

// Health is the answer of /healthz and /readyz.
type Health struct {
	Status string            `json:"status"`           // "ok" or "failed"
	Failed map[string]string `json:"failed,omitempty"` // by the check's name: a sentence
}
