#!/usr/bin/env bash
# Fetches the Eclipse Hudson that tests and the demonstration run: the files of
# e2e/hudson/jars.txt, with Maven, from the configured Maven repository. The
# last line that it prints is the directory they are in. Touches no network
# once all of them are there as they should be.
set -euo pipefail
. "$(dirname "$0")/say.sh"
cd "$root"
dir=${XDG_CACHE_HOME:-$HOME/.cache}/slipway-test/hudson
mkdir -p "$dir"
exec 9>"$dir/lock"
flock 9 # two who test at once

# file COORDINATES: what Maven calls the file.
file() {
	local name version kind
	IFS=: read -r _ name version kind <<<"$1"
	printf '%s/%s-%s.%s' "$dir" "$name" "$version" "$kind"
}

# intact SUM COORDINATES: tells whether the file is there as it should be.
intact() { sha256sum --check --status <<<"$1  $(file "$2")" 2>/dev/null; }

while read -r sum coordinates; do
	intact "$sum" "$coordinates" && continue
	if ! command -v mvn >/dev/null || ! command -v java >/dev/null; then
		die "Maven fetches Hudson and Java runs it; one of them is missing." "make/setup.sh test installs them."
	fi
	run "Fetching ${coordinates%:*}" retry mvn --batch-mode --no-transfer-progress \
		org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy "-Dartifact=$coordinates" "-DoutputDirectory=$dir" \
		-Dmdep.overWriteReleases=true
	intact "$sum" "$coordinates" ||
		die "$coordinates is not what e2e/hudson/jars.txt says: its SHA-256 is $(sha256sum "$(file "$coordinates")" | cut -d ' ' -f 1)." \
			"The configured Maven repository serves another file; look into its settings (~/.m2/settings.xml)."
done <e2e/hudson/jars.txt
printf '%s\n' "$dir"
