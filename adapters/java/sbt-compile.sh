# sbt-compile PROJECT RESULT TASK [COMMAND]: compiles, with COMMAND in the
# service's directory when there is one, and leaves the classes in /out; with
# RESULT, that file of the project's directory, which TASK makes.
project=$1 result=$2 task=$3 command=${4-}
root=$(pwd)
if [ -n "$command" ]; then
  (cd "$SERVICE_DIR" && /bin/sh -euc "$command")
fi
if [ -z "$result" ]; then
  sbt "${project}slipwayProgram"
  exit
fi
[ -n "$command" ] || sbt "$project$task"
cd "$root/$PROJECT_DIR"
if [ ! -e "$result" ]; then
  echo "the build left no $result" >&2
  exit 1
fi
cp "$result" /out/
