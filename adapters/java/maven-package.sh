# maven-package MODULE RESULT [COMMAND]: builds until there is RESULT, a jar or
# a directory of the module, and leaves it in /out; libraries that lie in its
# lib directory in /libs.
module=$1 result=$2 command=${3-}
root=$(pwd)
if [ -n "$command" ]; then
  (cd "$SERVICE_DIR" && /bin/sh -euc "$command")
else
  [ "$module" = . ] || set -- -pl "$module" -am
  [ "$module" != . ] || set --
  # shellcheck disable=SC2086 # flags without spaces
  mvn -q $MAVEN_FLAGS "$@" package
fi
cd "$root/$module"
if [ ! -e "$result" ]; then
  echo "the build left no $result in $module" >&2
  exit 1
fi
if [ -d "$result" ]; then
  cp -R "$result/." /out/
else
  cp "$result" /out/
  [ ! -d "${result%/*}/lib" ] || cp -R "${result%/*}/lib" /out/
fi
if [ -d /out/lib ]; then
  cp -R /out/lib/. /libs/
  rm -rf /out/lib
fi
