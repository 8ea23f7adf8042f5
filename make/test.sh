#!/usr/bin/env bash
# Runs every test: the packages' own with the race detector and in random
# order, then the end-to-end tests with bin/slipway and bin/buildkitd. A test
# that lacks a feature of the machine fails instead of skipping. Leaves
# nothing running, and fails when something is left.
set -euo pipefail
. "$(dirname "$0")/say.sh"
cd "$root"

# Everything that a test starts inherits this mark.
mark=SLIPWAY_TEST_RUN=$$-$(date +%s)
export "${mark?}"
export SLIPWAY_TEST_REQUIRED=1
export PATH=$root/bin:$PATH

# left prints "PID COMMAND" of each process that a test started and forgot.
left() {
	local dir
	for dir in /proc/[0-9]*; do
		case ${dir#/proc/} in "$$" | "$BASHPID") continue ;; esac
		tr '\0' '\n' 2>/dev/null <"$dir/environ" | grep -qx "$mark" || continue
		printf '%s %s\n' "${dir#/proc/}" "$(tr '\0' ' ' <"$dir/cmdline" | cut -c1-120)"
	done 2>/dev/null
}

# gotest ARGUMENT...: one go test, never silent for a minute, in a file too.
gotest() { go test "$@" 2>&1 | tee "$logs/test.log.part" | heartbeat; }

start=$SECONDS status=0
run "Downloading Go modules for the tests" retry go mod download
make/jars.sh e2e/hudson/jars.txt
make/jars.sh jenkins/library/jars.txt
make/jars.sh jenkins/plugin/jars.txt

say "== unit tests: every package, race detector, random order"
gotest -race -shuffle=on -timeout 20m ./... || status=$?
mv "$logs/test.log.part" "$logs/test-unit.log"

if [ -d e2e ]; then
	say "== end-to-end tests: real engines, bin/slipway $(bin/slipway version 2>/dev/null | head -n 1)"
	gotest -tags e2e -count=1 -timeout 35m ./e2e/... || status=$?
	mv "$logs/test.log.part" "$logs/test-e2e.log"
fi

# Processes that were told to end may need a moment.
for _ in 1 2 3 4 5 6 7 8 9 10; do
	remains=$(left)
	[ -n "$remains" ] || break
	sleep 0.5
done
if [ -n "$remains" ]; then
	say "FAIL: the tests left these running; ending them:" "$remains"
	while read -r pid _; do kill -KILL "$pid" 2>/dev/null || true; done <<<"$remains"
	status=1
fi

say "== $( ((status)) && echo FAIL || echo ok), $((SECONDS - start)) s; logs in .cache/logs/test-*.log"
grep -hE '^(ok|FAIL|---? FAIL|panic:)' "$logs"/test-unit.log "$logs"/test-e2e.log 2>/dev/null || true
if ((status)); then echo FAIL; fi
exit "$status"
