#!/bin/sh
# libraries.sh DIR|FILE...: prints the installed Debian packages that have the
# libraries which the programs and libraries there are linked with.
set -eu
temporary=$(mktemp -d)

# No pipelines: the failure of a part of one would go unseen.
find "$@" -type f \( -perm -u=x -o -name '*.so' -o -name '*.so.*' \) >"$temporary/objects"
while IFS= read -r object; do
  ldd "$object" 2>/dev/null || true # a script, or a static program
done <"$temporary/objects" >"$temporary/ldd"
# What lies beside the program itself is opened before those that need it.
# Anything else that is missing is what Debian only recommends, such as sound.
sed -n 's|^[[:space:]]*\(.*\) => not found$|\1|p' "$temporary/ldd" >"$temporary/missing"
sort -u "$temporary/missing" -o "$temporary/missing"
while IFS= read -r library; do
  if [ -z "$(find "$@" -name "$library")" ]; then
    echo "left out, as Debian's packages do not insist on it: $library" >&2
  fi
done <"$temporary/missing"
sed -n 's|.* => \(/[^ ]*\).*|\1|p' "$temporary/ldd" >"$temporary/libraries"
sort -u "$temporary/libraries" -o "$temporary/libraries"
while IFS= read -r library; do
  # Debian's lists and the linker disagree on whether it is in /lib or /usr/lib.
  dpkg-query --search "*/${library##*/}" >"$temporary/owners" || {
    echo "no package has the library $library" >&2
    exit 1
  }
  sed -n "/^diversion /d; s|:.* \(/usr\)\{0,1\}${library#/usr}\$||p" "$temporary/owners"
done <"$temporary/libraries" >"$temporary/packages"
sort -u "$temporary/packages"
rm -r "$temporary"
