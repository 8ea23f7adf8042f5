// Package buildpacks has the stacks: the catalogue, which says what image
// pair a language and version is built with and runs on, the lock, which says
// what those images' digests are on this machine, and the recipes of the
// images that Slipway makes itself. README.md says how to add to each.
package buildpacks
