#!/bin/sh
# files.sh OUT: lays out in OUT what the runtime image has more than cc.
set -eu
out=$1
# One package's name changed with the size of time_t.
ssl=$(dpkg-query --show --showformat '${Package}\n' 'libssl3*')
sh -eu /recipes/collect.sh "$out" dash libbz2-1.0 libexpat1 libffi8 liblzma5 libsqlite3-0 "$ssl" zlib1g \
  /usr/bin/dash /usr/bin/sh
