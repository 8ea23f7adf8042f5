package main

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks/contract"
)

func TestStandard_Verdict(t *testing.T) {
	t.Parallel()
	broken := func(rule contract.Name) contract.Result {
		return contract.Result{Rule: rule, Status: contract.Fail, Findings: []contract.Finding{{Message: string(rule) + ": it is wrong", Hint: "mend it"}}}
	}
	report := contract.Report{Results: []contract.Result{broken(contract.RuleLean), {Rule: contract.RuleUser, Status: contract.Pass}, broken(contract.RuleSize)}}
	twice := contract.Result{Rule: contract.RuleLogs, Status: contract.Fail, Findings: []contract.Finding{{Message: "logs: once", Hint: "do this"}, {Message: "logs: twice", Hint: "do that"}}}
	const lean, size = "lean: it is wrong -> mend it", "size: it is wrong -> mend it"
	policy := func(lean, size slipway.Breach) slipway.Policy {
		p := slipway.Policy{"lean": lean, "size": size}
		for rule, breach := range p {
			if breach == "" {
				delete(p, rule)
			}
		}
		return p
	}
	for name, c := range map[string]struct {
		of           standard
		warned       []string
		failed       []string
		message, way string
	}{
		"planned, and nothing was decided":    {of: standard{}},
		"a Dockerfile's":                      {of: standard{foreign: true}, warned: []string{lean, size}},
		"the worker warns":                    {of: standard{mode: contractWarn}, warned: []string{lean, size}},
		"the worker looks at none":            {of: standard{mode: contractOff, foreign: true}},
		"the worker fails":                    {of: standard{mode: contractFail}, failed: []string{lean, size}, message: "the rules lean, size", way: "each line above says what to change; `--contract warn` lets it pass"},
		"the team warns of one":               {of: standard{policy: policy("warn", "")}, warned: []string{lean}},
		"the team fails one":                  {of: standard{policy: policy("", "fail")}, failed: []string{size}, message: "the rule size", way: "mend it; a maintainer decides what a breach does: `slipway team policy`"},
		"the team fails one of a Dockerfile":  {of: standard{foreign: true, policy: policy("", "fail")}, warned: []string{lean}, failed: []string{size}, message: "the rule size", way: "mend it; a maintainer decides what a breach does: `slipway team policy`"},
		"the team decides where nobody looks": {of: standard{mode: contractOff, policy: policy("warn", "fail")}, warned: []string{lean}, failed: []string{size}, message: "the rule size", way: "mend it; a maintainer decides what a breach does: `slipway team policy`"},
		"what breaks one rule twice":          {of: standard{policy: slipway.Policy{"logs": "fail"}}, failed: []string{"logs: once -> do this", "logs: twice -> do that"}, message: "the rule logs", way: "each line above says what to change; a maintainer decides what a breach does: `slipway team policy`"},
		"no team demands less than a worker":  {of: standard{mode: contractFail, policy: policy("warn", "warn")}, failed: []string{lean, size}, message: "the rules lean, size", way: "each line above says what to change; `--contract warn` lets it pass"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := report
			if c.of.policy["logs"] != "" {
				report.Results = append(slices.Clone(report.Results), twice)
			}
			warned, err := c.of.verdict(report)
			if d := cmp.Diff(c.warned, warned); d != "" {
				t.Errorf("warned of:\n%s", d)
			}
			e, failed := errors.AsType[*slipway.Error](err)
			if failed != (c.failed != nil) {
				t.Fatalf("%v", err)
			}
			if !failed {
				return
			}
			if d := cmp.Diff(c.failed, e.Details); d != "" || e.Class != slipway.ClassCode || e.Message != "the image breaks "+c.message+" of the image contract" || e.Hint != c.way {
				t.Errorf("%+v\n%s", e, d)
			}
			if !c.of.looks() {
				t.Error("nobody looks")
			}
		})
	}
}
