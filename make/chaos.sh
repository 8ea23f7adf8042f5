#!/usr/bin/env bash
# Pushes changes while server, workers and engines are killed, the queue's
# directory is deleted and the forge refuses; then looks at every push. SEED
# and KILLS choose what happens. `make test` does it with a few kills.
set -euo pipefail
. "$(dirname "$0")/say.sh"
cd "$root"
export PATH=$root/bin:$PATH SLIPWAY_TEST_REQUIRED=1
go test -tags e2e -count=1 -timeout 60m -run 'TestChaos' -v ./e2e/ -chaos.seed "${SEED:-1}" -chaos.kills "${KILLS:-200}" 2>&1 |
	tee "$logs/chaos.log" | grep -vE '^=== (RUN|PAUSE|CONT)' | heartbeat
