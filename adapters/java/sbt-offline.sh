# What the dependency step fetched and made of the build itself is taken as it
# is: there is no network.
export COURSIER_MODE=offline
SBT_FLAGS="$SBT_FLAGS -Dsbt.offline=true"
[ ! -d /sbt/build ] || cp -Rp /sbt/build/. "$BUILD_DIR/"
