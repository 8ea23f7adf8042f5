# deps COMMAND -- PACKAGE... -- STUB...: compiles the crates that a module
# depends on, by the command that compiles the module, with stubs for the
# repository's own packages. It is a head start, as that of a program.
command=$1 part=0 own=
shift
for word; do
  case $part:$word in
    *:--) part=$((part + 1)) ;;
    1:*) own="$own --package $word" ;;
    *) stub "$word" ;;
  esac
done
[ -f "$LOCK" ] || [ ! -f /cargo/Cargo.lock ] || cp /cargo/Cargo.lock "$LOCK"
units=$(find "$TARGET" -path '*/.fingerprint/*' -prune | wc -l)
if [ "$units" -gt $((5 * $(grep -c '^name = ' "$LOCK") + 100)) ]; then
  find "$TARGET" -mindepth 1 -delete
fi
(eval "$command") || echo 'slipway: left to the step that compiles the module, which has the real sources' >&2
cp -a "$TARGET/." /deps/
CARGO_TARGET_DIR=/deps cargo clean --quiet --offline --release $own || find /deps -mindepth 1 -delete
