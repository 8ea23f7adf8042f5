# gradle-compile PROJECT RESULT [COMMAND]: compiles, with COMMAND in the
# service's directory when there is one, and leaves the classes in /out; with
# RESULT, that file or directory of the project's directory.
project=$1 result=$2 command=${3-}
root=$(pwd)
printf '%s\n' "$INIT_SCRIPT" >/tmp/slipway.gradle
set -- --offline --no-daemon --console=plain -q --init-script /tmp/slipway.gradle
if [ -n "$command" ]; then
  (cd "$SERVICE_DIR" && /bin/sh -euc "$command")
fi
if [ -z "$result" ]; then
  gradle "$@" "$project:slipwayProgram"
  exit
fi
[ -n "$command" ] || gradle "$@" "$project:assemble"
cd "$root/$PROJECT_DIR"
if [ ! -e "$result" ]; then
  echo "the build left no $result" >&2
  exit 1
fi
if [ -d "$result" ]; then
  cp -R "$result/." /out/
else
  cp "$result" /out/
fi
