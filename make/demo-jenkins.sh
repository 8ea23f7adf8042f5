# shellcheck shell=bash
# Sourced by make/demo.sh: the same push, shown in a Jenkins, and a job of that
# Jenkins that asks for a build. The Jenkins is Eclipse Hudson, which a Maven
# repository has; it is in a network of its own, from which it reaches Slipway
# and nothing else.
# shellcheck disable=SC2154 # work, slipway, source and forge are make/demo.sh's

hudson_address=127.0.0.1:5082 # the same each time, as the forge's
console=http://$hudson_address
asks=ask-slipway

# ask PATH CURL-ARGUMENT...: asks Hudson as its user.
ask() {
	local path=$1
	shift
	curl -sS --fail -g --user demo:demo-token "$@" "$console$path"
}

# start_hudson starts it and makes the way to Slipway's API.
start_hudson() {
	local api=${server#http://} jars
	jars=$(make/jars.sh e2e/hudson/jars.txt | tail -n 1) || return 1
	jars=${jars%/*}
	run "Building what starts it" go build -o .cache/hudson ./e2e/hudson/serve || return 1
	mkdir "$work/hudson"
	.cache/hudson -jars "$jars" -dir "$work/hudson" -listen "$hudson_address" -reach "${api##*:}=$api" >"$work/hudson.out" 2>&1 &
	hudson=$!
	say "Starting Hudson"
	until_said "$work/hudson.out" '^http://' "$hudson" 120 || { sed 's/^/  | /' "$work/hudson.out"; return 1; }
}

# newest JOB: prints "NUMBER RESULT" of a job's newest run; - while it runs.
newest() {
	ask "/job/$1/api/json?tree=lastBuild[number,result]" 2>/dev/null |
		sed -n 's/.*"number":\([0-9]*\),"result":\(null\|"\([A-Z_]*\)"\).*/\1 \3/p' | sed 's/ $/ -/'
	echo # curl's answer ends without one
}

# ended JOB BEFORE: waits until there is a run after number BEFORE and it has
# ended, 60 s at most.
ended() {
	local deadline=$((SECONDS + 60)) now
	until now=$(newest "$1") && [ -n "$now" ] && [ "${now% *}" -gt "$2" ] && [ "${now#* }" != - ]; do
		((SECONDS < deadline)) || { say "Hudson's job $1 did not end; its newest run: ${now:-none}"; return 1; }
		sleep 0.2
	done
}

# described JOB: waits until its newest run says what came of it, 10 s at most.
described() {
	local deadline=$((SECONDS + 10)) number _
	read -r number _ < <(newest "$1")
	until ask "/job/$1/$number/api/json?tree=description" | grep -q succeeded || ((SECONDS >= deadline)); do sleep 0.2; done
}

# show JOB LINES: what a person sees of its newest run.
show() {
	local number result words
	read -r number result < <(newest "$1")
	say "in Jenkins:  job $1, build #$number: $result"
	say "             $console/job/$1/$number/"
	words=$(ask "/job/$1/$number/api/json?tree=description" | sed -n 's/.*"description":"\(.*\)"}/\1/p')
	[ -z "$words" ] || say "             $words"
	ask "/job/$1/$number/consoleText" | head -n "$2" | cut -c1-140 | sed 's/^/  | /'
	[ "$result" = SUCCESS ]
}

# before JOB: the number of its newest run, 0 without one.
before() {
	local number _
	read -r number _ < <(newest "$1") || true
	printf '%s' "${number:-0}"
}

run "Making the stack images for Go (minutes the first time, then they are there)" "$slipway" stack build go || exit 1
connect_forge || exit 1
server=$(field "$work/connection" hook)
server=${server%%/hooks/*}
start_hudson || exit 1
say "\$ slipway jenkins set demo $console --user demo --token-file -"
"$slipway" jenkins set demo "$console" --user demo --token-file - <<<demo-token
"$slipway" jenkins check demo

echo
say "== a push, and what people see of it in Jenkins"
had=$(before slipway-demo-pushed)
change "Demonstrated at $(date -u +%FT%TZ)." || exit 1
if ended slipway-demo-pushed "$had"; then
	described slipway-demo-pushed
	show slipway-demo-pushed 12 || status=1
else
	status=1
fi
"$slipway" builds --service demo/pushed --number 1

echo
say "== a job of Jenkins that asks for a build"
"$slipway" token add "the demonstration's Hudson" --team demo --role developer --expires 1d >"$work/token"
ask "/createItem?name=$asks" -H 'Content-Type: application/xml' --data-binary @- <<END
<?xml version='1.0' encoding='UTF-8'?>
<project><builders><hudson.tasks.Shell><command>set +x
export SLIPWAY_SERVER=$server SLIPWAY_TOKEN=\$(cat $work/token)
exec $slipway start demo/pushed --follow --cancel-on-interrupt</command></hudson.tasks.Shell></builders></project>
END
rm "$git/demo/pushed.hook" # nobody but the job tells of the next push
commit "Asked for at $(date -u +%FT%TZ)." || exit 1
say "\$ curl -X POST $console/job/$asks/build"
ask "/job/$asks/build?delay=0sec" -X POST -o /dev/null
if ! ended "$asks" 0 || ! show "$asks" 16; then status=1; fi

if [ -t 0 ] && [ -t 1 ]; then
	echo
	say "Hudson is at $console (demo, demo-token) and Slipway at $server, until you press Ctrl-C."
	wait "$hudson"
fi
exit "$status"
