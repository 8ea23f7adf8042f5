package jenkins

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// nameOf is what a run is called in Jenkins.
func nameOf(b slipway.Build) string {
	if tag := b.Image.Tag; b.State == slipway.BuildSucceeded && tag != "" {
		return tag
	}
	return fmt.Sprintf("#%d %s@%.8s", b.ID, shortRef(b), b.Commit)
}

func shortRef(b slipway.Build) string {
	if b.Pull != 0 {
		return fmt.Sprintf("pull/%d", b.Pull)
	}
	return strings.TrimPrefix(strings.TrimPrefix(b.Ref, "refs/heads/"), "refs/tags/")
}

// descriptionOf says of a build what its page says at a glance.
func descriptionOf(b slipway.Build, e slipway.Event, base string) string {
	var parts []string
	switch b.State {
	case slipway.BuildSucceeded:
		parts = append(parts, "succeeded: "+b.Image.String())
	case slipway.BuildRunning, slipway.BuildQueued:
	default:
		why, _, _ := strings.Cut(b.Reason, "\n")
		parts = append(parts, strings.TrimSuffix(fmt.Sprintf("%s: %s", cmp.Or(string(b.Class), string(b.State)), why), ": "))
	}
	if e.Actor != "" {
		parts = append(parts, "by "+e.Actor)
	}
	return strings.Join(append(parts, fmt.Sprintf("%s/builds/%d", base, b.ID)), " · ")
}

// versionOf is the version that an image was stamped with: of a tag its name,
// else the image's tag.
func versionOf(b slipway.Build) string {
	if tag, ok := strings.CutPrefix(b.Ref, "refs/tags/"); ok {
		return tag
	}
	return b.Image.Tag
}

// misfit says why a job cannot do what comes after builds; "" it can.
func misfit(job string, has []string) string {
	if slices.Contains(has, BuildParameter) {
		return ""
	}
	return fmt.Sprintf("the Jenkins job %s has no parameter %s, by which its runs are known; give it that one, and of IMAGE, DIGEST, SERVICE, VERSION, COMMIT those that it wants to know", job, BuildParameter)
}
