#!/usr/bin/env bash
# Builds, starts and requests every tree of e2e/services with real engines,
# and prints how far each language's came and why some came no further;
# SLIPWAY_CORPUS=LANGUAGE/NAME,… takes only those. `make test` runs the quick
# ones.
set -euo pipefail
. "$(dirname "$0")/say.sh"
cd "$root"
export PATH=$root/bin:$PATH SLIPWAY_TEST_REQUIRED=1 SLIPWAY_CORPUS_SCORE=$logs/corpus-score.txt
rm -f "$SLIPWAY_CORPUS_SCORE"
status=0
go test -tags e2e -count=1 -timeout 150m -run '^TestCorpus$' -v ./e2e/... 2>&1 |
	tee "$logs/corpus.log" | grep -vE '^=== (RUN|PAUSE|CONT)' | heartbeat || status=$?
if [ -f "$SLIPWAY_CORPUS_SCORE" ]; then
	say '' '== score of the corpus'
	cat "$SLIPWAY_CORPUS_SCORE"
fi
exit "$status"
