package main

import (
	"context"
	"net/url"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/queue"
)

// cluster is a NATS cluster that somebody else runs.
type cluster struct {
	urls           []string // without users
	user, password string   // of the control plane
	workers        userOf   // of workers that have none of their own
}

// userOf is who somebody is to a cluster.
type userOf struct{ name, password string }

// cluster reads the addresses of a cluster's servers, separated by commas,
// and who we are there: the URLs say it, or the environment, where nobody
// sees it in a list of processes.
func (a *app) cluster(addresses string) (*cluster, error) {
	c := &cluster{
		user: a.getenv("SLIPWAY_QUEUE_USER"), password: a.getenv("SLIPWAY_QUEUE_PASSWORD"),
		workers: userOf{a.getenv("SLIPWAY_QUEUE_WORKER_USER"), a.getenv("SLIPWAY_QUEUE_WORKER_PASSWORD")},
	}
	if (c.workers.name == "") != (c.workers.password == "") {
		return nil, slipway.Errorf(slipway.CodeUsage, "of the workers' user and password for the queue only one was given").
			WithHint("set SLIPWAY_QUEUE_WORKER_USER and SLIPWAY_QUEUE_WORKER_PASSWORD together, or neither")
	}
	for address := range strings.SplitSeq(addresses, ",") {
		u, err := url.Parse(strings.TrimSpace(address))
		if err != nil || u.Host == "" || u.Scheme != "nats" && u.Scheme != "tls" || strings.Trim(u.Path, "/") != "" {
			return nil, slipway.Errorf(slipway.CodeUsage, "one of the queue's addresses is not that of a NATS server").
				WithHint("write nats://HOST:PORT or tls://HOST:PORT, with commas between them")
		}
		if u.User != nil {
			c.user = u.User.Username()
			c.password, _ = u.User.Password()
		}
		c.urls = append(c.urls, u.Scheme+"://"+u.Host) // what goes on to workers has nobody's password in it
	}
	return c, nil
}

// join makes the control plane's link to a cluster.
func (c *controlPlane) joinCluster(ctx context.Context) error {
	k, err := c.app.cluster(c.flags.cluster)
	if err != nil {
		return err
	}
	c.cluster = k
	c.link, err = queue.Dial(ctx, queue.Dialing{
		URLs: k.urls, Name: "control", User: k.user, Password: k.password, CA: c.platform.settings.CA, Log: c.log,
	})
	if err != nil {
		return err
	}
	if err := c.link.CheckServer(ctx); err != nil {
		return err
	}
	c.control, err = queue.NewControl(c.link, queue.ClusterReplicas, c.log)
	return err
}

// queueAddress is where workers on other machines find the queue; "" nowhere.
func (c *controlPlane) queueAddress() string {
	if c.cluster != nil {
		return strings.Join(c.cluster.urls, ",")
	}
	return c.queue.URL()
}

// queueUser is who workers are there; the zero one says that each is known by
// its name and its token.
func (c *controlPlane) queueUser() userOf {
	if c.cluster != nil {
		return c.cluster.workers
	}
	return userOf{}
}
