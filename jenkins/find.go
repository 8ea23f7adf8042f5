package jenkins

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// BuildParameter is the parameter by which a run is known as that of a Build.
const BuildParameter = "SLIPWAY_BUILD_ID"

// newest is how many of a job's runs are looked through.
const newest = 100

const itemTree = "id,why,cancelled,task[name,url],executable[number,url],actions[parameters[name,value]]"

// wireItem is an item of the queue as Jenkins writes it.
type wireItem struct {
	ID         int64
	Why        string
	Cancelled  bool
	Task       struct{ Name, URL string }
	Executable *struct {
		Number int
		URL    string
	}
	Actions []action
}

// buildOf reads whose run actions belong to: "" for nobody's.
func buildOf(actions []action) string {
	for _, a := range actions {
		for _, p := range a.Parameters {
			if p.Name == BuildParameter {
				return strings.TrimSpace(fmt.Sprint(p.Value))
			}
		}
	}
	return ""
}

// isOf tells whether an item is of a job. Jenkins' own address counts for
// nothing: it may be another than ours. A Hudson of some age names the job
// only.
func (i wireItem) isOf(job string) bool {
	if i.Task.URL == "" {
		return i.Task.Name == job
	}
	at, _, ok := placeOf(i.Task.URL)
	return ok && at == job
}

// Resolve gives the run of an item of the queue. What Jenkins has forgotten,
// or what is somebody else's because the queue was, is looked for by Find.
// The item is forgotten 5 minutes after it left the queue.
func (c *Client) Resolve(ctx context.Context, job string, item, build int64) (Run, error) {
	path, err := jobPath(job)
	if err != nil {
		return Run{}, err
	}
	if item <= 0 {
		return c.Find(ctx, job, build)
	}
	w, known, err := c.item(ctx, item)
	if err != nil {
		return Run{}, err
	}
	whose := buildOf(w.Actions)
	if !known || !w.isOf(job) || whose != "" && whose != strconv.FormatInt(build, 10) {
		return c.Find(ctx, job, build)
	}
	return c.itemRun(w, path), nil
}

// item reads an item, and tells whether Jenkins knows it.
func (c *Client) item(ctx context.Context, id int64) (w wireItem, known bool, err error) {
	err = c.read(ctx, "/queue/item/"+strconv.FormatInt(id, 10), itemTree, &w)
	if slipway.ErrorCode(err) == slipway.CodeNotFound {
		return wireItem{}, false, nil
	}
	return w, err == nil && w.ID == id, err
}

func (c *Client) itemRun(w wireItem, path string) Run {
	switch {
	case w.Executable != nil && w.Executable.Number > 0:
		r := Run{Item: w.ID, Number: w.Executable.Number, URL: webAddress(w.Executable.URL), Building: true}
		return c.addressed(r, path+"/"+strconv.Itoa(r.Number))
	case w.Cancelled:
		return Run{Item: w.ID, Cancelled: true, Result: "ABORTED", Why: w.Why}
	default:
		return Run{Item: w.ID, Waiting: true, Why: w.Why}
	}
}

// Find looks for the run of a Build: in the queue, then among the newest runs
// of the job. It is known by its parameter SLIPWAY_BUILD_ID alone, never by
// being the last one. None is CodeNotFound.
func (c *Client) Find(ctx context.Context, job string, build int64) (Run, error) {
	path, err := jobPath(job)
	if err != nil {
		return Run{}, err
	}
	var queue struct{ Items []wireItem }
	if err := c.read(ctx, "/queue", "items["+itemTree+"]", &queue); err != nil {
		return Run{}, err
	}
	for _, w := range queue.Items {
		if w.isOf(job) && buildOf(w.Actions) == strconv.FormatInt(build, 10) {
			return c.itemRun(w, path), nil
		}
	}
	run, err := c.among(ctx, job, path, build)
	if slipway.ErrorCode(err) != slipway.CodeNotFound {
		return run, err
	}
	// What has just left the queue is for a moment in neither.
	if err := wait(ctx, c.pause); err != nil {
		return Run{}, err
	}
	return c.among(ctx, job, path, build)
}

// among looks through the newest runs of a job.
func (c *Client) among(ctx context.Context, job, path string, build int64) (Run, error) {
	var of struct{ Builds []wireRun }
	tree := fmt.Sprintf("builds[%s,actions[parameters[name,value]]]{0,%d}", runTree, newest)
	if err := c.read(ctx, path, tree, &of); err != nil {
		return Run{}, err
	}
	for _, w := range of.Builds {
		if w.Number > 0 && buildOf(w.Actions) == strconv.FormatInt(build, 10) {
			return c.addressed(w.run(), path+"/"+strconv.Itoa(w.Number)), nil
		}
	}
	return Run{}, slipway.Errorf(slipway.CodeNotFound, "the Jenkins job %s has no run of build %d among its newest %d", job, build, newest)
}

// wait waits.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
