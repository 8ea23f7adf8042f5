#!/bin/sh
# carries.sh VERSION COMMAND...: fails unless what COMMAND says of its version
# is VERSION or a patch of it. Debian gives some programs newer minor versions
# as updates; one that came with them is only noted.
set -eu
version=$1
shift
says=$("$@" 2>&1)
is=$(printf '%s\n' "$says" | grep -Eo '[0-9]+(\.[0-9]+)*' | head -n 1)
case $is. in
  "$version".*) exit 0 ;;
esac
newer=$(printf '%s\n' "$version" "$is" | sort -V | tail -n 1)
if [ "${is%%.*}" = "${version%%.*}" ] && [ "$newer" = "$is" ]; then
  echo "Debian has $is here, newer than the $version that this image is called"
  exit 0
fi
echo "$1 is of version $is, wanted $version" >&2
exit 1
