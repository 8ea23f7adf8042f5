#!/usr/bin/env bash
# Checks style, arrows and formatting (golangci-lint, .golangci.yml), that
# go.mod and go.sum are what `go mod tidy` would write, the shell scripts
# (shellcheck), and known vulnerabilities where the database answers.
# FIX=1 lets the tools mend what they can. PATHS="./a/... ./b" narrows.
set -euo pipefail
. "$(dirname "$0")/say.sh"
cd "$root"
tools=$root/.cache/tools status=0

if [ ! -x "$tools/golangci-lint" ] || [ tools/go.sum -nt "$tools/golangci-lint" ]; then
	run "Downloading the tools' modules" retry go -C tools mod download
	run "Compiling the tools (some minutes the first time)" go -C tools build -o "$tools/" tool
	touch "$tools"/*
fi

say "== golangci-lint"
# shellcheck disable=SC2086 # PATHS are words
"$tools/golangci-lint" run ${FIX:+--fix} ${PATHS:-./...} || status=1
if [ -z "${PATHS:-}" ]; then
	say "== go mod tidy"
	go mod tidy -diff || { status=1 && say "run: go mod tidy"; }
	go -C tools mod tidy -diff || { status=1 && say "run: go -C tools mod tidy"; }
fi
say "== shellcheck"
if command -v shellcheck >/dev/null; then
	shellcheck -x -P SCRIPTDIR make/*.sh .ci/run || status=1
	shellcheck -s sh buildpacks/recipes/*.sh buildpacks/recipes/*/*.sh jenkins/*.sh jenkins/examples/*.sh || status=1
else
	say "not checked: shellcheck is not installed"
fi
if [ -z "${PATHS:-}" ]; then
	say "== govulncheck"
	make/vulnerabilities.sh "$tools/govulncheck" || status=1
fi
exit "$status"
