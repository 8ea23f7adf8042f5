#!/bin/sh
# collect.sh OUT PACKAGE|PROGRAM...: copies what a running program can need of
# installed Debian packages to OUT, with their copyright files, and the
# packages' dpkg records, by which scanners know them. Programs are left out,
# but for those that are named by their path.
set -eu
out=$1
shift
mkdir -p "$out/var/lib/dpkg/status.d"
list=$(mktemp)
for package; do
  case $package in
    /*)
      printf '%s\n' "${package#/}"
      continue
      ;;
  esac
  dpkg-query --status "$package" >"$out/var/lib/dpkg/status.d/$package"
  dpkg-query --listfiles "$package" | while IFS= read -r file; do
    case $file in
      /usr/share/doc/*/copyright) ;;
      /usr/share/doc/* | /usr/share/man/* | /usr/share/info/* | /usr/share/lintian/* | /usr/share/bug/*) continue ;;
      /usr/share/base-files/* | /usr/share/common-licenses/* | /usr/share/gcc/* | /usr/share/gdb/*) continue ;;
      /usr/share/zoneinfo/right/* | /usr/share/zoneinfo/posix/*) continue ;;
      /etc/update-motd.d/* | /etc/profile.d/* | /etc/default/* | /etc/ld.so.conf | /root/*) continue ;;
      */gconv/* | */audit/* | /usr/bin/* | /bin/* | /sbin/* | /usr/sbin/*) continue ;;
    esac
    # Debian's lists still say /lib for what lies in /usr/lib.
    case $file in
      /lib/* | /lib64/*) file=/usr$file ;;
    esac
    if [ -L "$file" ] || [ -f "$file" ]; then
      printf '%s\n' "${file#/}"
    fi
  done
done | sort -u >"$list"
tar -C / -cf - --no-recursion -T "$list" | tar -C "$out" -xf -
rm "$list"
