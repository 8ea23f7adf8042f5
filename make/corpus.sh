#!/usr/bin/env bash
# Builds, starts and requests every tree of e2e/services with real engines;
# SLIPWAY_CORPUS=LANGUAGE/NAME,… takes only those. `make test` runs the quick
# ones.
set -euo pipefail
. "$(dirname "$0")/say.sh"
cd "$root"
export PATH=$root/bin:$PATH SLIPWAY_TEST_REQUIRED=1
go test -tags e2e -count=1 -timeout 60m -run 'TestCorpus' -v ./e2e/... 2>&1 |
	tee "$logs/corpus.log" | grep -vE '^=== (RUN|PAUSE|CONT)' | heartbeat
