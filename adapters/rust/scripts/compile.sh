# compile COMMAND... -- STUB... -- FILE...: builds the program, sees that the
# image has the libraries it is linked with, and brings the files along that
# it reads.
part=0
for word; do
  shift
  case $part:$word in
    *:--) part=$((part + 1)) ;;
    0:*) set -- "$@" "$word" ;;
    1:*) stub "$word" ;;
    *) cp -a "$word" /files/ ;;
  esac
done
[ -f "$LOCK" ] || [ ! -f /cargo/Cargo.lock ] || cp /cargo/Cargo.lock "$LOCK"
"$@"
[ -z "$BUILT" ] || cp "$BUILT" "$SLIPWAY_OUTPUT"
if [ ! -f "$SLIPWAY_OUTPUT" ]; then
  echo 'slipway: the build command left no program at $SLIPWAY_OUTPUT' >&2
  exit 1
fi
lacks=0
for library in $(readelf --dynamic "$SLIPWAY_OUTPUT" | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p'); do
  case " $LIBRARIES " in *" $library "*) continue ;; esac
  if [ -d /packages ] && find /packages -name "$library" | grep -q .; then continue; fi
  owner=$(dpkg-query --search "*/$library" 2>/dev/null | sed 's/:.*//;q')
  echo "slipway: the program needs the library $library, which the image does not have; name its Debian package${owner:+, $owner,} in packages.run of slipway.yaml" >&2
  lacks=1
done
[ -z "$LAUNCHER" ] || printf '%s' "$LAUNCHER" | cc -O2 -s -x c -o /out/with-port -
exit $lacks
