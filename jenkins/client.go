package jenkins

import (
	"cmp"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bndr/gojenkins"

	"github.com/slipway-ci/slipway"
)

// Options are how a Client goes about it. The zero value is fit for use.
type Options struct {
	Timeout time.Duration    // of one request, its answer read; 0 is 10 s
	Tries   uint             // of a read that the controller did not answer; 0 is 3
	Pause   time.Duration    // before the second of them, doubling; 0 is 200 ms
	Trip    uint32           // failures in a row after which nothing is asked for a while; 0 is 5
	Rest    time.Duration    // that while; 0 is 10 s
	Log     *slog.Logger     // nil: nothing is logged
	Now     func() time.Time // nil is time.Now
}

func (o Options) filled() Options {
	fill(&o.Timeout, 10*time.Second)
	fill(&o.Tries, 3)
	fill(&o.Pause, 200*time.Millisecond)
	fill(&o.Trip, 5)
	fill(&o.Rest, 10*time.Second)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

func fill[T comparable](field *T, usual T) {
	var none T
	if *field == none {
		*field = usual
	}
}

// Client speaks to one controller. It is safe for concurrent use.
//
// Its errors are *slipway.Error: CodeUnavailable is worth another try later;
// CodeForbidden, CodeInvalid and CodeConflict are for somebody to mend first;
// CodeNotFound says that the job, the run or the item is not there, or not for
// this user.
type Client struct {
	requester *requester
	api       *gojenkins.Jenkins
	folder    string        // that jobs are made in
	pause     time.Duration // until a run that is just being made can be seen

	places sync.Mutex // held while jobs and folders are made and removed

	noRanges atomic.Bool // it was seen that it knows none in a tree

	mu      sync.Mutex
	settled map[string]settled
}

// New makes a Client. An error is CodeUsage; nothing is asked yet.
func New(c slipway.Controller, keys slipway.ControllerKeys, o Options) (*Client, error) {
	r, err := newRequester(c, keys, o.filled())
	if err != nil {
		return nil, err
	}
	return &Client{
		requester: r,
		api:       &gojenkins.Jenkins{Server: r.at, Requester: r},
		folder:    strings.Trim(cmp.Or(strings.Trim(c.Folder, "/"), slipway.DefaultJenkinsFolder), "/"),
		pause:     o.filled().Pause,
		settled:   map[string]settled{},
	}, nil
}

// job gives the library's view of a job, which asks by our path and through
// our requester.
func (c *Client) job(path string) *gojenkins.Job {
	return &gojenkins.Job{Jenkins: c.api, Raw: new(gojenkins.JobResponse), Base: path}
}

// Trouble tells since when the controller has not answered, and what the last
// try came to; the zero time when it answers, or was not asked yet.
func (c *Client) Trouble() (since time.Time, last error) { return c.requester.breaker.trouble() }

// Close lets go of connections that are idle. The Client can still be used.
func (c *Client) Close() { c.requester.http.CloseIdleConnections() }
