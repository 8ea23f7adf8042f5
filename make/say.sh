# shellcheck shell=bash
# Sourced by the other scripts: how they speak, wait and try again.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=$root/.cache/logs
mkdir -p "$logs"

say() { printf '%s\n' "$*"; }

# die SENTENCE...: says what is missing and what to do, one line each; exits 1.
die() {
	printf 'slipway: %s\n' "$1" >&2
	shift
	for line in "$@"; do printf '  %s\n' "$line" >&2; done
	exit 1
}

# run LABEL COMMAND...: runs the command with its output in a log file, and
# shows that it is alive: a counter on a terminal, a line each 20 s elsewhere.
# On failure prints the end of the log and gives the command's exit status.
# The command runs in a process group of its own, which ends with this script.
# Leaves the log's name in $log.
run() {
	local label=$1 start=$SECONDS next=20 status=0 pid
	shift
	log=$logs/$(tr -cs 'a-z0-9\n' '-' <<<"${label,,}" | cut -c1-40).log
	set -m
	"$@" >"$log" 2>&1 </dev/null &
	pid=$!
	set +m
	trap 'kill -TERM -- -'"$pid"' 2>/dev/null; exit 130' INT TERM
	[ -t 1 ] || say "$label"
	while kill -0 "$pid" 2>/dev/null; do
		if [ -t 1 ]; then
			printf '\r%s … %d s ' "$label" $((SECONDS - start))
		elif ((SECONDS - start >= next)); then
			next=$((SECONDS - start + 20))
			say "  … $((SECONDS - start)) s"
		fi
		wait_a_second "$pid"
	done
	wait "$pid" || status=$?
	trap - INT TERM
	[ -t 1 ] && printf '\r\033[K'
	if ((status)); then
		say "$label: failed after $((SECONDS - start)) s. The end of $log:"
		tail -n 30 "$log" | sed 's/^/  | /'
		return "$status"
	fi
	say "$label: done in $((SECONDS - start)) s"
}

# wait_a_second PID: returns after a second, or at once when the process ends.
wait_a_second() { timeout 1 tail --pid="$1" -s 0.1 -f /dev/null || true; }

# retry COMMAND...: tries three times, after pauses of 3 and 10 seconds, since
# mirrors and proxies have hiccups.
retry() {
	local pause
	for pause in 3 10; do
		"$@" && return
		echo "did not work; trying again in $pause s: $*" >&2
		sleep "$pause"
	done
	"$@"
}

# heartbeat: copies lines from stdin, and says so when 45 s passed in silence.
heartbeat() {
	local line part='' status start=$SECONDS
	while :; do
		status=0
		IFS= read -r -t 45 line || status=$?
		part+=$line
		if ((status == 0)); then
			printf '%s\n' "$part"
			part=''
		elif ((status > 128)); then
			printf '  … still running after %d s\n' $((SECONDS - start))
		else
			printf '%s' "$part"
			return 0
		fi
	done
}
