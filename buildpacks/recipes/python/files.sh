#!/bin/sh
# files.sh OUT VERSION: lays out in OUT what the python image has more than
# runtime.
set -eu
out=$1 version=$2
umask 022
packages="python3 python3-minimal libpython3-stdlib python$version python$version-minimal libpython$version-minimal libpython$version-stdlib media-types"
for more in python3-distutils; do # a package of its own before 3.12
  if dpkg-query --status "$more" >/dev/null 2>&1; then packages="$packages $more"; fi
done
# shellcheck disable=SC2046,SC2086 # one argument for each package
sh -eu /recipes/collect.sh "$out" $packages \
  $(sh -eu /recipes/libraries.sh "/usr/bin/python$version" "/usr/lib/python$version/lib-dynload") \
  "/usr/bin/python$version" /usr/bin/python3
mkdir -p "$out/usr/local/bin"
ln -s /usr/bin/python3 "$out/usr/local/bin/python"
ln -s "/usr/bin/python$version" "$out/usr/local/bin/python$version"

library=$out/usr/lib/python$version
rm -rf "$library/ensurepip" "$library/idlelib" "$library/test" "$library/tkinter" "$library/turtledemo"
# Bytecode that is valid whatever the time of its source is: all files of an
# image have one.
find "$out" -name __pycache__ -prune -exec rm -rf {} +
python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash -s "$out" "$library"
