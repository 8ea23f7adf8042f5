package slipway

// Settings are an organisation's: given once, they reach each build step in
// the form that its tools read, and never a layer or a cache key.
type Settings struct {
	CA      []byte            // PEM bundle that build steps and the daemon trust; nil: the build image's own
	Proxy   Proxy             // the way out of the machine
	Go      map[string]string // GOPROXY, GOSUMDB, GOPRIVATE, GONOSUMDB, GONOPROXY, GOINSECURE, GOVCS as `go env` has them
	Netrc   []byte            // credentials of private hosts, netrc format; secret
	Debian  DebianMirror      // where apt packages come from
	Private []string          // host names of mirrors that the operator named; these may have private addresses
}

// Proxy is an HTTP proxy of the organisation. Values may hold credentials.
type Proxy struct {
	HTTP  string // URL or host:port; "" none
	HTTPS string
	No    string // comma-separated, as Go's httpproxy reads it
}

// DebianMirror is where Debian packages come from.
type DebianMirror struct {
	URL      string // archive root, with or without a final slash; "" the distribution's default
	Security string // security archive root; "" the distribution's default
}
