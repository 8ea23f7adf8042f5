package rest

import "github.com/slipway-ci/slipway"

// NewConnection asks for a Connection. Without a hook secret one is made.
type NewConnection struct {
	Forge      string             `json:"forge"`
	Repository string             `json:"repository,omitempty"` // full name at the forge; "" takes every repository's deliveries
	URL        string             `json:"url"`
	API        string             `json:"api,omitempty"`
	Forks      slipway.ForkPolicy `json:"forks,omitempty"`
	Default    string             `json:"default,omitempty"` // full name of the default branch's ref
	Required   []string           `json:"required,omitempty"`
	Reads      []string           `json:"reads,omitempty"` // repositories of the same host that its builds read over ssh
	Hook       string             `json:"hook,omitempty"`  // secret of the forge's hook
	Clone      slipway.Credential `json:"clone,omitzero"`  // to fetch with
	Token      string             `json:"token,omitempty"` // for the forge's API
}

// ConnectionChange changes what is set and leaves the rest.
type ConnectionChange struct {
	Repository *string             `json:"repository,omitempty"`
	API        *string             `json:"api,omitempty"`
	Forks      *slipway.ForkPolicy `json:"forks,omitempty"`
	Default    *string             `json:"default,omitempty"`
	Required   *[]string           `json:"required,omitempty"`
	Reads      *[]string           `json:"reads,omitempty"`
	Clone      *slipway.Credential `json:"clone,omitempty"`
	Token      *string             `json:"token,omitempty"`
}

// ConnectionView is a Connection and what its forge's hook must be told.
type ConnectionView struct {
	slipway.Connection

	Hook     string `json:"hook"`               // URL of the hook
	Rotating bool   `json:"rotating,omitempty"` // two secrets open it, of which one will be let go
	Secret   string `json:"secret,omitempty"`   // of the hook; shown once, when it is made
}
