#!/bin/sh
# files.sh OUT: lays out in OUT what the runtime image has more than cc.
set -eu
out=$1
ssl=libssl3
if ! dpkg-query --status "$ssl" >/dev/null 2>&1; then
  ssl=libssl3t64 # its name since Debian 13, by the size of time_t
fi
sh -eu /recipes/collect.sh "$out" dash libbz2-1.0 libexpat1 libffi8 liblzma5 libsqlite3-0 "$ssl" zlib1g \
  /usr/bin/dash /usr/bin/sh

# Where OpenSSL looks for certificates: the package that has the links has a
# program, too.
mkdir -p "$out/usr/lib/ssl"
ln -s /etc/ssl/certs "$out/usr/lib/ssl/certs"
ln -s /etc/ssl/certs/ca-certificates.crt "$out/usr/lib/ssl/cert.pem"
