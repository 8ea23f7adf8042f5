package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks/contract"
)

// What --contract may be; "" is warn for a Dockerfile and off for a plan of
// Slipway's own, which keeps the contract by its making.
const (
	contractFail = "fail"
	contractWarn = "warn"
	contractOff  = "off"
)

var pinnedFrontend = regexp.MustCompile(`^[^\s@]+@sha256:[0-9a-f]{64}$`)

// check refuses flags that make no sense before anything is started.
func (f buildFlags) check() error {
	if f.contract != "" && !slices.Contains([]string{contractFail, contractWarn, contractOff}, f.contract) {
		return slipway.Errorf(slipway.CodeUsage, "--contract %s is not known", f.contract).WithHint("write fail, warn or off")
	}
	for _, ref := range f.frontends {
		if !pinnedFrontend.MatchString(ref) {
			return slipway.Errorf(slipway.CodeUsage, "--allow-frontend %s does not name an image by digest", ref).
				WithHint("write REF@sha256:…: a tag may be another program tomorrow")
		}
	}
	return nil
}

// inspector holds content images against the contract.
type inspector struct {
	platform *platform
	mode     string
	policy   slipway.Policy // of the team; it says more than mode, but that fail is fail
	say      func(format string, args ...any)
	report   *contract.Report // of the image that was looked at
}

// Inspect implements builder.Inspector.
func (i *inspector) Inspect(ctx context.Context, service slipway.ServiceName, plan slipway.Plan, content string) (breaches int, err error) {
	s := standard{mode: i.mode, policy: i.policy, foreign: plan.Dockerfile != nil}
	if !s.looks() {
		return 0, nil
	}
	img, err := i.platform.fetch(ctx, service.String()+"@"+content)
	if err != nil {
		return 0, err
	}
	r := &reader{app: i.platform.app, platform: i.platform} // not closed: the platform is ours
	report, err := contract.Check(ctx, img, contract.Options{
		Content: true, Base: r.baseOf(ctx, img), Stack: i.platform.app.stackOf(img),
	})
	if err != nil {
		return 0, err
	}
	i.report = &report
	warned, err := s.verdict(report)
	for _, line := range warned {
		i.say("contract: %s", line)
	}
	return len(warned), err
}

// standard says what becomes of a build whose image breaks rules.
type standard struct {
	mode    string
	policy  slipway.Policy
	foreign bool // the image is a Dockerfile's
}

// looks tells whether anything would become of it.
func (s standard) looks() bool { return len(s.policy) > 0 || s.usual() != contractOff }

// usual is what becomes of a build that breaks a rule of which the team says
// nothing.
func (s standard) usual() string {
	switch {
	case s.mode != "":
		return s.mode
	case s.foreign:
		return contractWarn
	default:
		return contractOff
	}
}

// of is what becomes of a build that breaks a rule. Whoever runs the worker
// may demand more than the team does, and no team less than they do.
func (s standard) of(rule contract.Name) string {
	if decided := s.policy[string(rule)]; decided != "" && s.mode != contractFail {
		return string(decided)
	}
	return s.usual()
}

// verdict gives the breaches to warn of, a line each. The error has those that
// fail the build.
func (s standard) verdict(r contract.Report) (warned []string, err error) {
	var rules, failed []string
	hint := ""
	for _, result := range r.Results {
		if result.Status != contract.Fail {
			continue
		}
		switch s.of(result.Rule) {
		case contractWarn:
			warned = append(warned, linesOf(result)...)
		case contractFail:
			if rules = append(rules, string(result.Rule)); hint == "" {
				hint = result.Findings[0].Hint
			}
			failed = append(failed, linesOf(result)...)
		}
	}
	if len(rules) == 0 {
		return warned, nil
	}
	rule := "the rule " + rules[0]
	if len(rules) > 1 {
		rule = "the rules " + strings.Join(rules, ", ")
	}
	if len(failed) > 1 {
		hint = "each line above says what to change"
	}
	return warned, slipway.Errorf(slipway.CodeFailed, "the image breaks %s of the image contract", rule).WithClass(slipway.ClassCode).
		WithHint("%s; %s", hint, s.way()).WithDetails(failed...)
}

// way is how a breach is let pass.
func (s standard) way() string {
	if len(s.policy) > 0 && s.mode != contractFail {
		return "a maintainer decides what a breach does: `slipway team policy`"
	}
	return "`--contract warn` lets it pass"
}

// linesOf lists what is wrong, with what to do.
func linesOf(r contract.Result) (lines []string) {
	for _, f := range r.Findings {
		lines = append(lines, fmt.Sprintf("%s -> %s", f.Message, f.Hint))
	}
	return lines
}
