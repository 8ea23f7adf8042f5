package rest

import "github.com/slipway-ci/slipway"

// NewController sets a team's Jenkins controller, or the platform's. Without a
// token the one that is there is kept, as long as URL and user are the same.
type NewController struct {
	URL     string             `json:"url"`              // root URL, without credentials
	User    string             `json:"user"`             // whose API token it is
	Token   string             `json:"token,omitempty"`  // API token
	Folder  string             `json:"folder,omitempty"` // full name of the folder that jobs are made in; "" is "slipway"
	CA      string             `json:"ca,omitempty"`     // PEM
	Reports slipway.ReportMode `json:"reports,omitempty"`
}

// ControllerView is a controller and what waits to be told to it.
type ControllerView struct {
	slipway.Controller

	Waits slipway.JenkinsWaits `json:"waits"`
}

// ControllerCheck is what was found on the way to a Jenkins.
type ControllerCheck struct {
	Controller int64     `json:"controller"`
	Findings   []Finding `json:"findings"`
}

// Downstream names the Jenkins job that does what comes after a service's
// builds of the default branch and of tags.
type Downstream struct {
	Job string `json:"job"` // full name, FOLDER/NAME; "" is none
}
