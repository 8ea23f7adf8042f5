// Package assemble makes Slipway's own stack images with BuildKit, from the
// recipes of package buildpacks: Debian packages and a language's own
// distribution, fetched and verified on this machine with its own clients,
// cached, and handed to steps that have no network at all. So a layer can
// hold nothing of the machine's mirrors, proxies and certificates, and the
// images can be made again without a network.
package assemble
