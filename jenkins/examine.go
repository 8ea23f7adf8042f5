package jenkins

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/slipway-ci/slipway"
)

// Finding is one thing that was looked at on the way to a controller.
type Finding struct {
	Check, Status, Found, Mend string // Status is ok, warn or fail
}

// Examine tries a controller: whether it answers, whom it takes us for,
// whether jobs can be made where they are to be, and whether the downstream
// jobs, by the names of their services, are there and take what they need. It
// changes nothing.
func Examine(ctx context.Context, c slipway.Controller, keys slipway.ControllerKeys, downstream map[string]string, o Options) []Finding {
	x := &examination{controller: c}
	client, err := New(c, keys, o)
	if err != nil {
		x.wrong("jenkins", err)
		return x.findings
	}
	folder := c.Folder
	if folder == "" {
		folder = slipway.DefaultJenkinsFolder
	}
	is, err := client.Check(ctx)
	if err != nil {
		x.wrong("jenkins", err)
		return x.findings
	}
	x.is(is)
	x.place(is, folder)
	for _, service := range slices.Sorted(maps.Keys(downstream)) {
		x.downstream(ctx, client, service, downstream[service])
	}
	return x.findings
}

type examination struct {
	controller slipway.Controller
	findings   []Finding
}

func (x *examination) see(check, status, mend, format string, args ...any) {
	x.findings = append(x.findings, Finding{check, status, fmt.Sprintf(format, args...), mend})
}

func (x *examination) wrong(check string, err error) {
	p := slipway.ProblemOf(err)
	x.see(check, "fail", p.Hint, "%s", p.Message)
}

func (x *examination) is(is Checked) {
	what := "Jenkins " + is.Version
	if is.Hudson {
		what = "a Hudson"
	}
	x.see("jenkins", "ok", "", "%s answers: %s, as %s", x.controller.URL, what, is.User)
	if x.controller.Reports == slipway.ReportsFollow && is.Root == "" && !is.Hudson {
		x.see("jenkins url", "warn", "set the Jenkins URL in its system configuration", "it does not know how people reach it, so its links are ours")
	}
}

// place says whether jobs can be made.
func (x *examination) place(is Checked, folder string) {
	switch {
	case x.controller.Reports == slipway.ReportsNone:
		x.see("jenkins jobs", "ok", "", "no job is made: it is told nothing of builds")
	case !is.Create:
		x.see("jenkins jobs", "fail", "give the user Job: Create, Configure, Build, Cancel, Delete, Read and Run: Update there", "%s may make no job in the folder %s", is.User, folder)
	case is.Hudson:
		x.see("jenkins jobs", "ok", "", "one per service can be made; there are no folders, so their names begin with %s-", folder)
	case !is.Folder:
		x.see("jenkins jobs", "ok", "", "the folder %s is not there yet and can be made", folder)
	default:
		x.see("jenkins jobs", "ok", "", "one per service can be made in the folder %s", folder)
	}
}

func (x *examination) downstream(ctx context.Context, client *Client, service, job string) {
	check := "downstream of " + service
	has, err := client.Parameters(ctx, job)
	if err != nil {
		x.wrong(check, err)
		return
	}
	if why := misfit(job, has); why != "" {
		x.see(check, "fail", "add the string parameter "+BuildParameter+" to the job", "%s", why)
		return
	}
	var lacks []string
	for _, name := range []string{"IMAGE", "DIGEST", "SERVICE", "VERSION", "COMMIT"} {
		if !slices.Contains(has, name) {
			lacks = append(lacks, name)
		}
	}
	if len(lacks) == 5 {
		x.see(check, "warn", "add the string parameter IMAGE to the job", "the job %s has no parameter of those that say what was built", job)
		return
	}
	x.see(check, "ok", "", "the job %s is there and takes its parameters", job)
}
