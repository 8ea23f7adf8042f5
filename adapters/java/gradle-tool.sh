# The Gradle that was fetched, else that of the stack, where it will do.
# shellcheck disable=SC2016 # a command is quoted
commit='commit gradle/wrapper/gradle-wrapper.properties (`gradle wrapper` writes it), and the build fetches what it names'
if [ -d /gradle/.distribution ]; then
  PATH=/gradle/.distribution/bin:$PATH
elif ! command -v gradle >/dev/null; then
  echo "the stack has no Gradle for this JDK: $commit" >&2
  exit 1
else
  home=$(readlink -f "$(command -v gradle)")
  home=${home%/bin/gradle}
  if [ -n "$(find . -maxdepth 1 -name '*.gradle.kts')" ] && [ -z "$(find "$home/lib" -name 'gradle-kotlin-dsl-[0-9]*.jar')" ]; then
    echo "the stack's Gradle reads no Kotlin scripts: $commit" >&2
    exit 1
  fi
fi
