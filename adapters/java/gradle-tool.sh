# The Gradle of the stack, where the build asks for none or for the same; else
# the wrapper, which fetches its own.
wrapper=$2
gradle=
if command -v gradle >/dev/null; then
  have=$(gradle --offline --version 2>/dev/null | sed -n 's/^Gradle //p')
  if [ -z "$wrapper" ] || [ "$have" = "$wrapper" ]; then gradle=gradle; fi
fi
if [ -z "$gradle" ] && [ -n "$wrapper" ]; then gradle="sh ./gradlew"; fi
if [ -z "$gradle" ]; then
  echo 'the stack has no Gradle, and the repository no wrapper: commit gradlew and gradle/wrapper (`gradle wrapper` writes them)' >&2
  exit 1
fi
