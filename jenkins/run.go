package jenkins

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/slipway-ci/slipway"
)

// Run is what Jenkins calls a build, from the moment that it waits.
type Run struct {
	Item      int64  // in Jenkins' queue; 0 unknown
	Number    int    // 0 while it waits, and of one that never ran
	URL       string // for people, as Jenkins says it is reached; "" while it waits
	Result    string // SUCCESS, UNSTABLE, FAILURE, NOT_BUILT or ABORTED; "" until it ends
	Building  bool
	Waiting   bool
	Cancelled bool   // it was taken out of the queue and never ran
	Why       string // it waits: a sentence of Jenkins'
	Started   time.Time
	Duration  time.Duration // of one that has ended
}

const runTree = "number,url,queueId,building,result,timestamp,duration"

// wireRun is a Run as Jenkins writes it. Times are milliseconds.
type wireRun struct {
	Number              int
	URL                 string
	QueueID             int64 `json:"queueId"`
	Building            bool
	Result              string
	Timestamp, Duration int64
	Actions             []action
}

type action struct {
	Parameters []struct {
		Name  string
		Value any
	}
}

func (w wireRun) run() Run {
	r := Run{Item: max(w.QueueID, 0), Number: w.Number, URL: webAddress(w.URL), Building: w.Building, Started: time.UnixMilli(w.Timestamp).UTC()}
	if !w.Building {
		r.Result, r.Duration = w.Result, time.Duration(w.Duration)*time.Millisecond
	}
	return r
}

// webAddress gives an address that may be shown as a link, else "".
func webAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return ""
	}
	return s
}

// Run gives a run as it stands.
func (c *Client) Run(ctx context.Context, job string, number int) (Run, error) {
	return c.runOf(ctx, job, number, 0)
}

// runOf is Run of a Build. A job that was removed and made anew counts its runs
// from one again, and a controller at the same address may be another: a run
// by that number that is another build's is CodeNotFound. Of 0 any will do.
func (c *Client) runOf(ctx context.Context, job string, number int, build int64) (Run, error) {
	path, err := runPath(job, number)
	if err != nil {
		return Run{}, err
	}
	tree := runTree
	if build != 0 {
		tree += ",actions[parameters[name,value]]"
	}
	var w wireRun
	if err := c.read(ctx, path, tree, &w); err != nil {
		return Run{}, err
	}
	if w.Number != number {
		return Run{}, slipway.Errorf(slipway.CodeUnavailable, "the Jenkins at %s was asked for run %d of %s and tells of %d", c.requester.at, number, job, w.Number)
	}
	if build != 0 && buildOf(w.Actions) != strconv.FormatInt(build, 10) {
		return Run{}, slipway.Errorf(slipway.CodeNotFound, "run %d of the Jenkins job %s is not that of build %d any more: the job was made anew", number, job, build)
	}
	return c.addressed(w.run(), path), nil
}

// addressed gives a run an address from ours where Jenkins says none.
func (c *Client) addressed(r Run, path string) Run {
	if r.URL == "" {
		r.URL = c.requester.at + path + "/"
	}
	return r
}

func runPath(job string, number int) (string, error) {
	path, err := jobPath(job)
	if err != nil {
		return "", err
	}
	if number <= 0 {
		return "", slipway.Errorf(slipway.CodeUsage, "%d is not the number of a run of the Jenkins job %s", number, job)
	}
	return path + "/" + strconv.Itoa(number), nil
}

// Stop aborts a run. One that has ended stays as it is. It says only that
// Jenkins was told: the run ends when its step gives way.
func (c *Client) Stop(ctx context.Context, job string, number int) error {
	path, err := runPath(job, number)
	if err != nil {
		return err
	}
	_, err = c.requester.post(ctx, call{path: path + "/stop", kind: formKind})
	return err
}

// Unqueue takes an item out of the queue. An item that is not in it any more,
// because it runs or was taken out, is CodeNotFound; Jenkins of before 2023 and
// Hudson do not tell.
func (c *Client) Unqueue(ctx context.Context, item int64) error {
	_, err := c.requester.post(ctx, call{path: "/queue/cancelItem", query: url.Values{"id": {strconv.FormatInt(item, 10)}}, kind: formKind})
	if statusOf(err) != http.StatusInternalServerError {
		return err
	}
	// So it says, too, that an item has left the queue which it still knows.
	if w, _, unread := c.item(ctx, item); unread == nil && (w.Executable != nil || w.Cancelled) {
		return slipway.Errorf(slipway.CodeNotFound, "item %d of the Jenkins at %s is not in its queue any more", item, c.requester.at)
	}
	return err
}

// Place is where a run is.
type Place struct {
	Job    string // full name
	Number int
}

// Running lists the runs that are at work on the controller and its agents, in
// one request however many they are.
func (c *Client) Running(ctx context.Context) ([]Place, error) {
	type executor struct{ CurrentExecutable *struct{ URL string } }
	var computers struct {
		Computer []struct{ Executors, OneOffExecutors []executor }
	}
	if err := c.read(ctx, "/computer", "computer[executors[currentExecutable[url]],oneOffExecutors[currentExecutable[url]]]", &computers); err != nil {
		return nil, err
	}
	places, seen := []Place{}, map[Place]bool{}
	for _, computer := range computers.Computer {
		for _, e := range append(computer.Executors, computer.OneOffExecutors...) {
			if e.CurrentExecutable == nil {
				continue
			}
			job, number, ok := placeOf(e.CurrentExecutable.URL)
			if p := (Place{job, number}); ok && number > 0 && !seen[p] {
				seen[p] = true
				places = append(places, p)
			}
		}
	}
	return places, nil
}
