package slipway

import "time"

// Connection is a team's link to a repository of a forge. What it is given to
// get there is in its Keys.
type Connection struct {
	ID         int64      `json:"id"`
	Team       string     `json:"team"`
	Forge      string     `json:"forge"`              // kind of forge, as package forge names them
	Repository string     `json:"repository"`         // full name at the forge, "shop/cart"
	URL        string     `json:"url"`                // to clone from, without credentials
	API        string     `json:"api,omitempty"`      // base URL of the forge's API; "" the usual one of its host
	Forks      ForkPolicy `json:"forks"`              // "" is ForksRefuse
	Default    string     `json:"default,omitempty"`  // full name of the default branch's ref; "" while unknown
	Required   []string   `json:"required,omitempty"` // bare names of services with a status on every push, affected or not
	Reads      []string   `json:"reads,omitempty"`    // of the same host, what a build's steps may read over ssh besides it: TEAM/NAME, TEAM/* for all below, * for all that the key opens
	Created    time.Time  `json:"created"`
}

// ForkPolicy says what becomes of pull requests from forks.
type ForkPolicy string

// The policies.
const (
	ForksRefuse  ForkPolicy = "refuse"  // nothing is built
	ForksApprove ForkPolicy = "approve" // a maintainer approves each commit
	ForksBuild   ForkPolicy = "build"   // built as what they are: a stranger's code
)

// Keys are what a Connection knows and never tells. They are sealed in the
// record and shown by no interface.
type Keys struct {
	Hooks []string   `json:"hooks,omitempty"` // secrets of the forge's hook: one, or two while one replaces the other
	Clone Credential `json:"clone,omitzero"`
	Forge string     `json:"forge,omitempty"` // token for the forge's API: statuses
}

// Credential opens a repository. The zero one is none.
type Credential struct {
	User       string `json:"user,omitempty"`
	Password   string `json:"password,omitempty"` // or token
	SSHKey     string `json:"sshKey,omitempty"`   // private key, PEM
	KnownHosts string `json:"knownHosts,omitempty"`
	App        *App   `json:"app,omitempty"` // a GitHub App: a token is asked for at each use
}

// App is an installed GitHub App.
type App struct {
	ID           int64  `json:"id"`
	Installation int64  `json:"installation"`
	Key          string `json:"key"` // private key, PEM
}

// Service is a thing with an image of its own. Which there are in a
// repository says its slipway.yaml, else those who registered them.
type Service struct {
	ID         int64       `json:"id"`
	Name       ServiceName `json:"name"`
	Connection int64       `json:"connection"`
	Path       string      `json:"path,omitempty"` // directory in the repository; "" is the root, or what slipway.yaml says
	Kind       Kind        `json:"kind,omitempty"` // as the last push had it
	Needs      []string    `json:"needs,omitempty"`
	Limit      int         `json:"limit,omitempty"` // of its builds that run at once; 0 is one per ref
}
