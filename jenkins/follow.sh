#!/bin/sh
# The step of a job that Slipway made. It shows the build SLIPWAY_BUILD_ID:
# prints its log as it comes and ends as it ends. It needs sh and curl, and
# builds nothing. When it is stopped it cancels nothing: it cannot tell who was
# aborted from a controller or an agent that goes down. Slipway asks Jenkins.
set -u
base=${SLIPWAY_URL%/}
page=$base/builds/$SLIPWAY_BUILD_ID
build=$base/api/v1/builds/$SLIPWAY_BUILD_ID
most=${SLIPWAY_LOG_LIMIT:-10485760}
child=''
dir=$(mktemp -d) || exit 1

# The ticket goes to curl by its standard input, so that it is in no list of
# processes. Signals are heard while it runs.
ask() {
  printf 'header = "Authorization: Bearer %s"\n' "$SLIPWAY_TICKET" |
    curl -sS -K - --connect-timeout 10 --max-time 120 -D "$dir/head" -o "$dir/body" -w '%{http_code}' "$@" >"$dir/status" 2>"$dir/error" &
  child=$!
  wait "$child"
  rc=$?
  child=''
  status=$(cat "$dir/status" 2>/dev/null)
  [ "$rc" -eq 0 ]
}

pause() {
  sleep "$1" &
  child=$!
  wait "$child"
  child=''
}

header() { tr -d '\r' <"$dir/head" | tr '[:upper:]' '[:lower:]' | sed -n "s/^slipway-$1: //p" | tail -n 1; }

# shellcheck disable=SC2317 # a trap calls it
stopped() {
  trap '' TERM INT HUP
  if [ -n "$child" ]; then kill "$child" 2>/dev/null; fi
  rm -rf "$dir"
  exit 143
}
trap stopped TERM INT HUP
trap 'rm -rf "$dir"' EXIT

echo "Slipway build $SLIPWAY_BUILD_ID: $page"
after=0-0 printed=0 full='' waited=0 silent='' delay=1 state=''
while :; do
  if [ -n "$full" ]; then ask "$build"; else ask "$build/log?after=$after"; fi
  got=$?
  case $got/$status in
  0/200)
    if [ -n "$silent" ]; then echo "[Slipway answers again]"; fi
    silent='' delay=1 waited=0 more=false
    if [ -n "$full" ]; then
      state=$(sed -n 's/.*"state":"\([a-z]*\)".*/\1/p' "$dir/body")
    else
      after=$(header next) more=$(header more) state=$(header state)
      size=$(wc -c <"$dir/body")
      if [ $((printed + size)) -le "$most" ]; then
        cat "$dir/body"
      else
        head -c $((most - printed)) "$dir/body"
        printf '\n[the log goes on at %s]\n' "$page"
        full=1 more=false
      fi
      printed=$((printed + size))
    fi
    if [ "$more" = true ]; then continue; fi
    case $state in
    succeeded | failed | cancelled | superseded) break ;;
    esac
    pause 1
    ;;
  0/401 | 0/403 | 0/404)
    echo "Slipway does not show build $SLIPWAY_BUILD_ID to this job any more ($status): $page"
    exit 1
    ;;
  *)
    if [ -z "$silent" ]; then echo "[Slipway does not answer ($status $(head -n 1 "$dir/error")); trying again]"; fi
    silent=1
    waited=$((waited + delay))
    if [ "$waited" -gt 86400 ]; then exit 1; fi # the ticket has ended
    pause "$delay"
    delay=$((delay < 10 ? delay + 1 : 10))
    ;;
  esac
done

echo "Slipway build $SLIPWAY_BUILD_ID $state: $page"
case $state in
succeeded) exit 0 ;;
failed) exit 1 ;;
esac
pause 60 # Slipway stops this run, so that it is shown as aborted
exit 1
