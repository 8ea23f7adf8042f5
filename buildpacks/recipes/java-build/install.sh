#!/bin/sh
# install.sh DOWNLOADS: installs Maven, and writes the JDK's trust store
# again: Debian's script puts the time into it.
set -eu
downloads=$1
umask 022
java /recipes/java-build/TrustStore.java /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/java/cacerts
mkdir -p "$MAVEN_HOME"
tar -xzf "$downloads/maven.tar.gz" -C "$MAVEN_HOME" --strip-components=1 --no-same-owner
ln -s "$MAVEN_HOME/bin/mvn" /usr/local/bin/mvn
mvn --version
rm -rf /root/.m2 /tmp/hsperfdata_*
