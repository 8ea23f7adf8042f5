#!/bin/sh
# files.sh OUT: compiles the server into OUT, with the standard library and
# nothing else.
set -eu
out=$1
umask 022
mkdir -p "$out/usr/sbin" /src
cp /recipes/web/*.go /src/
rm -f /src/*_test.go
cd /src
go mod init slipway.internal/web
CGO_ENABLED=0 GOCACHE=/usr/local/go-cache GOPROXY=off go build -trimpath -buildvcs=false -ldflags '-s -w' -o "$out/usr/sbin/slipway-web" .
