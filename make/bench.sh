#!/usr/bin/env bash
# Prints the figures that Slipway holds itself to: bench/ measures whole
# commands beside their rivals, Go's own benchmarks measure the parts.
# Figures are printed, never asserted: they depend on the machine.
set -euo pipefail
. "$(dirname "$0")/say.sh"
cd "$root"
export PATH=$root/bin:$PATH
printf 'machine: %s, %s cores, %s, Linux %s\n' "$(sed -n 's/^model name\t: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
	"$(go env GOVERSION)" "$(uname -r)"
[ ! -f bench/main.go ] || go run ./bench "$@" | heartbeat
parts=$(grep -rlE --include='*_test.go' --exclude-dir=tools --exclude-dir='.*' '^func Benchmark' . | xargs -r dirname | sort -u)
[ -n "$parts" ] || die "there is nothing to measure: no bench/ and no Benchmark function in this tree."
# shellcheck disable=SC2086 # directories are words
go test -run '^$' -bench . -benchmem -count "${COUNT:-3}" $parts | heartbeat
