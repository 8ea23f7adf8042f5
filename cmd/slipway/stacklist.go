package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
)

// stackRow is a stack on one of its run images.
type stackRow struct {
	slipway.Stack
	Language slipway.Language `json:"language"`
	Base     string           `json:"base"`    // that a plan asks for the run image by
	Here     bool             `json:"here"`    // both images are known by digest on this machine
	Default  bool             `json:"default"` // for those who ask for no version
}

func (a *app) stackListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "ls",
		Short: "List the stacks of the catalogue and which are on this machine",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			rows, err := a.stackRows()
			if err != nil {
				return err
			}
			return a.print(rows, func(w io.Writer) { listStacks(w, rows) })
		},
	}
}

// listStacks writes a line for each language, version and profile.
func listStacks(w io.Writer, rows []stackRow) {
	fmt.Fprintf(w, "%-9s %-8s %-10s %-5s %-8s %-20s %s\n", "LANGUAGE", "VERSION", "PROFILE", "HERE", "DEFAULT", "BASES", "BUILD IMAGE")
	for len(rows) > 0 {
		first := rows[0]
		same := 1
		for same < len(rows) && rows[same].Build.Name == first.Build.Name && rows[same].Name == first.Name {
			same++
		}
		here, bases := true, make([]string, same)
		for i, r := range rows[:same] {
			here, bases[i] = here && r.Here, r.Base
		}
		fmt.Fprintf(w, "%-9s %-8s %-10s %-5s %-8s %-20s %s\n", first.Language, cmp.Or(first.Version, "-"), first.Profile,
			yesNo(here), yesNo(first.Default), strings.Join(bases, ", "), first.Build.Name)
		rows = rows[same:]
	}
}

func (a *app) stackRows() ([]stackRow, error) {
	dir, err := a.dataDir()
	if err != nil {
		return nil, err
	}
	lock, err := buildpacks.OpenLock(dir.join("stacks.json"))
	if err != nil {
		return nil, err
	}
	catalogue, err := a.catalogue()
	if err != nil {
		return nil, err
	}
	rows := []stackRow{}
	for _, l := range catalogue.With(lock).Listing() {
		resolved, err := lock.Resolve(l.Stack)
		rows = append(rows, stackRow{Stack: resolved, Language: l.Language, Base: l.Base, Here: err == nil, Default: l.Default})
	}
	return rows, nil
}
