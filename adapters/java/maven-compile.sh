# maven-compile MODULE PHASE [COMMAND]: compiles, with COMMAND in the
# service's directory when there is one, and leaves the classes in /out.
module=$1 phase=$2 command=${3-}
root=$(pwd)
if [ -n "$command" ]; then
  (cd "$SERVICE_DIR" && /bin/sh -euc "$command")
else
  [ "$module" = . ] || set -- -pl "$module" -am
  [ "$module" != . ] || set --
  # shellcheck disable=SC2086 # flags without spaces
  mvn -q $MAVEN_FLAGS "$@" "$phase"
fi
cd "$root"
take() {
  if [ ! -d "$1" ]; then
    echo "the build left no classes in $1" >&2
    exit 1
  fi
  mkdir -p "$2"
  cp -R "$1/." "$2/"
}
take "$module/target/classes" /out/classes
while read -r dir; do
  take "$dir/target/classes" "/out/modules/$dir"
done </m2/slipway-modules
