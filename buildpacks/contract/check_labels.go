package contract

import (
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// checkLabels demands the labels; those of the run image and of the kind
// have rules of their own.
func checkLabels(s *subject) outcome {
	var o outcome
	content := []string{slipway.LabelTitle, slipway.LabelService, slipway.LabelStack, slipway.LabelPlan, slipway.LabelContract}
	for _, name := range content {
		if s.label(name) == "" {
			o.find("label the image; `slipway build` writes all of them", "the label %s is missing", name)
		}
	}
	if v := s.label(slipway.LabelContract); v != "" && v != slipway.ContractVersion {
		o.find("build it again with this release", "the image keeps version %q of the contract, this is version %s", v, slipway.ContractVersion)
	}
	if v := s.label(slipway.LabelPlan); v != "" && !digestForm.MatchString(v) {
		o.find("write the digest of the plan", "the label %s is %q, which is not a digest", slipway.LabelPlan, v)
	}
	if v := s.label(slipway.LabelService); v != "" {
		if _, err := slipway.ParseServiceName(v); err != nil {
			o.find("write TEAM/NAME", "the label %s is %q, which is not a service name", slipway.LabelService, v)
		}
	}
	if !s.opt.Content {
		checkStamp(s, &o)
	}
	return o
}

// checkStamp demands what the stamp adds. A working tree, whose revision ends
// in "dirty", need not come from anywhere.
func checkStamp(s *subject, o *outcome) {
	const hint = "stamp the image; `slipway build` does"
	names := []string{slipway.LabelRevision, slipway.LabelVersion}
	if !strings.HasSuffix(s.label(slipway.LabelRevision), "dirty") {
		names = append(names, slipway.LabelSource)
	}
	for _, name := range names {
		if s.label(name) == "" {
			o.find(hint, "the label %s is missing", name)
		}
	}
	if created := s.label(slipway.LabelCreated); created == "" {
		o.find(hint, "the label %s is missing", slipway.LabelCreated)
	} else if _, err := time.Parse(time.RFC3339, created); err != nil {
		o.find("write a time as RFC 3339 has it", "the label %s is %q, which is not a time", slipway.LabelCreated, created)
	}
}
