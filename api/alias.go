package api

import "github.com/slipway-ci/slipway"

type (
	BuildPage = slipway.BuildPage
	Delivery  = slipway.Delivery
)
