#!/bin/sh
# files.sh OUT VERSION: lays out in OUT what the java image has more than
# runtime.
set -eu
out=$1 version=$2
umask 022
home=/usr/lib/jvm/java-$version-openjdk-amd64
# fontconfig is what the JRE opens by name when something measures text.
# shellcheck disable=SC2046 # one argument for each package
sh -eu /recipes/collect.sh "$out" "openjdk-$version-jre-headless" ca-certificates-java java-common \
  libfontconfig1 fontconfig-config \
  $(dpkg-query --listfiles "openjdk-$version-jre-headless" | grep -E '/bin/java$|\.so$' | xargs sh -eu /recipes/libraries.sh)
mkdir -p "$out/usr/bin" "$out/etc/ssl/certs/java"
ln -s "$home/bin/java" "$out/usr/bin/java"
cp /etc/ssl/certs/java/cacerts "$out/etc/ssl/certs/java/"
