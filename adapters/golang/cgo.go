package golang

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// needsC are modules that do not work, or not as anybody expects, without
// cgo, and why. It is asked because the sources of modules are not in the
// tree; slipway.yaml says better.
func needsC() map[string]string {
	return map[string]string{
		"github.com/mattn/go-sqlite3":                "SQLite in C; without cgo it compiles and then fails at run time",
		"gorm.io/driver/sqlite":                      "uses github.com/mattn/go-sqlite3",
		"github.com/mutecomm/go-sqlcipher":           "SQLCipher in C",
		"github.com/tursodatabase/go-libsql":         "libSQL as a C library",
		"github.com/marcboeker/go-duckdb":            "DuckDB as a C++ library",
		"github.com/duckdb/duckdb-go":                "DuckDB as a C++ library",
		"github.com/confluentinc/confluent-kafka-go": "librdkafka, a C library",
		"github.com/godror/godror":                   "Oracle's ODPI-C",
		"github.com/ibmdb/go_ibm_db":                 "IBM's CLI driver in C",
		"github.com/linxGnu/grocksdb":                "RocksDB, a C++ library",
		"github.com/bytecodealliance/wasmtime-go":    "Wasmtime's C interface",
		"github.com/DataDog/zstd":                    "zstd in C",
		"github.com/valyala/gozstd":                  "zstd in C",
		"github.com/pebbe/zmq4":                      "libzmq, a C++ library",
		"github.com/h2non/bimg":                      "libvips, a C library",
		"github.com/davidbyttow/govips":              "libvips, a C library",
		"github.com/google/gopacket/pcap":            "libpcap, a C library",
		"github.com/gopacket/gopacket/pcap":          "libpcap, a C library",
		"gocv.io/x/gocv":                             "OpenCV, a C++ library",
	}
}

// findBase decides on cgo, and with it on the run image: a program without
// it is static, one with it needs the C library.
func (p *planner) findBase() error {
	if c := p.Declared.Cgo; c != nil {
		p.cgo = *c
		p.note(slipway.Evidence{File: p.Declared.File(), Line: p.Declared.Line("cgo"), Found: fmt.Sprintf("cgo: %t", *c), Means: p.linked()})
		return nil
	}
	for _, look := range []func() (slipway.Evidence, bool){p.importsC, p.importsNeedy, p.requiresNeedy} {
		if e, ok := look(); ok {
			p.cgo = true
			e.Means, e.Knob = p.linked(), "cgo: false"
			p.note(e)
			return nil
		}
	}
	p.note(slipway.Evidence{File: p.main.dir, Found: "nothing that needs C", Means: p.linked(), Knob: "cgo: true"})
	return nil
}

func (p *planner) linked() string {
	if p.cgo {
		return "CGO_ENABLED=1, on the run image with a C library"
	}
	return "CGO_ENABLED=0, a static program on the static run image"
}

// importsC finds a package of the tree that is not whole without cgo. One
// that has other files for that case is.
func (p *planner) importsC() (slipway.Evidence, bool) {
	without := p.buildContext(false)
	for _, found := range p.packages {
		if len(found.CgoFiles) == 0 && !slices.Contains(found.Imports, "plugin") {
			continue
		}
		if plain, _ := without.ImportDir(found.dir, 0); plain != nil && len(found.CgoFiles) > 0 && hasOther(plain.GoFiles, found.GoFiles) {
			p.note(slipway.Evidence{File: found.dir, Found: `import "C" in a package that has other files for a build without cgo`, Means: "does not need cgo", Knob: "cgo: true"})
			continue
		}
		name := "C"
		if len(found.CgoFiles) == 0 {
			name = "plugin"
		}
		file, line := found.importedAt(name)
		return slipway.Evidence{File: file, Line: line, Found: `import "` + name + `"`}, true
	}
	return slipway.Evidence{}, false
}

// hasOther tells whether some are not among all.
func hasOther(some, all []string) bool {
	return slices.ContainsFunc(some, func(f string) bool { return !slices.Contains(all, f) })
}

// importsNeedy finds a package of the tree that imports a module of the
// list.
func (p *planner) importsNeedy() (slipway.Evidence, bool) {
	for _, found := range p.packages {
		for _, imported := range found.Imports {
			if module, why, ok := p.needy(imported); ok {
				file, line := found.importedAt(imported)
				return slipway.Evidence{File: file, Line: line, Found: "import of " + module + ": " + why}, true
			}
		}
	}
	return slipway.Evidence{}, false
}

// requiresNeedy finds a module of the list that some other module requires.
// Whether this program uses it cannot be seen in the tree; a program that
// fails at run time is worse than one that is linked to the C library.
func (p *planner) requiresNeedy() (slipway.Evidence, bool) {
	for _, m := range p.layout.mains {
		if p.layout.service != "" && m.dir != p.layout.service {
			continue
		}
		for _, r := range m.file.Require {
			if module, why, ok := p.needy(r.Mod.Path); ok && r.Indirect {
				return slipway.Evidence{File: m.manifest(), Line: r.Syntax.Start.Line, Found: "indirect requirement of " + module + ": " + why}, true
			}
		}
	}
	return slipway.Evidence{}, false
}

func (p *planner) needy(importPath string) (module, why string, ok bool) {
	for module, why := range p.needC {
		if importPath == module || strings.HasPrefix(importPath, module+"/") {
			return module, why, true
		}
	}
	return "", "", false
}
