#!/bin/sh
# files.sh OUT PACKAGES: lays out the root of the static run image in OUT.
# PACKAGES has the .deb of tini.
set -eu
out=$1 packages=$2
umask 022

# One /usr, as Debian has it, so that an image on top can add libraries.
mkdir -p "$out/usr/bin" "$out/usr/sbin" "$out/usr/lib" "$out/usr/lib64"
for d in bin sbin lib lib64; do ln -s "usr/$d" "$out/$d"; done

# A container runtime mounts on these also where the root is read-only.
mkdir -p "$out/proc" "$out/sys" "$out/dev" "$out/run" "$out/etc/ssl/certs" "$out/var/tmp" "$out/tmp"
chmod 1777 "$out/tmp" "$out/var/tmp"
mkdir -m 0700 "$out/root"
mkdir -p "$out/home/slipway"
chown 10001:10001 "$out/home/slipway"

sh -eu /recipes/collect.sh "$out" base-files netbase tzdata
cp /etc/ssl/certs/ca-certificates.crt "$out/etc/ssl/certs/"
dpkg-query --status ca-certificates >"$out/var/lib/dpkg/status.d/ca-certificates"

# The init: a program that is PID 1 gets no default action for signals, and
# nobody reaps its orphans.
mkdir /tini
dpkg-deb --extract "$packages"/tini_*.deb /tini
cp /tini/usr/bin/tini-static "$out/usr/sbin/slipway-init"
mkdir -p "$out/usr/share/doc/tini"
cp /tini/usr/share/doc/tini/copyright "$out/usr/share/doc/tini/"
{
  dpkg-deb --field "$packages"/tini_*.deb | sed '/^Package:/a Status: install ok installed'
} >"$out/var/lib/dpkg/status.d/tini"

cat >"$out/etc/passwd" <<'P'
root:x:0:0:root:/root:/sbin/nologin
slipway:x:10001:10001:slipway:/home/slipway:/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin
P
cat >"$out/etc/group" <<'P'
root:x:0:
slipway:x:10001:
nogroup:x:65534:
P
echo 'hosts: files dns' >"$out/etc/nsswitch.conf"
