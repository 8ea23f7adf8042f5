package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
)

// options are what the caller may choose.
type options struct {
	root      string // the checkout
	dir       string // everything that bench keeps
	pairs     int
	coldPairs int
	only      string   // one group of rows; "" is all
	part      string   // one part of the service's rows; "" is all
	languages []string // of the builds; none is all
}

func parseOptions(args []string) (options, error) {
	var o options
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.StringVar(&o.root, "root", ".", "the checkout: bin/slipway, bin/buildkitd and bench/ are in it")
	f.StringVar(&o.dir, "dir", "", "directory for everything bench keeps (default: below the user's cache directory)")
	f.IntVar(&o.pairs, "pairs", 11, "pairs of each comparison")
	f.IntVar(&o.coldPairs, "cold-pairs", 3, "pairs of the cold comparison, which is long")
	f.StringVar(&o.only, "only", "", "measure one group of rows only: builds, known, plan, ready, network, transfer or service, of which service/logs is a part")
	languages := f.String("languages", "", "measure the builds of these languages only: go, node, python, rust, java")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	o.languages = strings.FieldsFunc(*languages, func(r rune) bool { return r == ',' || r == ' ' })
	o.only, o.part, _ = strings.Cut(o.only, "/")
	if o.dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return o, err
		}
		o.dir = filepath.Join(cache, "slipway-bench")
	}
	var err error
	if o.root, err = filepath.Abs(o.root); err != nil {
		return o, err
	}
	o.dir, err = filepath.Abs(o.dir)
	return o, err
}
