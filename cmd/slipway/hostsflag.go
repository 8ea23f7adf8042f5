package main

import (
	"strings"

	"github.com/slipway-ci/slipway/api"
)

// hostList is a flag whose value is hosts that teams may name, with commas
// between.
type hostList api.Hosts

// Set reads the flag; given again it adds to what it has.
func (h *hostList) Set(s string) error {
	more, err := api.NewHosts(strings.Split(s, ","))
	if err == nil {
		*h = append(*h, more...)
	}
	return err
}

// String writes it.
func (h *hostList) String() string { return strings.Join(*h, ",") }

// Type names it in the help.
func (*hostList) Type() string { return "hosts" }
