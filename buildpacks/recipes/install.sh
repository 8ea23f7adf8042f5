#!/bin/sh
# install.sh PACKAGES: installs the .deb files that lie in PACKAGES, without a
# network, and leaves nothing that says when or how.
set -eu
export DEBIAN_FRONTEND=noninteractive
# A step that is interrupted is run again: nothing needs to be on disk now.
apt-get -qq -o DPkg::Options::=--force-unsafe-io -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts=/dev/null -o APT::Sandbox::User=root \
  install --yes --no-install-recommends "$1"/*.deb
rm -rf /var/cache/apt/*.bin /var/log/* /var/lib/dpkg/*-old \
  /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache
