package rust

import (
	"maps"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// baseLibraries are those of the run image "cc".
func baseLibraries() []string {
	return []string{
		"ld-linux-x86-64.so.2", "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libresolv.so.2", "libutil.so.1",
		"libgcc_s.so.1", "libstdc++.so.6",
	}
}

// system is what a crate needs of Debian, unless the lock has a crate that
// brings it along.
type system struct {
	build, run []string
	bundled    []string // crates of the lock that make the library themselves
	within     []string // dependencies of the crate itself that show the same
}

// systems are crates that do not compile or link without Debian packages that
// the stack lacks, as their build scripts say. Crates that compile their
// library themselves when there is none (zlib, zstd, bzip2, lzma, libgit2,
// libssh2, curl, jemalloc, mimalloc, ring, lz4) need nothing.
func systems() map[string]system {
	clang := []string{"libclang-dev"}
	return map[string]system{
		"openssl-sys":             {build: []string{"libssl-dev"}, run: []string{"libssl3"}, bundled: []string{"openssl-src"}},
		"openssl-src":             {build: []string{"perl"}},
		"pq-sys":                  {build: []string{"libpq-dev"}, run: []string{"libpq5"}, bundled: []string{"pq-src"}},
		"mysqlclient-sys":         {build: []string{"default-libmysqlclient-dev"}, run: []string{"libmariadb3"}, bundled: []string{"mysqlclient-src"}},
		"libsqlite3-sys":          {build: []string{"libsqlite3-dev"}, run: []string{"libsqlite3-0"}, within: []string{"cc"}},
		"cmake":                   {build: []string{"cmake"}},
		"prost-build":             {build: []string{"protobuf-compiler", "libprotobuf-dev"}, bundled: []string{"protobuf-src", "protoc-bin-vendored", "protox"}},
		"protobuf-codegen":        {build: []string{"protobuf-compiler", "libprotobuf-dev"}, bundled: []string{"protobuf-parse", "protoc-bin-vendored"}},
		"bindgen":                 {build: clang},
		"clang-sys":               {build: clang},
		"sasl2-sys":               {build: []string{"libsasl2-dev"}, run: []string{"libsasl2-2"}, within: []string{"duct"}},
		"libudev-sys":             {build: []string{"libudev-dev"}, run: []string{"libudev1"}},
		"libsystemd-sys":          {build: []string{"libsystemd-dev"}, run: []string{"libsystemd0"}},
		"libdbus-sys":             {build: []string{"libdbus-1-dev"}, run: []string{"libdbus-1-3"}, within: []string{"cc"}},
		"alsa-sys":                {build: []string{"libasound2-dev"}, run: []string{"libasound2"}},
		"libxml":                  {build: []string{"libxml2-dev"}, run: []string{"libxml2"}},
		"libgssapi-sys":           {build: []string{"libkrb5-dev"}, run: []string{"libgssapi-krb5-2"}},
		"odbc-sys":                {build: []string{"unixodbc-dev"}, run: []string{"libodbc2"}},
		"pcap":                    {build: []string{"libpcap-dev"}, run: []string{"libpcap0.8"}},
		"libseccomp-sys":          {build: []string{"libseccomp-dev"}, run: []string{"libseccomp2"}},
		"nettle-sys":              {build: []string{"nettle-dev"}, run: []string{"libnettle8", "libhogweed6"}},
		"gdal-sys":                {build: []string{"libgdal-dev"}, run: []string{"libgdal32"}},
		"geos-sys":                {build: []string{"libgeos-dev"}, run: []string{"libgeos-c1v5"}, bundled: []string{"geos-src"}},
		"hdf5-sys":                {build: []string{"libhdf5-dev"}, run: []string{"libhdf5-103-1"}, bundled: []string{"hdf5-src"}},
		"tesseract-sys":           {build: []string{"libtesseract-dev"}, run: []string{"libtesseract5"}},
		"leptonica-sys":           {build: []string{"libleptonica-dev"}, run: []string{"liblept5"}},
		"ffmpeg-sys-next":         {build: []string{"libavcodec-dev", "libavdevice-dev", "libavfilter-dev", "libavformat-dev", "libavutil-dev", "libswresample-dev", "libswscale-dev"}, run: []string{"libavcodec59", "libavdevice59", "libavfilter8", "libavformat59", "libavutil57", "libswresample4", "libswscale6"}},
		"yeslogic-fontconfig-sys": {build: []string{"libfontconfig-dev"}, run: []string{"libfontconfig1"}},
		"magick_rust":             {build: []string{"libmagickwand-dev"}, run: []string{"libmagickwand-6.q16-6"}},
		"libvips":                 {build: []string{"libvips-dev"}, run: []string{"libvips42"}},
		"fuser":                   {build: []string{"libfuse3-dev"}, run: []string{"libfuse3-3"}},
		"tss-esapi-sys":           {build: []string{"libtss2-dev"}, run: []string{"libtss2-esys-3.0.2-0", "libtss2-mu0", "libtss2-tctildr0"}},
	}
}

// systemPackages are the Debian packages that the crates need.
func (p *planner) systemPackages() (build, run []string) {
	build = slices.Clone(p.config.packages)
	known, file, found := systems(), p.lockName(), crate.key
	if !p.lock.there && len(p.needed) > 0 {
		p.crates, file, found = p.guessed(), p.needed[0].manifest(), func(c crate) string { return c.Name + ", as far as can be seen without Cargo.lock" }
	}
	for _, name := range slices.Sorted(maps.Keys(p.crates)) {
		s, ok := known[name]
		if !ok || p.brings(p.crates[name], s) || name == "cmake" && !p.runsCMake() {
			continue
		}
		build, run = append(build, s.build...), append(run, s.run...)
		means := "Debian packages of the build: " + strings.Join(s.build, ", ")
		if len(s.run) > 0 {
			means += "; in the image: " + strings.Join(s.run, ", ")
		}
		p.note(slipway.Evidence{File: file, Found: found(p.crates[name]), Means: means, Knob: "packages: {build: […], run: […]} adds others"})
	}
	if c, ok := p.crates["cc"]; ok && p.target() == musl {
		build = append(build, "musl-tools")
		p.note(slipway.Evidence{File: p.lockName(), Found: c.key(), Means: "C that crates bring is compiled for musl: Debian packages of the build: musl-tools", Knob: "packages: {build: […]} adds others"})
	}
	return build, run
}

// findLinking decides how the program is linked, and finds the Debian packages
// that its crates need.
func (p *planner) findLinking() error {
	build, run := p.systemPackages()
	p.system = system{build: unique(build), run: unique(append(run, p.Declared.Packages.Run...))}
	if e := p.config.static; e.Found != "" {
		if len(run) > 0 {
			return slipway.Errorf(slipway.CodeInvalid, "%s asks for a static program, but its crates link %s", repo.Place(e.File, e.Line), strings.Join(run, ", ")).
				WithHint("use the crates' vendored or bundled features, or take the target or +crt-static out of %s", repo.Quote(e.File)).WithClass(slipway.ClassCode)
		}
		p.static = true
		e.Means = "linked with the C library of the stack into a static program, on the static run image; the stack has no musl"
		if p.target() == musl {
			e.Means = "linked with musl into a static program, on the static run image"
		}
		p.note(e)
		return nil
	}
	p.note(slipway.Evidence{File: p.Dir, Found: "no static target in .cargo/config.toml", Means: "linked to the C library, on the run image with one", Knob: `rustflags = ["-Ctarget-feature=+crt-static"] in .cargo/config.toml`})
	return nil
}

// brings tells whether a crate's library is made from sources that come with
// the crates.
func (p *planner) brings(c crate, s system) bool {
	if slices.ContainsFunc(s.bundled, func(name string) bool { _, ok := p.crates[name]; return ok }) {
		return true
	}
	return slices.ContainsFunc(c.Dependencies, func(d string) bool {
		name, _, _ := strings.Cut(d, " ")
		return slices.Contains(s.within, name)
	})
}

// runsCMake tells whether a crate runs cmake: aws-lc-sys depends on it and
// does without on this platform.
func (p *planner) runsCMake() bool {
	for _, c := range p.crates {
		uses := slices.ContainsFunc(c.Dependencies, func(d string) bool { return d == "cmake" || strings.HasPrefix(d, "cmake ") })
		if uses && c.Name != "aws-lc-sys" {
			return true
		}
	}
	return false
}

// runPackages are the Debian packages that the image has.
func (p *planner) runPackages() []string { return p.system.run }

func unique(names []string) []string {
	names = slices.Sorted(slices.Values(names))
	return slices.Compact(names)
}
