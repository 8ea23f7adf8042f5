package main

import (
	"net/url"

	"github.com/slipway-ci/slipway"
)

// rustDistributions is where rustup on this machine finds releases of Rust,
// for builds that ask for one that no stack has (rustup's documentation,
// "Environment variables"). A login stands in the netrc file.
func (a *app) rustDistributions() (toolSettings, error) {
	const name = "RUSTUP_DIST_SERVER"
	address := a.getenv(name)
	if address == "" {
		return toolSettings{}, nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return toolSettings{}, slipway.Errorf(slipway.CodeUsage, "%s is not the http or https URL of a server, without a login", name).
			WithHint("write for example https://mirror.example/rust; its login goes into the netrc file")
	}
	return toolSettings{file: []byte(address + "\n"), hosts: []string{u.Hostname()}}, nil
}
