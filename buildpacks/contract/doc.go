// Package contract is the uniform image contract, version 1: one set of
// rules for every image, used from both ends. The compiler writes image
// configurations with Config, and Check names what an image, built by
// Slipway or from anybody's Dockerfile, does against the rules.
//
// Everything here is pure but for reading the layers of the image that is
// checked: there is no clock, no file and no network. What needs the image
// to run is done through a Runner, which the caller brings.
package contract
