package store

import "github.com/slipway-ci/slipway"

// The root package's nouns under the names that they had here first. Nothing
// in this folder uses them: they go when nobody else does.
type (
	// Active is slipway.ActiveBuild.
	Active = slipway.ActiveBuild
	// Worker is slipway.Worker.
	Worker = slipway.Worker
	// Message is slipway.Message.
	Message = slipway.Message
	// Policy is slipway.ExpandPolicy.
	Policy = slipway.ExpandPolicy
	// Expanded is slipway.Expanded.
	Expanded = slipway.Expanded
	// Page is slipway.BuildPage.
	Page = slipway.BuildPage
	// Unchanged is slipway.Unchanged.
	Unchanged = slipway.Unchanged
	// EventRecord is slipway.EventRecord.
	EventRecord = slipway.EventRecord
	// EventState is slipway.EventState.
	EventState = slipway.EventState
	// SecretName is slipway.SecretName.
	SecretName = slipway.SecretName
	// Received is slipway.Delivery.
	Received = slipway.Delivery
	// Chunk is slipway.Chunk.
	Chunk = slipway.Chunk
)
