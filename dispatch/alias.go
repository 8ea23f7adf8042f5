package dispatch

import "github.com/slipway-ci/slipway"

type (
	Active    = slipway.ActiveBuild
	Worker    = slipway.Worker
	Message   = slipway.Message
	Policy    = slipway.ExpandPolicy
	Expanded  = slipway.Expanded
	Unchanged = slipway.Unchanged
	Event     = slipway.EventRecord
)
