#!/usr/bin/env bash
# Usage: make/jars.sh LIST
# Prints where the jars of a list are, one path a line, and fetches those that
# are not there yet, with Maven, from whatever repository it is configured
# for. A line of the list is SHA-256 and GROUP:ARTIFACT:VERSION[:TYPE[:CLASSIFIER]].
# A jar with another sum is refused. Several may run at once.
set -euo pipefail
. "$(dirname "$0")/say.sh"

list=$1
cache=${XDG_CACHE_HOME:-$HOME/.cache}/slipway-test/jars
mkdir -p "$cache"

# file COORDINATES: the name that Maven gives its copy.
file() {
	local artifact version type classifier
	IFS=: read -r _ artifact version type classifier <<<"$1"
	printf '%s-%s%s.%s\n' "$artifact" "$version" "${classifier:+-$classifier}" "${type:-jar}"
}

# whole SUM FILE: it is there, and what it should be.
whole() { [ -f "$2" ] && [ "$(sha256sum <"$2")" = "$1  -" ]; }

# item COORDINATES: as the plugin's configuration names it.
item() {
	local group artifact version type classifier
	IFS=: read -r group artifact version type classifier <<<"$1"
	printf '<artifactItem><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version><type>%s</type><classifier>%s</classifier></artifactItem>\n' \
		"$group" "$artifact" "$version" "${type:-jar}" "$classifier"
}

items='' names=()
while read -r sum coordinates; do
	case $sum in '' | '#'*) continue ;; esac
	name=$(file "$coordinates")
	names+=("$sum" "$name")
	whole "$sum" "$cache/$name" || items+=$(item "$coordinates")
done <"$list"

if [ -n "$items" ]; then
	command -v mvn >/dev/null || die "Maven is missing, which fetches the jars of $list." "Install it (apt-get install maven), then run this again."
	work=$(mktemp -d "$cache/.fetch.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	cat >"$work/pom.xml" <<-EOF
		<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
		<groupId>slipway</groupId><artifactId>jars</artifactId><version>1</version><packaging>pom</packaging>
		<build><plugins><plugin><artifactId>maven-dependency-plugin</artifactId><version>2.8</version>
		<configuration><outputDirectory>$work/jars</outputDirectory><artifactItems>$items</artifactItems></configuration>
		</plugin></plugins></build></project>
	EOF
	run "Fetching jars with Maven" retry mvn -B -q -f "$work/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:2.8:copy >&2 ||
		die "the jars of $list could not be fetched; Maven's words are above." "Its repository is set in its settings.xml (mirrors)."
	for jar in "$work"/jars/*; do mv "$jar" "$cache/"; done
fi
for ((i = 0; i < ${#names[@]}; i += 2)); do
	whole "${names[i]}" "$cache/${names[i + 1]}" ||
		die "$cache/${names[i + 1]} is not what $list says: its SHA-256 is $(sha256sum <"$cache/${names[i + 1]}" | cut -d' ' -f1)." "Look where it came from before you change the list."
	printf '%s\n' "$cache/${names[i + 1]}"
done
