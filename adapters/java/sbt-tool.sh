# sbt as all steps start it: what it keeps is below /sbt, it draws nothing and
# leaves no server behind. Of .jvmopts and .sbtopts memory and properties count.
mkdir -p /tmp/bin /sbt/base
printf '%s\n' "$GLOBAL_SETTINGS" >/sbt/base/global.sbt
export COURSIER_CACHE=/sbt/coursier
options=$(cat .jvmopts .sbtopts 2>/dev/null | sed -n 's/^-J//; /[[:space:]]/d; /^-D./p; /^-Xm[sx]/p; /^-Xss/p' | tr '\n' ' ')
SBT_FLAGS="$SBT_FLAGS -Xss4m $options ${net-} -Dsbt.global.base=/sbt/base -Dsbt.boot.directory=/sbt/boot -Dsbt.ivy.home=/sbt/ivy
  -Dsbt.server.autostart=false -Dsbt.supershell=false -Dsbt.color=false -Dsbt.log.noformat=true -Dsbt.ci=true"
# What the organisation says of repositories counts in every step: files that
# were fetched are found again under the addresses that they came from.
repositories=/sbt/repositories
[ ! -f /run/slipway/sbt.repositories ] || cp /run/slipway/sbt.repositories "$repositories"
if [ -f "$repositories" ]; then
  SBT_FLAGS="$SBT_FLAGS -Dsbt.repository.config=$repositories"
  ! grep -qx '# sbt.override.build.repos=true' "$repositories" || SBT_FLAGS="$SBT_FLAGS -Dsbt.override.build.repos=true"
fi
[ ! -f /run/slipway/coursier.properties ] || export COURSIER_CREDENTIALS=/run/slipway/coursier.properties
export SBT_FLAGS
cat >/tmp/bin/sbt <<'EOF'
#!/bin/sh
options=
while [ $# -gt 0 ]; do
  case $1 in
    -D*) options="$options $1" ;;
    -J*) options="$options ${1#-J}" ;;
    -batch | -v | -no-colors | -client | --client | --batch | --no-colors | --no-server) ;;
    *) break ;;
  esac
  shift
done
exec java $SBT_FLAGS $options -jar /sbt/sbt-launch.jar "$@"
EOF
chmod +x /tmp/bin/sbt
PATH=/tmp/bin:$PATH
export PATH
