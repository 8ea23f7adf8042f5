package main

import (
	"context"
	"regexp"
	"slices"

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
	say      func(format string, args ...any)
	report   *contract.Report // of the image that was looked at
}

// Inspect implements builder.Inspector.
func (i *inspector) Inspect(ctx context.Context, service slipway.ServiceName, plan slipway.Plan, content string) error {
	if i.mode == contractOff || i.mode == "" && plan.Dockerfile == nil {
		return nil
	}
	img, err := i.platform.fetch(ctx, service.String()+"@"+content)
	if err != nil {
		return err
	}
	r := &reader{app: i.platform.app, platform: i.platform} // not closed: the platform is ours
	report, err := contract.Check(ctx, img, contract.Options{
		Content: true, Base: r.baseOf(ctx, img), Stack: i.platform.app.stackOf(img),
	})
	if err != nil {
		return err
	}
	i.report = &report
	lines := violations(report)
	if len(lines) > 0 && i.mode == contractFail {
		return slipway.Errorf(slipway.CodeFailed, "the image breaks the contract").WithClass(slipway.ClassCode).
			WithHint("each line above says what to change; `--contract warn` lets it pass").WithDetails(lines...)
	}
	for _, line := range lines {
		i.say("contract: %s", line)
	}
	return nil
}

// violations lists what is wrong, with what to do, a line each.
func violations(r contract.Report) []string {
	var lines []string
	for _, result := range r.Results {
		if result.Status != contract.Fail {
			continue
		}
		for _, f := range result.Findings {
			lines = append(lines, f.Message+" -> "+f.Hint)
		}
	}
	return lines
}
