# gradle-deps PROJECT WRAPPER TESTS [SOURCES…]: fetches everything that the
# build of a project needs, without its sources: one empty class stands for
# each of SOURCES. Leaves Gradle's home in /gradle and the libraries of the
# program in /libs.
project=$1
export SLIPWAY_TESTS=$3
shift 3
n=0
for dir; do
  n=$((n + 1))
  mkdir -p "$dir"
  printf '/** Stands for the sources. */\nfinal class SlipwayStub%s {\n}\n' "$n" >"$dir/SlipwayStub$n.java"
done

cache=/var/cache/gradle
[ "$(du -sk "$cache" | cut -f1)" -lt 2000000 ] || rm -rf "$cache"/*
copy() { # FROM… TO
  [ ! -e "$1" ] || cp -R "$@"
}
copy "$cache"/* /gradle/
export GRADLE_OPTS="$GRADLE_OPTS $net"
tool() {
  set -- "$@" --no-daemon --console=plain --init-script /tmp/slipway.gradle
  [ ! -f /run/slipway/init.gradle ] || set -- "$@" --init-script /run/slipway/init.gradle
  # shellcheck disable=SC2086 # flags without spaces
  gradle $net "$@"
}
printf '%s\n' "$INIT_SCRIPT" >/tmp/slipway.gradle
tool "$project:classes" "$project:slipwayLibraries"

rm -rf "$cache"/* /gradle/daemon /gradle/workers
copy /gradle/* "$cache/"
find /gradle -name '*.lock' -delete
