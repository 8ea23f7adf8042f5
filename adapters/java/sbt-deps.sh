# sbt-deps PROJECT TESTS [SOURCES…]: fetches everything that the build of a
# project needs, without its sources: one empty object or class stands for each
# of SOURCES. Leaves what sbt keeps in /sbt and the libraries of the program in
# /libs.
project=$1 tests=$2
shift 2
n=0
for dir; do
  n=$((n + 1))
  mkdir -p "$dir"
  case $dir in
    */java) printf '/** Stands for the sources. */\nfinal class SlipwayStub%s {\n}\n' "$n" >"$dir/SlipwayStub$n.java" ;;
    *) printf '/** Stands for the sources. */\nobject SlipwayStub%s {\n}\n' "$n" >"$dir/SlipwayStub$n.scala" ;;
  esac
done

cache=/var/cache/sbt
[ "$(du -sk "$cache" | cut -f1)" -lt 2000000 ] || rm -rf "$cache"/*
for dir in base boot coursier ivy; do
  [ ! -d "$cache/$dir" ] || cp -Rp "$cache/$dir" /sbt/
done

# The launcher, which fetches sbt itself.
launcher=/sbt/sbt-launch.jar
right() { printf '%s  %s\n' "$SBT_LAUNCHER_SHA256" "$1" | sha256sum -c >/dev/null 2>&1; }
if right "$cache/sbt-launch.jar"; then
  cp "$cache/sbt-launch.jar" "$launcher"
else
  export MAVEN_OPTS="$MAVEN_OPTS $net -Dorg.slf4j.simpleLogger.log.org.eclipse.aether.transport.http=error"
  [ ! -f /run/slipway/settings.xml ] || settings="-s /run/slipway/settings.xml"
  # shellcheck disable=SC2086 # flags without spaces
  (cd /tmp && mvn -B -ntp -q ${settings-} "-Dmaven.repo.local=$cache/m2" -Daether.connector.http.useSystemProperties=true -Daether.transport.http.useSystemProperties=true \
    "$DEPENDENCY_PLUGIN:copy" "-Dartifact=org.scala-sbt:sbt-launch:$SBT_LAUNCHER" -DoutputDirectory=/sbt -Dmdep.stripVersion=true)
  if ! right "$launcher"; then
    echo "the launcher of sbt $SBT_LAUNCHER is not the one that its makers published" >&2
    exit 1
  fi
fi

if [ "$tests" = yes ]; then set -- "${project}Test/compile"; else set --; fi
if ! sbt "${project}slipwayLibraries" "${project}Compile/compile" "$@"; then
  [ -f /tmp/slipway-libraries ] || exit 1
  echo 'without the sources this cannot be made; the next step has them, and no network' >&2
fi

for dir in project/target project/project/target; do
  if [ -d "$dir" ]; then
    mkdir -p "/sbt/build/$dir"
    cp -Rp "$dir/." "/sbt/build/$dir/"
  fi
done
rm -rf "$cache"/base "$cache"/boot "$cache"/coursier "$cache"/ivy
for dir in base boot coursier ivy sbt-launch.jar; do
  [ ! -e "/sbt/$dir" ] || cp -Rp "/sbt/$dir" "$cache/"
done
# Files that were fetched with a login lie below its user's name; the next step
# has no login.
for dir in /sbt/coursier/http*/*%40*; do
  [ -d "$dir" ] || continue
  mkdir -p "${dir%/*}/${dir##*%40}"
  cp -Rp "$dir/." "${dir%/*}/${dir##*%40}/"
  rm -rf "$dir"
done
find /sbt -name '*.lock' -delete
