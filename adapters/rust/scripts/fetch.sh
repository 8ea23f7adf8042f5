# fetch STUB...: downloads what Cargo.lock names for linux/amd64 and leaves in
# /fetched the CARGO_HOME of the steps that have no network. CARGO_HOME itself
# is a cache, which nothing but cargo writes here.
settings=/run/slipway/cargo.toml
for path; do stub "$path"; done
set --
[ ! -f "$settings" ] || set -- --config "$settings"
[ -f "$LOCK" ] || cargo "$@" generate-lockfile
cargo "$@" fetch --locked --target x86_64-unknown-linux-gnu
cp "$LOCK" /fetched/Cargo.lock
cd "$CARGO_HOME"
# What this lock does not name is dropped, so that the cache never grows.
if [ -d registry/src ]; then
  tr -d '\r' <"$LOCK" | awk -F'"' '/^name = / { name = $2 } /^version = / { print name "-" $2 }' >/tmp/named
  find registry/src registry/cache -mindepth 2 -maxdepth 2 | awk 'NR == FNR { named[$1]; next }
    { crate = $0; sub(/.*\//, "", crate); sub(/\.crate$/, "", crate) } !(crate in named)' /tmp/named - | xargs -r rm -rf
  cp -a registry /fetched/
fi
if grep -q '^source = "git+' "$LOCK"; then cp -a git /fetched/; else rm -rf git; fi
# Of the settings, the steps without a network have to know what stands for
# what, and no credentials. The name of a mirror is in the paths that a program
# says when it panics, so it is taken out of them.
: >/fetched/config.toml
if [ -f "$settings" ] && grep -v '^registries\..*\.token = ' "$settings" >/fetched/config.toml; then
  {
    printf 'target.x86_64-unknown-linux-gnu.rustflags = [%s' "$FLAGS"
    for source in registry/src/*; do
      printf '"--remap-path-prefix=/cargo/%s=/cargo/registry/src/crates",' "$source"
    done
    echo ']'
  } >>/fetched/config.toml
fi
