package rest

import "github.com/slipway-ci/slipway"

type (
	Worker      = slipway.Worker
	EventRecord = slipway.EventRecord
	SecretName  = slipway.SecretName
)
