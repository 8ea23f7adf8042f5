#!/usr/bin/env bash
# Usage: make/setup.sh build|lint|run|test
# Brings the machine to where Slipway can be compiled, run or tested: checks
# Go, then asks for the Debian packages that are not there. Says in a sentence
# what is missing when it cannot go on. Touches no network once all is there.
set -euo pipefail
. "$(dirname "$0")/say.sh"

purpose=${1:-build}
. /etc/os-release 2>/dev/null || ID=unknown VERSION_ID=0

# Go comes first: without it there is nothing to do. Go >= 1.21 fetches the
# version that go.mod wants by itself, unless GOTOOLCHAIN=local.
check_go() {
	local want got
	want=$(sed -n 's/^go //p' "$root/go.mod")
	command -v go >/dev/null || die "Go is missing; Slipway needs Go $want or newer." \
		"Install it from https://go.dev/dl and put its bin directory on PATH, then run this again."
	got=$(cd "$root" && go env GOVERSION 2>&1) || die "this Go cannot be used: $got" \
		"Slipway needs Go $want or newer: install it from https://go.dev/dl, or set GOTOOLCHAIN=auto to let Go fetch it."
	got=${got#go}
	[ "$(printf '%s\n' "$want" "$got" | sort -V | head -n 1)" = "$want" ] || die \
		"Go $got is too old; Slipway needs Go $want or newer." \
		"Install it from https://go.dev/dl and put its bin directory on PATH before the old one."
}

# Only where our own engine was tried; a remote daemon works from anywhere.
check_machine() {
	local elsewhere="Elsewhere, build with a BuildKit daemon of yours: bin/slipway build DIR --service TEAM/NAME --buildkit ADDRESS (\`make build\` works here)."
	[ "$(uname -s)/$(uname -m)" = Linux/x86_64 ] ||
		die "the embedded engine runs on Linux on amd64; this is $(uname -s) on $(uname -m)." "$elsewhere"
	case $ID in
	debian) [ "${VERSION_ID%%.*}" -ge 12 ] 2>/dev/null && return ;;
	ubuntu) [ "${VERSION_ID%%.*}" -ge 22 ] 2>/dev/null && return ;;
	esac
	die "the embedded engine is supported on Debian 12 and 13 and on Ubuntu 22.04 and newer; this is ${PRETTY_NAME:-unknown}." "$elsewhere"
}

# wanted prints one line per package: its name, then why.
wanted() {
	if [ "$purpose" = lint ]; then
		echo "shellcheck      checks the shell scripts"
		return
	fi
	echo "git             fetches repositories"
	echo "ca-certificates lets builds trust public registries"
	echo "runc            runs build steps and the images that were built"
	echo "mmdebstrap      makes the stack images from Debian packages"
	[ "$ID" = debian ] || echo "debian-archive-keyring verifies those packages"
	if [ "$(id -u)" != 0 ]; then
		echo "uidmap          maps user ids, since you are not root"
		echo "rootlesskit     starts the engine, since you are not root"
	fi
	if [ "$purpose" = test ]; then
		echo "gcc             the tests run with Go's race detector, which needs cgo"
		echo "libc6-dev       the same"
		echo "postgresql      the record is tested with it; no cluster is made and no server started"
		echo "iproute2        makes the network namespaces that attacks run in"
		echo "nftables        is the firewall whose restart must open nothing"
		[ "$(id -u)" != 0 ] || echo "uidmap          maps user ids for the tests of an engine without root"
		echo "openssh-client  fetches from the tests' ssh server"
		echo "openssh-server  is that server, started by the tests on loopback"
		command -v javac >/dev/null || echo "default-jdk-headless compiles the plugin for Jenkins"
	fi
	if [ "$purpose" = test ] || [ "${JENKINS:-}" = 1 ]; then
		command -v java >/dev/null || echo "default-jre-headless runs Hudson, which stands for Jenkins"
		command -v mvn >/dev/null || echo "maven           fetches it"
		echo "curl            is what its jobs speak to Slipway with"
	fi
}

# missing prints the lines of wanted whose package is not installed.
missing() {
	local name why
	wanted | while read -r name why; do
		[ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || printf '%s %s\n' "$name" "$why"
	done
}

# without_services [sudo -n]: Debian starts what it installs, and nobody wants
# an ssh server of a test's set-up. invoke-rc.d(8) asks this file; one that is
# there already is its owner's.
without_services() {
	local policy=/usr/sbin/policy-rc.d
	[[ " $names " == *' openssh-server '* ]] && [ ! -e $policy ] || return 0
	printf '#!/bin/sh\nexit 101\n' | "$@" tee $policy >/dev/null
	"$@" chmod 755 $policy
	cleanup="rm -f $policy"
	# shellcheck disable=SC2064 # as it is now
	trap "$* $cleanup; [ ! -x /bin/systemctl ] || $* systemctl disable ssh >/dev/null 2>&1 || true" EXIT
}

agreed() {
	[ "${YES:-}" != 1 ] && [ -t 0 ] && [ -t 1 ] || return 0
	local answer
	read -r -p "Install them with apt-get now? [Y/n] " answer
	case $answer in '' | y | Y | yes) ;; *) return 1 ;; esac
}

install_packages() {
	local lines names sudo=()
	lines=$(missing)
	[ -n "$lines" ] || return 0
	names=$(awk '{print $1}' <<<"$lines" | xargs)
	say "Slipway wants these packages:"
	awk '{n=$1; $1=""; printf "  %-24s%s\n", n, $0}' <<<"$lines"
	local later="Install them yourself (apt-get install $names) and run this again."
	agreed || die "not installed." "$later"
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null || die "you are not root and there is no sudo, so $names cannot be installed." "$later"
		if [ -t 0 ]; then sudo -v; else sudo -n true 2>/dev/null; fi ||
			die "sudo asks for a password and there is nobody to type it, so $names cannot be installed." "$later"
		sudo=(sudo -n)
	fi
	local apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
	run "Updating the package lists" retry "${apt[@]}" update ||
		die "the package lists could not be updated; are the network and /etc/apt in order?" "$later"
	# Debian makes and starts a cluster with the server, which nobody wants of a
	# test's set-up. The tests start a server of their own.
	if [[ " $names " == *' postgresql '* ]] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
		"${sudo[@]}" mkdir -p /etc/postgresql-common
		echo 'create_main_cluster = false' | "${sudo[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
		apt+=(-o Dpkg::Options::=--force-confold)
	fi
	without_services "${sudo[@]}"
	# shellcheck disable=SC2086 # names are words
	run "Installing $names" retry "${apt[@]}" install -y --no-install-recommends $names ||
		die "apt-get could not install $names; its words are above." "$later"
}

# A person without root needs ids to map; adduser gives them, other ways of
# making a user may not.
check_ids() {
	[ "$(id -u)" = 0 ] && return
	local user
	user=$(id -un)
	grep -q "^$user:" /etc/subuid 2>/dev/null && grep -q "^$user:" /etc/subgid 2>/dev/null && return
	die "$user has no subordinate ids, which an engine without root needs." \
		"Ask root to run: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $user"
}

check_go
[ "$purpose" = build ] && exit 0
if [ "$purpose" = lint ]; then # also where there are no Debian packages
	if command -v apt-get >/dev/null; then install_packages; fi
	exit 0
fi
check_machine
install_packages
check_ids
