package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/source"
)

// checkout is a directory of a fleet and what its services would become.
type checkout struct {
	Tree     string     `json:"tree"` // below the folder that was asked for
	Services []surveyed `json:"services"`
}

// fleetView is what `slipway plan --all` prints.
type fleetView struct {
	Checkouts []checkout `json:"checkouts"`
	Services  int        `json:"services"`
	Planned   int        `json:"planned"`
}

// fleetDepth is how far below the folder checkouts are looked for.
const fleetDepth = 3

func (a *app) planAll(ctx context.Context, dir string, f planFlags) error {
	if f.service != "" || f.path != "" || f.main != "" {
		return slipway.Errorf(slipway.CodeUsage, "--service, --path and --main are for one service, --all is for every one")
	}
	var before *fleetView
	if f.diff != "" {
		var err error
		if before, err = readFleet(f.diff); err != nil {
			return err
		}
	}
	p, err := a.planner(f.profile)
	if err != nil {
		return err
	}
	trees, err := checkoutsBelow(dir, "", fleetDepth)
	if err != nil {
		return err
	}
	if len(trees) == 0 {
		return slipway.Errorf(slipway.CodeNotFound, "there is no directory in %s", dir).WithHint("name the folder that the checkouts are in")
	}
	v := fleetView{Checkouts: each(ctx, trees, func(ctx context.Context, tree string) checkout {
		return checkout{tree, p.survey(ctx, source.Location{Dir: filepath.Join(dir, tree)}, "local")}
	})}
	for _, c := range v.Checkouts {
		v.Services += len(c.Services)
		v.Planned += planned(c.Services)
	}
	if before != nil {
		d := compareFleets(*before, v)
		return a.print(d, d.show)
	}
	return a.print(v, v.show)
}

// checkoutsBelow lists the checkouts in a folder: what git knows as one, and
// each directory that has none below it.
func checkoutsBelow(dir, below string, depth int) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(dir, below))
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUsage, "the directory %s cannot be read", filepath.Join(dir, below)).Because(err)
	}
	var all []string
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		tree := filepath.Join(below, e.Name())
		if _, err := os.Lstat(filepath.Join(dir, tree, ".git")); err == nil || depth == 1 {
			all = append(all, tree)
			continue
		}
		deeper, err := checkoutsBelow(dir, tree, depth-1)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(deeper, func(t string) bool { _, err := os.Lstat(filepath.Join(dir, t, ".git")); return err == nil }) {
			deeper = []string{tree}
		}
		all = append(all, deeper...)
	}
	return all, nil
}

func (v fleetView) show(w io.Writer) {
	rows := [][]string{{"checkout", "service", "language", "kind", "starts, or why it has no plan"}}
	for _, c := range v.Checkouts {
		for _, s := range c.Services {
			rows = append(rows, append([]string{c.Tree, s.Service.Name}, s.columns()...))
		}
	}
	table(w, rows...)
	fmt.Fprintf(w, "\n%d of %d services in %d checkouts have a plan.\n", v.Planned, v.Services, len(v.Checkouts))
}

func readFleet(file string) (*fleetView, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUsage, "the earlier plans in %s cannot be read", file).Because(err)
	}
	v := &fleetView{}
	if err := json.Unmarshal(b, v); err != nil || v.Checkouts == nil {
		return nil, slipway.Errorf(slipway.CodeUsage, "%s has no plans of a folder", file).
			WithHint("make it with `slipway plan --all DIR --output json >%s`", file).Because(err)
	}
	return v, nil
}
