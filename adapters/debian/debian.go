// Package debian gives the steps that bring Debian packages into a build and
// into an image.
package debian

import (
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// Names of the steps.
const (
	StepBuild = "packages"
	StepRun   = "run-packages"
)

const (
	runImage  = "/run-image"
	outputDir = "/packages"
)

// install is the usual way, with the packages' own set-up.
const install = `apt-get -qq update
apt-get -qq install -y --no-install-recommends "$@"`

// choose takes of names with | between them the first that the release has.
const choose = `apt-get -qq update
n=$#
while [ "$n" -gt 0 ]; do
  want=$1 name=
  shift
  for name in $(echo "$want" | tr '|' ' '); do
    ! apt-cache show "$name" >/dev/null 2>&1 || break
  done
  set -- "$@" "$name"
  n=$((n - 1))
done
apt-get -qq install -y --no-install-recommends "$@"`

// unpack gets the packages that the run image lacks, by the records that it
// has of its own, and lays out their files. What those records depend on does
// not count: whoever made the run image left out what nobody runs. Nor do the
// packages that only set-up scripts need, which do not run: there is no root
// to run them in. What Debian still ships below /lib and /bin goes to /usr,
// where a merged system has it; documentation and what only a package manager
// reads stays behind. A run image has no ldconfig, and no list of libraries:
// the linker finds them where they lie. Who looks one up by its name, as
// Python's ctypes does, asks ldconfig all the same.
const unpack = `cd /
umask 022
status=/tmp/status
: >"$status"
for file in ` + runImage + `/var/lib/dpkg/status ` + runImage + `/var/lib/dpkg/status.d/*; do
  case $file in *.md5sums) continue ;; esac
  [ -f "$file" ] || continue
  sed -E -e '/^(Pre-Depends|Depends|Recommends|Status):/d' -e '/^Package:/a Status: install ok installed' "$file" >>"$status"
  echo >>"$status"
done
for package in adduser debconf dpkg init-system-helpers install-info passwd sensible-utils ucf; do
  printf 'Package: %s\nStatus: install ok installed\nArchitecture: all\nMulti-Arch: foreign\nVersion: 999\nMaintainer: none\nDescription: not here\n\n' "$package" >>"$status"
done
apt-get -qq update
mkdir -p /tmp/debs/partial
apt-get -qq -o Dir::State::status="$status" -o Dir::Cache::archives=/tmp/debs -o APT::Sandbox::User=root \
  install -y --download-only --no-install-recommends "$@"
mkdir -p /tmp/root ` + outputDir + `/var/lib/dpkg/status.d
for deb in /tmp/debs/*.deb; do
  [ -f "$deb" ] || { echo "the run image has $* already"; break; }
  dpkg-deb --extract "$deb" /tmp/root
  { dpkg-deb --field "$deb"; echo 'Status: install ok installed'; } >"` + outputDir + `/var/lib/dpkg/status.d/$(dpkg-deb --field "$deb" Package)"
done
for dir in bin sbin lib lib32 lib64 libx32; do
  [ -d "/tmp/root/$dir" ] && [ ! -L "/tmp/root/$dir" ] || continue
  mkdir -p "/tmp/root/usr/$dir"
  cp -a "/tmp/root/$dir/." "/tmp/root/usr/$dir/"
  rm -rf "/tmp/root/$dir"
done
for lib in /tmp/root/usr/lib/*-linux-gnu/blas/*.so.* /tmp/root/usr/lib/*-linux-gnu/lapack/*.so.*; do
  dir=${lib%/*}
  [ ! -f "$lib" ] || [ -e "${dir%/*}/${lib##*/}" ] || ln -s "${dir##*/}/${lib##*/}" "${dir%/*}/${lib##*/}"
done
cd /tmp/root
rm -rf tmp run dev proc sys usr/share/man usr/share/info usr/share/lintian usr/share/bug usr/share/locale
find usr/share/doc -type f ! -name copyright -delete 2>/dev/null || true
for part in *; do [ -e "$part" ] && cp -a "$part" ` + outputDir + `/; done
if [ -e ` + runImage + `/bin/sh ] && [ ! -e ` + runImage + `/usr/sbin/ldconfig ] && [ ! -e ` + outputDir + `/usr/sbin/ldconfig ]; then
  mkdir -p ` + outputDir + `/usr/sbin
  cat >` + outputDir + `/usr/sbin/ldconfig <<'END'
#!/bin/sh
# Lists the libraries, for programs that look one up by its name (ldconfig -p).
for f in /usr/lib/*-linux-gnu/lib*.so.*; do
  case $f in */aarch64-*) abi=AArch64 ;; *) abi=x86-64 ;; esac
  echo "	${f##*/} (libc6,$abi) => $f"
done
END
  chmod 0755 ` + outputDir + `/usr/sbin/ldconfig
fi
find ` + outputDir + ` -type f -links +1 -exec sh -c 'for f; do cp -p "$f" "$f.~" && mv -f "$f.~" "$f"; done' sh {} +`

// Build gives the step after which the others have the packages. "A|B" is A
// where the image's Debian has it, else B.
func Build(names []string) slipway.Step {
	script := install
	if slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, "|") && !strings.HasPrefix(n, "^") }) {
		script = choose
	}
	return step(StepBuild, script, names, slipway.Step{Root: true})
}

// Run gives the step and the layer that bring packages into the image, with
// all that they depend on and the run image lacks.
func Run(names []string) (slipway.Step, slipway.Layer) {
	script := unpack
	if slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, "chromium") }) {
		// A browser without a screen: what these two bring along is larger than it.
		script = strings.Replace(script, " ucf;", " ucf x11-utils xdg-utils;", 1)
	}
	s := step(StepRun, script, names, slipway.Step{Mounts: []slipway.Mount{
		{Target: runImage, Run: true},
		{Target: outputDir, Output: true},
	}})
	return s, slipway.Layer{Role: slipway.RoleRuntime, From: &slipway.Output{Step: StepRun, Mount: outputDir}, To: "/"}
}

func step(name, script string, packages []string, s slipway.Step) slipway.Step {
	s.Name = name
	s.Args = append([]string{"/bin/sh", "-euc", script, "apt"}, sorted(packages)...)
	s.Dir = "/"
	s.Env = map[string]string{"DEBIAN_FRONTEND": "noninteractive"}
	s.Network = slipway.NetworkPackages
	return s
}

// sorted makes one plan of any order.
func sorted(names []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

// AddBuild gives the plan whose steps also have the packages. Called twice,
// one step installs all.
func AddBuild(p slipway.Plan, names []string) slipway.Plan {
	if i := slices.IndexFunc(p.Steps, func(s slipway.Step) bool { return s.Name == StepBuild }); i >= 0 {
		p.Steps = slices.Clone(p.Steps)
		p.Steps[i] = Build(append(packagesOf(p.Steps[i]), names...))
		return p
	}
	p.Steps = append([]slipway.Step{Build(names)}, p.Steps...)
	return p
}

// AddRun gives the plan whose image also has the packages. Called twice, one
// layer has all.
func AddRun(p slipway.Plan, names []string) slipway.Plan {
	if i := slices.IndexFunc(p.Steps, func(s slipway.Step) bool { return s.Name == StepRun }); i >= 0 {
		p.Steps = slices.Clone(p.Steps)
		p.Steps[i], _ = Run(append(packagesOf(p.Steps[i]), names...))
		return p
	}
	s, l := Run(names)
	p.Steps = append([]slipway.Step{s}, p.Steps...)
	p.Layers = append([]slipway.Layer{l}, p.Layers...)
	return p
}

// Split takes the steps of packages out of a plan, and gives the names of
// those for steps and those for the image.
func Split(p slipway.Plan) (rest slipway.Plan, build, run []string) {
	rest = p
	rest.Steps, rest.Layers = nil, nil
	for _, s := range p.Steps {
		switch s.Name {
		case StepBuild:
			build = packagesOf(s)
		case StepRun:
			run = packagesOf(s)
		default:
			rest.Steps = append(rest.Steps, s)
		}
	}
	for _, l := range p.Layers {
		if l.From == nil || l.From.Step != StepRun {
			rest.Layers = append(rest.Layers, l)
		}
	}
	return rest, build, run
}

// packagesOf are the packages of a step that this package made.
func packagesOf(s slipway.Step) []string {
	const words = 4 // shell, its flags, the script, its name
	return slices.Clone(s.Args[words:])
}
