#!/usr/bin/env bash
# Prints the figures that Slipway holds itself to: bench/ measures whole
# commands beside their rivals, Go's own benchmarks measure the parts.
# Figures are printed, never asserted: they depend on the machine.
# PAIRS=2 COLD_PAIRS=1 is a short run; ONLY=builds|known|transfer|plan|ready|network|service
# (or one part of the last, service/logs)
# measures one group and no parts; BENCH_DIR is where everything is kept.
set -euo pipefail
. "$(dirname "$0")/say.sh"
cd "$root"
export PATH=$root/bin:$PATH
printf 'machine: %s, %s cores, %s, Linux %s, load %s\n' "$(sed -n 's/^model name\t: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
	"$(go env GOVERSION)" "$(uname -r)" "$(cut -d ' ' -f 1-3 /proc/loadavg)"

run "Compiling bench" go build -o .cache/bench ./bench
flags=(-root "$root")
[ -z "${PAIRS:-}" ] || flags+=(-pairs "$PAIRS")
[ -z "${COLD_PAIRS:-}" ] || flags+=(-cold-pairs "$COLD_PAIRS")
[ -z "${ONLY:-}" ] || flags+=(-only "$ONLY")
[ -z "${LANGUAGES:-}" ] || flags+=(-languages "$LANGUAGES")
[ -z "${BENCH_DIR:-}" ] || flags+=(-dir "$BENCH_DIR")
# Ctrl-C reaches bench, which stops what it started; its last words are read
# to the end.
status=0
.cache/bench "${flags[@]}" "$@" 2>&1 | (
	trap '' INT TERM
	heartbeat
) || status=$?
if ((status)) || [ -n "${ONLY:-}" ]; then exit "$status"; fi

parts=$(grep -rlE --include='*_test.go' --exclude-dir=tools --exclude-dir='.*' '^func Benchmark' . | xargs -r dirname | sort -u)
[ -n "$parts" ] || exit 0
say
say "== the parts (go test -bench)"
# shellcheck disable=SC2086 # directories are words
go test -run '^$' -bench . -benchmem -count "${COUNT:-3}" $parts | heartbeat
