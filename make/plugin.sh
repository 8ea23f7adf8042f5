#!/usr/bin/env bash
# Usage: make/plugin.sh VERSION [FILE] | make/plugin.sh test
# Compiles jenkins/plugin into FILE (bin/slipway.hpi), for Jenkins and Hudson
# alike; test runs its own tests. Jenkins' packaging plugin for Maven is in no public
# Maven repository but Jenkins' own, and does nothing that javac and jar do not.
set -euo pipefail
. "$(dirname "$0")/say.sh"
cd "$root"
command -v javac >/dev/null || die "a Java compiler is missing, which the plugin needs." "Install one (apt-get install default-jdk-headless), then run this again."

plugin=$root/jenkins/plugin
jars=$(make/jars.sh jenkins/plugin/jars.txt | paste -sd:)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# compile: the classes, and beside them what two annotation processors make:
# the index of extensions, and the names of constructors' parameters.
compile() {
	mkdir -p "$work/classes/META-INF/annotations"
	javac --release 8 -Xlint:all,-path,-options,-processing,-classfile,-rawtypes -Werror -g -parameters -encoding UTF-8 \
		-cp "$jars" -processorpath "$jars" -d "$work/classes" "$plugin"/src/slipway/jenkins/*.java
	cp -r "$plugin/resources/." "$work/classes/"
}

# pack: a .hpi is an archive of WEB-INF/lib with the jar in it, and the same
# manifest on both. Jenkins takes an older Jenkins-Version for a wish to have
# all plugins that were once part of its core.
pack() {
	local version=${1#v}
	cat >"$work/manifest" <<-EOF
		Short-Name: slipway
		Long-Name: Slipway
		Extension-Name: slipway
		Implementation-Title: slipway
		Implementation-Version: $version
		Plugin-Version: $version
		Hudson-Version: 1.395
		Jenkins-Version: 2.361
	EOF
	mkdir -p "$work/hpi/WEB-INF/lib" "$(dirname "$2")"
	jar cfm "$work/hpi/WEB-INF/lib/slipway.jar" "$work/manifest" -C "$work/classes" .
	jar cfm "$work/slipway.hpi" "$work/manifest" -C "$work/hpi" .
	mv "$work/slipway.hpi" "$2"
}

compile
if [ "${1:-}" = test ]; then
	javac -encoding UTF-8 -cp "$work/classes:$jars" -proc:none -d "$work/tests" "$plugin"/test/slipway/jenkins/*.java
	java -cp "$work/tests:$work/classes:$jars" slipway.jenkins.FollowerTest
else
	pack "${1:-unknown}" "${2:-bin/slipway.hpi}"
fi
