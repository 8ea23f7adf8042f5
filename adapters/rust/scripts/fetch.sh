# fetch STUB...: downloads what Cargo.lock names for linux/amd64 and leaves in
# /fetched the CARGO_HOME of the steps that have no network. CARGO_HOME itself
# is a cache, which nothing but cargo writes here.
settings=/run/slipway/cargo.toml
for path; do stub "$path"; done
set --
[ ! -f "$settings" ] || set -- --config "$settings"
[ -f "$LOCK" ] || cargo "$@" generate-lockfile
# Debian's cargo 1.96 meets a libgit2 that it was not made for, and cannot make
# a checkout of what git has fetched for it ("invalid version 0 on
# git_proxy_options"). Git makes it then, where cargo looks for it: one more each
# time, since cargo fetches a repository when it has the one before.
checkout() {
  made=1
  sed -n 's/^source = "git+\([^?#]*\).*#\([0-9a-f]*\)".*$/\1 \2/p' "$LOCK" | sort -u >/tmp/sources
  while read -r url sha; do
    name=${url%/}
    name=${name##*/}
    for db in "$CARGO_HOME/git/db/${name%.git}"-*; do
      git --git-dir="$db" cat-file -e "$sha^{commit}" 2>/dev/null || continue
      to=$CARGO_HOME/git/checkouts/${db##*/}/$(git --git-dir="$db" -c core.abbrev=7 rev-parse --short "$sha")
      [ ! -f "$to/.cargo-ok" ] || continue
      rm -rf "$to"
      git clone --quiet --no-checkout "$db" "$to" && git -C "$to" checkout --quiet --detach "$sha" &&
        git -C "$to" submodule --quiet update --init --recursive && : >"$to/.cargo-ok" && made=0
    done
  done </tmp/sources
  return $made
}
until cargo "$@" fetch --locked --target x86_64-unknown-linux-gnu; do checkout || exit 101; done
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
