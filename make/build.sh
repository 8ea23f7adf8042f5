#!/usr/bin/env bash
# Usage: make/build.sh slipway VERSION | make/build.sh buildkitd
# Compiles into bin/. The Makefile calls it only when something changed.
set -euo pipefail
. "$(dirname "$0")/say.sh"
cd "$root"
mkdir -p bin

# download gets the modules before the compiler runs, so that a network that
# does not answer is told from code that does not compile. With everything in
# the module cache it takes a few milliseconds and no network.
download() {
	GOFLAGS="${GOFLAGS:-} -mod=readonly" GOPROXY=off go list -deps "$1" >/dev/null 2>&1 ||
		run "Downloading Go modules" retry go mod download ||
		die "the Go modules could not be downloaded; \`go env GOPROXY\` says from where." \
			"Once they are there, no network is needed."
}

case ${1:-} in
slipway)
	download ./cmd/slipway
	CGO_ENABLED=0 run "Compiling bin/slipway" go build -trimpath -ldflags "-s -w -X main.version=${2:-unknown}" -o bin/slipway ./cmd/slipway
	touch bin/slipway # go build leaves the time of an unchanged binary as it was
	;;
buildkitd)
	# The daemon is the client's own version, from the same go.mod; it says so
	# only when the version is written into it.
	pkg=github.com/moby/buildkit
	download $pkg/cmd/buildkitd
	want=$(go list -m -f '{{.Version}}' $pkg)
	CGO_ENABLED=0 run "Compiling bin/buildkitd $want (some minutes the first time)" \
		go build -trimpath -ldflags "-s -w -X $pkg/version.Version=$want" -o bin/buildkitd $pkg/cmd/buildkitd
	touch bin/buildkitd
	;;
*) die "usage: make/build.sh slipway VERSION | buildkitd" ;;
esac
