# deps CARGO-ARGUMENT... -- PACKAGE... -- STUB... -- DIR...: compiles the crates that the
# program depends on, with stubs for the repository's own. It is a head start:
# what it cannot compile, the compile step compiles, or says why not. The cache
# has what other sets of dependencies have in common with this one. The
# directories are of packages that stand for published ones; they are touched,
# since the cache may have what was made of them when they were others.
part=0 own=
for word; do
  shift
  case $part:$word in
    *:--) part=$((part + 1)) ;;
    0:*) set -- "$@" "$word" ;;
    1:*) own="$own --package $word" ;;
    2:*) stub "$word" ;;
    *) find "$word" -type f -exec touch {} + ;;
  esac
done
[ -f "$LOCK" ] || [ ! -f /cargo/Cargo.lock ] || cp /cargo/Cargo.lock "$LOCK"
units=$(find "$TARGET" -path '*/.fingerprint/*' -prune | wc -l)
if [ "$units" -gt $((5 * $(grep -c '^name = ' "$LOCK") + 100)) ]; then
  find "$TARGET" -mindepth 1 -delete
fi
cargo "$@" || echo 'slipway: left to the step "compile", which has the real sources' >&2
cp -a "$TARGET/." /deps/
# Cargo tells by time whether a source is newer than what was made of it. None
# is compared with a stub: of the repository's own packages nothing is left.
CARGO_TARGET_DIR=/deps cargo clean --quiet --offline $CLEAN $own || find /deps -mindepth 1 -delete
