# The Gradle that the wrapper's properties name, unless the stack has the same:
# fetched here and run from where it was unpacked. Nothing of the repository's
# own wrapper is run.
if [ -n "${GRADLE_DISTRIBUTION-}" ]; then
  have=$(command -v gradle || :)
  if [ -n "$have" ]; then
    home=$(readlink -f "$have")
    have=$(find "${home%/bin/gradle}/lib" -name 'gradle-core-[0-9]*.jar' | sed 's/.*gradle-core-\(.*\)\.jar/\1/')
  fi
  if [ "$have" != "$2" ]; then
    printf '%s\n' "$DISTRIBUTION_FETCHER" >/tmp/Distribution.java
    # shellcheck disable=SC2086 # flags without spaces
    java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC $net /tmp/Distribution.java \
      "$GRADLE_DISTRIBUTION" "$GRADLE_DISTRIBUTION_SHA256" /run/slipway/gradle-distributions /var/cache/gradle/.distribution /gradle/.distribution
  fi
fi
