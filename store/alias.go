package store

import "github.com/slipway-ci/slipway"

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

const (
	EventPending   = slipway.EventPending
	EventHeld      = slipway.EventHeld
	EventExpanded  = slipway.EventExpanded
	EventFailed    = slipway.EventFailed
	EventDuplicate = slipway.EventDuplicate
)
