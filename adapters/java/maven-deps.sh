# maven-deps MODULE PHASE [SOURCES…]: fetches everything that the build of a
# module needs, by running it once over sources that are not there: one empty
# class stands for each of SOURCES. Leaves the local repository in /m2 and the
# libraries of the program in /libs.
module=$1 phase=$2
shift 2
n=0
for dir; do
  n=$((n + 1))
  mkdir -p "$dir"
  case $dir in
    */scala)
      printf '/** Stands for the sources. */\nobject SlipwayStub%s {\n  def main(args: Array[String]): Unit = ()\n}\n' "$n" >"$dir/SlipwayStub$n.scala"
      continue
      ;;
  esac
  case $dir in */test/*) class=SlipwayStub${n}Test ;; *) class=SlipwayStub$n ;; esac
  printf '/** Stands for the sources. */\nfinal class %s {\n    /** Starts nothing. */\n    public static void main(String[] args) {\n    }\n}\n' "$class" >"$dir/$class.java"
done

# The cache only makes this faster; what nobody uses any more piles up in it.
cache=/var/cache/m2
[ "$(du -sk "$cache" | cut -f1)" -lt 2000000 ] || rm -rf "$cache"/*
# A JVM learns of a proxy by properties, which Maven warns of at every file.
export MAVEN_OPTS="$MAVEN_OPTS $net -Dorg.slf4j.simpleLogger.log.org.eclipse.aether.transport.http=error"
settings=/run/slipway/settings.xml
run() {
  if [ -f "$settings" ]; then set -- -s "$settings" "$@"; fi
  [ "$module" = . ] || set -- -pl "$module" -am "$@"
  { mvn -B -ntp -U "-Dmaven.repo.local=$cache" -Daether.connector.http.useSystemProperties=true -Daether.transport.http.useSystemProperties=true \
    "$@" "$DEPENDENCY_PLUGIN:build-classpath" -Dmdep.includeScope=runtime -Dmdep.outputFile=.slipway-classpath && : >/tmp/done; } 2>&1 | tee /tmp/maven.log
  [ -f /tmp/done ]
}
# shellcheck disable=SC2086 # flags without spaces
if ! run $MAVEN_FLAGS "$phase"; then
  # What could not be had the first time cannot be had the second.
  if grep -qE 'Could not (transfer|find) artifact|Non-(resolvable|parseable)' /tmp/maven.log; then exit 1; fi
  echo 'once more, without running what failed' >&2
  run $MAVEN_FLAGS "$DEPENDENCY_PLUGIN:go-offline"
fi

# Without the marks of where they came from, an offline build takes files
# from everywhere as its own.
cp -R "$cache/." /m2/
find /m2 \( -name _remote.repositories -o -name '*.lastUpdated' -o -name resolver-status.properties \) -delete

# Modules of the build are not there yet: they come with the program.
classpath=/app/classes
: >/m2/slipway-modules
here=$(pwd)
IFS=:
for file in $(cat "$module/.slipway-classpath"); do
  name=${file##*/}
  case $file in
    "$here"/target/*) printf '.\n' >>/m2/slipway-modules; classpath=$classpath:/app/modules ;;
    "$here"/*/target/*)
      dir=${file#"$here"/}
      dir=${dir%%/target/*}
      printf '%s\n' "$dir" >>/m2/slipway-modules
      classpath=$classpath:/app/modules/$dir
      ;;
    */spring-boot-devtools-*.jar | */spring-boot-docker-compose-*.jar | */spring-boot-configuration-processor-*.jar | */org/projectlombok/lombok/*) ;;
    *)
      if [ -e "/libs/$name" ]; then
        group=${file%/*/*/*}
        name=${group##*/}-$name
      fi
      cp "$file" "/libs/$name"
      classpath=$classpath:/app/lib/$name
      ;;
  esac
done
printf -- '-cp\n"%s"\n' "$classpath" >/libs/classpath
