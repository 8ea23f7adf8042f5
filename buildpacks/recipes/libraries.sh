#!/bin/sh
# libraries.sh DIR...: prints the installed Debian packages that have the
# libraries which the programs and libraries below the DIRs are linked with.
set -eu
objects=$(mktemp)
find "$@" -type f \( -perm -u=x -o -name '*.so' -o -name '*.so.*' \) >"$objects"
while IFS= read -r object; do
  ldd "$object" 2>/dev/null | sed -n 's|.* => \(/[^ ]*\) .*|\1|p; s|.* => not found|missing for '"$object"'|p' || true
done <"$objects" | sort -u | while IFS= read -r library; do
  case $library in
    /*) ;;
    *) echo "$library" >&2 && exit 1 ;;
  esac
  # Debian's lists and the linker disagree on whether it is in /lib or /usr/lib.
  owner=$(dpkg-query --search "*/${library##*/}" 2>/dev/null | grep -E ": (/usr)?${library#/usr}\$" | sed 's/:.*//' | head -n 1)
  printf '%s\n' "$owner"
done | grep . | sort -u
rm "$objects"
