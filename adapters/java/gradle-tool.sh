# The Gradle that was fetched, else that of the stack.
if [ -d /gradle/.distribution ]; then
  PATH=/gradle/.distribution/bin:$PATH
elif ! command -v gradle >/dev/null; then
  echo 'the stack has no Gradle for this JDK: commit gradle/wrapper/gradle-wrapper.properties (`gradle wrapper` writes it), and the build fetches what it names' >&2
  exit 1
fi
