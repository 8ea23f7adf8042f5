package queue_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/queue"
)

// newCluster starts servers that know one another.
func newCluster(t *testing.T, size int) (servers []*server.Server, urls []string) {
	t.Helper()
	var routes []*url.URL
	for range size {
		routes = append(routes, &url.URL{Scheme: "nats", Host: free(t)})
	}
	for i, route := range routes {
		host, port, err := net.SplitHostPort(route.Host)
		if err != nil {
			t.Fatal(err)
		}
		o := &server.Options{
			ServerName: fmt.Sprintf("n%d", i+1), Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true,
			JetStream: true, StoreDir: t.TempDir(), Username: "control", Password: "c0ntrol",
		}
		if size > 1 {
			o.Cluster = server.ClusterOpts{Name: "c", Host: host}
			if _, err := fmt.Sscan(port, &o.Cluster.Port); err != nil {
				t.Fatal(err)
			}
			o.Routes = routes
		}
		servers, urls = append(servers, startNATS(t, o)), append(urls, "")
		urls[i] = servers[i].ClientURL()
	}
	return servers, urls
}

func startNATS(t *testing.T, o *server.Options) *server.Server {
	t.Helper()
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("the server does not come up")
	}
	return s
}

func clusterControl(t *testing.T, urls []string) (*queue.Control, *queue.Link) {
	t.Helper()
	link := dial(t, queue.Dialing{URLs: urls, Name: "control", User: "control", Password: "c0ntrol"})
	if err := link.CheckServer(within(t)); err != nil {
		t.Fatal(err)
	}
	c, err := queue.NewControl(link, queue.ClusterReplicas, quiet())
	if err != nil {
		t.Fatal(err)
	}
	return c, link
}

func replicas(t *testing.T, link *queue.Link) (count int, leader string) {
	t.Helper()
	js, err := jetstream.New(link.Conn())
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(within(t), "JOBS_v1")
	if err != nil {
		t.Fatal(err)
	}
	info := stream.CachedInfo()
	if info.Cluster != nil {
		leader = info.Cluster.Leader
	}
	return info.Config.Replicas, leader
}

func TestCluster_LosesAServerAndNothingElse(t *testing.T) {
	t.Parallel()
	servers, urls := newCluster(t, 3)
	c, link := clusterControl(t, urls)
	serve(t, c, newRecord())
	ctx := within(t)
	eventually(t, "a job is taken", func() bool { return c.Offer(ctx, "w1", build(1)) == nil })
	count, leader := replicas(t, link)
	if count != 3 {
		t.Fatalf("the stream has %d replicas, want 3", count)
	}
	w, err := queue.NewWorker(dial(t, queue.Dialing{URLs: urls, Name: "w1", Worker: true, User: "control", Password: "c0ntrol"}), "w1", quiet())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range servers {
		if s.Name() == leader {
			s.Shutdown()
		}
	}
	if job, done, err := w.Next(ctx); err != nil || job != build(1) {
		t.Fatalf("%+v, %v: the job was lost with the server that led", job, err)
	} else {
		done()
	}
	eventually(t, "another job is taken", func() bool { return c.Offer(ctx, "w1", build(2)) == nil })
	if _, err := w.Claim(ctx, 2); err != nil {
		t.Error(err)
	}
	if count, _ := replicas(t, link); count != 3 {
		t.Errorf("the stream has %d replicas after the loss, want 3", count)
	}
}

func TestCluster_OfOneServerKeepsOneReplica(t *testing.T) {
	t.Parallel()
	_, urls := newCluster(t, 1)
	c, link := clusterControl(t, urls)
	if err := c.Offer(within(t), "w1", build(1)); err != nil {
		t.Fatal(err)
	}
	if count, _ := replicas(t, link); count != 1 {
		t.Errorf("the stream has %d replicas, want 1", count)
	}
}

func TestCheckServer_RefusesAServerWithoutJetStream(t *testing.T) {
	t.Parallel()
	s := startNATS(t, &server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true})
	link := dial(t, queue.Dialing{URLs: []string{s.ClientURL()}, Name: "control"})
	if err := link.CheckServer(within(t)); slipway.ErrorCode(err) != slipway.CodeUsage {
		t.Errorf("%v, want a sentence about JetStream", err)
	}
}

func TestCheckServer_RefusesAnOldServer(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"2.11.9", "1.4.0", "", "two"} {
		link := dial(t, queue.Dialing{URLs: []string{"nats://" + oldServer(t, version)}, Name: "control"})
		if err := link.CheckServer(within(t)); slipway.ErrorCode(err) != slipway.CodeUsage {
			t.Errorf("version %q: %v, want a refusal", version, err)
		}
	}
}

// oldServer greets as a server of that version would, and answers pings.
func oldServer(t *testing.T, version string) (address string) {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(context.WithoutCancel(t.Context()), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go greet(conn, version)
		}
	}()
	return ln.Addr().String()
}

func greet(conn net.Conn, version string) {
	defer conn.Close()
	fmt.Fprintf(conn, "INFO {\"server_id\":\"old\",\"version\":%q,\"proto\":1,\"headers\":true,\"max_payload\":1048576}\r\n", version)
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		if lines.Text() == "PING" {
			fmt.Fprint(conn, "PONG\r\n")
		}
	}
}
