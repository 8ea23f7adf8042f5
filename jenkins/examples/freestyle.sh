#!/bin/sh
# The shell step of a freestyle job that has nothing but sh and curl. Set
# SLIPWAY_SERVER, SLIPWAY_TOKEN and SERVICE (TEAM/NAME); REF may name a branch.
# Prints the log as it comes; its end is the build's. An abort cancels it.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# api PATH [ARGUMENT...]: the answer in $dir/body, its headers in $dir/head. The
# token goes by a file, so that it is in no list of processes.
printf 'header = "Authorization: Bearer %s"\n' "$SLIPWAY_TOKEN" >"$dir/token"
api() {
  path=$1
  shift
  curl -sSf -K "$dir/token" -H 'Content-Type: application/json' --retry 30 --retry-delay 2 --retry-connrefused \
    --connect-timeout 10 --max-time 60 -D "$dir/head" -o "$dir/body" "$@" "$SLIPWAY_SERVER/api/v1/$path"
}
header() { tr -d '\r' <"$dir/head" | sed -n "s/^Slipway-$1: //Ip" | tail -n 1; }
value() { tr '{},' '[\n*]' <"$dir/body" | sed -n "s/^ *\"$1\": *\"\{0,1\}\([^\"]*\)\"\{0,1\} *$/\1/p" | head -n 1; }

api "teams/${SERVICE%/*}/services/${SERVICE#*/}/builds" -d "{\"ref\":\"${REF:-}\",\"once\":\"$BUILD_TAG\",\"from\":\"$BUILD_URL\"}"
event=$(value event)
while :; do
  api "events/$event"
  build=$(sed -n 's/.*"builds":\[{"id":\([0-9]*\).*/\1/p' "$dir/body")
  if [ -n "$build" ]; then break; fi
  case $(value state) in
    pending | held) sleep 1 ;;
    *) cat "$dir/body" && exit 1 ;;
  esac
done
trap 'api "builds/$build/cancel" -d "{\"reason\":\"aborted in Jenkins: $BUILD_URL\"}"; exit 143' TERM INT HUP
echo "Slipway: build $build of $SERVICE: $SLIPWAY_SERVER/builds/$build"

after=''
while :; do
  api "builds/$build/log?after=$after"
  after=$(header Next) more=$(header More) state=$(header State)
  cat "$dir/body"
  if [ "$more" = true ]; then continue; fi
  case $state in queued | running) sleep 1 & wait $! ;; *) break ;; esac
done
echo "Slipway: build $build is $state"
[ "$state" = succeeded ]
