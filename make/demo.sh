#!/usr/bin/env bash
# Takes a sample service of each language (those of the corpus with `demo:
# true`) through the whole way there is: stack images,
# build, build again, start, request, check. With JENKINS=1 it shows a push and
# Jenkins instead (make/demo-jenkins.sh). Uses the data directory that
# bin/slipway uses by itself (or SLIPWAY_DATA), so that what it made is there
# for whatever you try next. Stops what it started.
set -euo pipefail
. "$(dirname "$0")/say.sh"
cd "$root"
slipway=$root/bin/slipway
work=$(mktemp -d)
up='' container='' forge='' hudson=''
forge_address=127.0.0.1:5081 # the same each time: the connection is found again
url=http://$forge_address/demo/pushed.git git=$root/.cache/demo-forge source=$work/pushed

# stop PID: asks a process of ours to end, and waits until it has.
stop() {
	[ -n "$1" ] || return 0
	kill -TERM "$1" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
}
trap 'stop "$container"; stop "$hudson"; stop "$up"; stop "$forge"; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# until_said FILE TEXT PID SECONDS: waits until a process of ours wrote TEXT.
until_said() {
	local deadline=$((SECONDS + $4))
	until grep -q "$2" "$1" 2>/dev/null; do
		kill -0 "$3" 2>/dev/null && ((SECONDS < deadline)) || return 1
		sleep 0.05
	done
}

# timed FILE COMMAND...: runs the command and writes how long it took.
# shellcheck disable=SC2317 # called through run
timed() {
	local file=$1 begun=$EPOCHREALTIME status=0
	shift
	"$@" || status=$?
	awk -v a="$begun" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f", b - a }' >"$file"
	return "$status"
}

# request HOST PORT PATH: prints the status and the first line of the body.
request() {
	local line status
	exec 3<>"/dev/tcp/$1/$2" || return 1
	printf 'GET %s HTTP/1.0\r\nHost: %s\r\n\r\n' "$3" "$1" >&3
	# Before the program listens, the port is open and nobody answers.
	if ! IFS=$' \r' read -r -t 5 _ status _ <&3 || [ -z "$status" ]; then
		exec 3<&- 3>&-
		return 1
	fi
	while IFS= read -r -t 5 line <&3 && [ "${line%$'\r'}" != '' ]; do :; done
	IFS= read -r -t 5 line <&3 || true
	exec 3<&- 3>&-
	printf '%s %s' "$status" "${line:0:24}"
}

# keep_up starts the engines once for all that follows; when they are up
# already, they are used.
keep_up() {
	"$slipway" up --listen 127.0.0.1:0 --registry 127.0.0.1:0 >"$work/up" 2>&1 &
	up=$!
	until_said "$work/up" 'Slipway is up' "$up" 60 && return
	grep -q 'runs already' "$work/up" && { up=''; return; }
	sed 's/^/  | /' "$work/up"
	die "the embedded engines did not start; their words are above." "bin/slipway doctor looks at this machine and says how to mend it."
}

# start IMAGE: starts the image and prints HOST PORT once it has a port.
start() {
	# Not the one before's: who waits may read sooner than the process begins.
	rm -f "$work/stdout" "$work/stderr"
	"$slipway" run "$1" >"$work/stdout" 2>"$work/stderr" &
	container=$!
	until_said "$work/stderr" 'http://' "$container" 30 || { cat "$work/stderr" >&2; return 1; }
	address=$(sed -n 's|.*http://\([0-9.]*\):\([0-9]*\).*|\1 \2|p' "$work/stderr" | head -n 1)
}

# answers HOST PORT PATH: requests until there is an answer, 60 s at most.
answers() {
	local deadline=$((SECONDS + 60)) answer
	until answer=$(request "$@" 2>/dev/null) && [ -n "$answer" ]; do
		((SECONDS < deadline)) || { printf 'no answer'; return; }
		sleep 0.05
	done
	printf '%s' "$answer"
}

# services DIR: prints "NAME KIND" of each service of a sample: those of its
# slipway.yaml, else one web service with the directory's name.
services() {
	[ -f "$1/slipway.yaml" ] || { printf '%s web\n' "$(basename "$1")"; return; }
	awk '$1 == "-" && $2 == "name:" { if (name) print name, kind; name = $3; kind = "web" }
		$1 == "kind:" { kind = $2 }
		END { if (name) print name, kind }' "$1/slipway.yaml"
}

# take DIR NAME KIND: one service all the way; adds a line to the table.
take() {
	local dir=$1 kind=$3 language service=demo/$2 image digest first second answer check address
	language=$(basename "$(dirname "$dir")")
	run "Building $service ($language)" timed "$work/first" "$slipway" build "$dir" --service "$service" || return 1
	# Without the registry's address, which is another one tomorrow.
	image=$(awk '$1 == "image" { sub("^[^/]*[.:][^/]*/", "", $2); print $2 }' "$log") digest=$(awk '$1 == "digest" { print $2 }' "$log")
	first=$(<"$work/first")
	if grep -q unchanged "$log"; then first+=' (known)'; fi
	buildlog=$(awk '$1 == "log" { print $2 }' "$log")
	run "Building $service again, nothing changed" timed "$work/second" "$slipway" build "$dir" --service "$service" || return 1
	second=$(<"$work/second")
	if [ "$kind" != web ]; then
		answer="$kind: has no port"
	elif start "$image"; then
		# shellcheck disable=SC2086 # host and port are two words
		answer=$(answers $address /)
		stop "$container" && container=''
	else
		answer='did not start'
	fi
	if run "Checking $image" "$slipway" check --run "$image"; then check=passes; else check=FAILS; fi
	printf '%s|%s|%s|%s|%s|%s|%s|%s\n' "$service" "$language" "$image" "${digest:0:19}" "$first" "$second" "$answer" "$check" >>"$work/table"
	[ "$check" = passes ] && { [ "$kind" != web ] || [ "${answer%% *}" = 200 ]; }
}

# field FILE NAME: a field of the JSON that slipway printed, one a line.
field() { sed -n 's/^ *"'"$2"'": "\{0,1\}\([^",]*\)"\{0,1\},\{0,1\}$/\1/p' "$1" | head -n 1; }

# pushed: pushes a service with git to a local forge, whose hook reaches the
# running `slipway up`, and follows what comes of it.
pushed() {
	connect_forge || return 1
	change "Demonstrated at $(date -u +%FT%TZ)." || return 1
	"$slipway" logs demo/pushed --follow | sed 's/^/  /'
	until_said "$work/forge" 'success.* slipway:' "$forge" 20 || say "the forge was not told; slipway events demo/pushed may say why"
	say "what the forge was told:"
	grep '^status:' "$work/forge" | sed 's/^/  /'
	"$slipway" builds --service demo/pushed --number 1
}

# connect_forge starts a local forge with one repository, whose service is
# demo/pushed.
connect_forge() {
	local connection
	rm -rf "$git" && mkdir -p "$git/demo"
	run "Building the local forge" go build -o .cache/localforge ./e2e/localforge/serve
	.cache/localforge -dir "$git" -listen "$forge_address" demo/pushed >"$work/forge" 2>&1 &
	forge=$!
	until_said "$work/forge" 'http://' "$forge" 20 || { cat "$work/forge" >&2; return 1; }
	"$slipway" team add demo >/dev/null
	"$slipway" service show demo/pushed >/dev/null 2>&1 ||
		"$slipway" service add demo/pushed "$url" --forge gitea --default-branch main --forge-token-file - <<<demo >/dev/null
	"$slipway" service show demo/pushed --output json >"$work/service"
	connection=$(sed -n '/"connection": {/,$ s/^ *"id": \([0-9]*\),$/\1/p' "$work/service" | head -n 1)
	"$slipway" connection rotate "$connection" --output json >"$work/connection"
	printf '%s %s\n' "$(field "$work/connection" hook)" "$(field "$work/connection" secret)" >"$git/demo/pushed.hook"
	cp -r e2e/services/go/hello "$source"
	sed -i 's/name: hello/name: pushed/' "$source/slipway.yaml"
	git -C "$source" init --quiet --initial-branch main
}

# commit WORDS: changes the program of demo/pushed and pushes it.
commit() {
	printf '\n// %s\n' "$1" >>"$source/main.go"
	git -C "$source" add --all
	git -C "$source" -c user.name=demo -c user.email=demo@example.com commit --quiet --message "A change"
	say "\$ git push $url main"
	git -C "$source" push --quiet "$url" main
}

# change WORDS: the same, and waits until there is a build of it.
change() {
	commit "$1"
	until_built "$(git -C "$source" rev-parse HEAD)"
}

# until_built COMMIT: waits until there is a build of a commit, 30 s at most.
until_built() {
	local deadline=$((SECONDS + 30))
	until "$slipway" builds --service demo/pushed --commit "$1" | grep -q demo/pushed; do
		((SECONDS < deadline)) || { say "the push made no build; slipway events demo/pushed says why:"; "$slipway" events demo/pushed; return 1; }
		sleep 0.1
	done
}

run "Looking at this machine (slipway doctor)" "$slipway" doctor ||
	die "this machine cannot build yet; doctor's words are above." "Mend what is marked fail, or use a remote daemon with --buildkit ADDRESS."
grep '^warn' "$log" | sed 's/^/  /' || true
keep_up
if [ "${JENKINS:-}" = 1 ]; then
	status=0
	. "$(dirname "$0")/demo-jenkins.sh"
fi
run "Making the stack images (minutes the first time, then they are there)" "$slipway" stack build
stacks=$log status=0 buildlog=''
while read -r expected; do
	sample=${expected%.yaml}
	while read -r name kind; do
		take "$sample" "$name" "$kind" </dev/null || status=1
	done < <(services "$sample")
done < <(grep -l '^demo: true' e2e/services/*/*.yaml)

echo
say "== the same by a push"
pushed || status=1

echo
{
	echo 'SERVICE|LANGUAGE|IMAGE|DIGEST|BUILD s|AGAIN s|ANSWERS|CHECK'
	cat "$work/table" 2>/dev/null || true
} | awk -F '|' '{ for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > wide[i]) wide[i] = length($i) } }
	END { for (r = 1; r <= NR; r++) { for (i = 1; i <= NF; i++) printf "%-" wide[i] "s  ", cell[r, i]; print "" } }'
image=$(cut -d '|' -f 3 "$work/table" 2>/dev/null | head -n 1)
cat <<END

Logs:      ${buildlog:-none} (the build), $stacks (the stack images)
Try next:  bin/slipway run ${image:-TEAM/NAME:TAG}
           bin/slipway plan e2e/services/go/hello
           bin/slipway eject e2e/services/go/hello
           bin/slipway build YOUR/DIRECTORY --service YOU/NAME
           bin/slipway up      and: bin/slipway service add YOU/NAME GIT-URL --forge FORGE
END
exit "$status"
