#!/usr/bin/env bash
# Fuzzes each Fuzz function of the tree for FUZZTIME (10s by default), one
# after the other, since go test fuzzes one at a time. Findings are written
# below testdata/fuzz/ of the package, where they become test cases.
set -euo pipefail
. "$(dirname "$0")/say.sh"
cd "$root"
found=$(grep -rEo --include='*_test.go' --exclude-dir=tools --exclude-dir='.*' '^func Fuzz[A-Za-z0-9_]*' . | sort)
[ -n "$found" ] || die "there is no Fuzz function in this tree."
status=0 n=0 all=$(wc -l <<<"$found")
while IFS=: read -r file func; do
	name=${func#func }
	say "== $((++n)) of $all: $name in $(dirname "$file")"
	go test -run '^$' -fuzz "^$name\$" -fuzztime "${FUZZTIME:-10s}" "$(dirname "$file")" </dev/null | heartbeat || status=1
done <<<"$found"
exit "$status"
