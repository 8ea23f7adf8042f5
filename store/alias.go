package store

import "github.com/slipway-ci/slipway"

// Active and the others are nouns of the root package, under the names that
// they had here first. Nothing in this folder uses them: they go when nobody
// else does.
type (
	Active      = slipway.ActiveBuild
	Worker      = slipway.Worker
	Message     = slipway.Message
	Policy      = slipway.ExpandPolicy
	Expanded    = slipway.Expanded
	Page        = slipway.BuildPage
	Unchanged   = slipway.Unchanged
	EventRecord = slipway.EventRecord
	EventState  = slipway.EventState
	SecretName  = slipway.SecretName
	Received    = slipway.Delivery
	Chunk       = slipway.Chunk
)
