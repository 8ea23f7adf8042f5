#!/bin/sh
# install.sh DOWNLOADS VERSION: installs uv, poetry and its export from their wheels,
# without a network, and lets pip install where it is told to.
set -eu
downloads=$1 version=$2
umask 022
rm "/usr/lib/python$version/EXTERNALLY-MANAGED"
ln -s /usr/bin/python3 /usr/local/bin/python

mkdir /tmp/uv
python3 -m zipfile -e "$downloads"/uv-*.whl /tmp/uv
install -m 0755 /tmp/uv/uv-*.data/scripts/uv /tmp/uv/uv-*.data/scripts/uvx /usr/local/bin/
rm -rf /tmp/uv

# Poetry has an environment of its own, which nothing else sees.
uv venv --quiet --python /usr/bin/python3 /opt/poetry
uv pip install --quiet --offline --no-cache --no-index --find-links "$downloads" --python /opt/poetry/bin/python poetry poetry-plugin-export
ln -s /opt/poetry/bin/poetry /usr/local/bin/poetry
find /opt/poetry -name __pycache__ -prune -exec rm -rf {} +
python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/poetry
poetry --version
rm -rf /root/.cache /root/.config /root/.local
