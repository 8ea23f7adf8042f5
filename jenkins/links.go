package jenkins

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/slipway-ci/slipway"
)

// Links keeps one Client per controller, since a Client knows whether its
// controller answers. It is safe for concurrent use.
type Links struct {
	Sources Sources
	Options Options

	mu   sync.Mutex
	open map[int64]*link
}

// link is a controller, its client, and what is known of it in this process.
type link struct {
	slipway.Controller
	*Client

	keys slipway.ControllerKeys

	mu          sync.Mutex
	asked       bool // whether it is a Hudson is known
	hudson      bool // it is
	provisioned map[string]provisioned
	takes       map[string]string // jobs that were asked for their parameters: "" they fit, else why not
	wrong       *string           // why it took nothing, as the record has it; nil unknown
}

// provisioned is the configuration that a job was seen to have.
type provisioned struct {
	sum [sha256.Size]byte
	at  time.Time
}

// lookAgain is after how long a job is compared again with what it should be:
// people change jobs.
const lookAgain = time.Hour

// of gives the link of a controller; another one when the controller was
// changed.
func (l *Links) of(ctx context.Context, c slipway.Controller) (*link, error) {
	keys, err := l.Sources.ControllerKeys(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if there := l.open[c.ID]; there != nil && there.Controller == c && there.keys == keys {
		return there, nil
	}
	client, err := New(c, keys, l.Options)
	if err != nil {
		return nil, err
	}
	made := &link{Controller: c, Client: client, keys: keys, provisioned: map[string]provisioned{}, takes: map[string]string{}}
	if l.open == nil {
		l.open = map[int64]*link{}
	}
	l.open[c.ID] = made
	return made, nil
}

// forTeam gives the link to where a team's builds are shown.
func (l *Links) forTeam(ctx context.Context, team string) (*link, error) {
	c, err := l.Sources.ControllerOf(ctx, team)
	if err != nil {
		return nil, err
	}
	return l.of(ctx, c)
}

// isHudson asks once whether the controller is one.
func (l *link) isHudson(ctx context.Context) (bool, error) {
	l.mu.Lock()
	known, hudson := l.asked, l.hudson
	l.mu.Unlock()
	if known {
		return hudson, nil
	}
	is, err := l.ready(ctx)
	if err != nil {
		return false, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked, l.hudson = true, is.Hudson
	return is.Hudson, nil
}

// provision sees that a service's job is there, and gives its name. Jenkins is
// asked once an hour at most, and when what is wanted has changed.
func (l *link) provision(ctx context.Context, service slipway.ServiceName, base string) (job string, err error) {
	hudson, err := l.isHudson(ctx)
	if err != nil {
		return "", err
	}
	job = jobName(l.Controller, service, hudson)
	config := jobConfig(service, base, l.Reports, hudson)
	sum, now := sha256.Sum256(config), l.requester.breaker.now()
	l.mu.Lock()
	seen := l.provisioned[job]
	l.mu.Unlock()
	if seen.sum == sum && now.Sub(seen.at) < lookAgain {
		return job, nil
	}
	if _, err := l.Provision(ctx, job, config); err != nil {
		return job, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.provisioned[job] = provisioned{sum, now}
	return job, nil
}

// resting says that the controller is left alone for a while; nobody was
// asked.
func (l *link) resting() error {
	if l.requester.breaker.circuit.State() != gobreaker.StateOpen {
		return nil
	}
	since, last := l.Trouble()
	return slipway.Errorf(slipway.CodeBusy, "the Jenkins at %s has not answered since %s", l.URL, since.UTC().Format(time.RFC3339)).Because(plainly(last))
}

// forget has a job provisioned anew: it is not as it was left.
func (l *link) forget(job string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.provisioned, job)
	delete(l.takes, job)
}
