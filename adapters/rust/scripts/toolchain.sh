# toolchain VERSION HOST [TARGET]: brings rustc, cargo and the standard library
# of a release of Rust, as rustup finds them: the release's manifest says where
# they are and what their checksums are. apt's own helper fetches and unpacks
# them: every build image has it.
server=https://static.rust-lang.org
[ ! -f /run/slipway/rust-distributions ] || read -r server </run/slipway/rust-distributions
server=${server%/}
fail() {
  printf 'slipway: %s\n' "$*" >&2
  exit 1
}
fetch() { # URL FILE
  /usr/lib/apt/apt-helper -qq -o APT::Sandbox::User=root -o Dir::Etc::netrc=/root/.netrc -o Acquire::Retries=3 \
    -o Acquire::https::CAInfo="${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" download-file "$1" "$2" >/tmp/said 2>&1
}
missing() { grep -q ' 404 ' /tmp/said; }
get() { # URL FILE SHA256
  fetch "$1" "$2" || {
    cat /tmp/said >&2
    fail "Rust $release cannot be fetched from $1"
  }
  sum=$(sha256sum <"$2")
  [ "${sum%% *}" = "$3" ] || fail "Rust $release is not what it should be: the SHA-256 of $1 is ${sum%% *}, not $3"
}
newest() { # RELEASE | stable: the number that it stands for
  fetch "$server/dist/channel-rust-$1.toml" /tmp/other || return 0
  awk -F'["( ]' '/^\[/ { on = $0 == "[pkg.rust]" } on && /^version = / { print $4; exit }' /tmp/other
}
release=$1 host=$2
shift
manifest=channel-rust-$release.toml
fetch "$server/dist/$manifest.sha256" /tmp/sum || {
  missing || {
    cat /tmp/said >&2
    fail "Rust $release cannot be fetched from $server/dist/$manifest.sha256"
  }
  minor=$(echo "$release" | cut -d. -f1,2) near=
  [ "$minor" = "$release" ] || near=$(newest "$minor")
  [ -z "$near" ] || fail "there is no Rust $release at $server; the newest $minor is $near"
  near=$(newest stable)
  fail "there is no Rust $release at $server${near:+; the newest is $near}"
}
get "$server/dist/$manifest" /tmp/manifest "$(cut -c1-64 /tmp/sum)"
bring() { # COMPONENT TARGET [DIRECTORY]
  found=$(awk -F'"' -v want="[pkg.$1.target.$2]" '/^\[/ { on = $0 == want } on && /^xz_url = / { url = $2 } on && /^xz_hash = / { sum = $2 }
    END { if (url != "") print url, sum }' /tmp/manifest)
  [ -n "$found" ] || fail "Rust $release has no $1 for $2"
  url=${found% *}
  case $url in https://static.rust-lang.org/*) url=$server/${url#https://static.rust-lang.org/} ;; esac
  get "$url" /tmp/part.tar.xz "${found##* }"
  /usr/lib/apt/apt-helper cat-file /tmp/part.tar.xz |
    tar -x --no-same-owner --strip-components=2 -C /toolchain --wildcards --exclude='*/manifest.in' --exclude='*/share/doc' --exclude='*/share/man' "*/${3:-$1}/*"
  rm /tmp/part.tar.xz
}
bring rustc "$host"
bring cargo "$host"
for target; do bring rust-std "$target" "rust-std-$target"; done
/toolchain/bin/rustc --version
/toolchain/bin/cargo --version
