#!/usr/bin/env bash
# Removes bin/ and .cache/. Refuses while something runs from bin/.
set -euo pipefail
. "$(dirname "$0")/say.sh"
for exe in /proc/[0-9]*/exe; do
	case $(readlink "$exe" 2>/dev/null || true) in
	"$root"/bin/*) die "process $(basename "$(dirname "$exe")") runs $(readlink "$exe"); end it first." ;;
	esac
done
rm -rf "${root:?}/bin" "$root/.cache"
