package queue_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/queue"
)

// raw is the connection of the worker w1 in the hands of somebody who means harm.
func raw(t *testing.T, s *queue.Server) (nc *nats.Conn, refused chan error) {
	t.Helper()
	refused = make(chan error, 100)
	nc, err := nats.Connect(s.URL(), nats.UserInfo("w1", password), nats.CustomInboxPrefix("_INBOX_w1"),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { refused <- err }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc, refused
}

func TestServer_AWorkerMayNotPublish(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), "127.0.0.1:0")
	c := newControl(t, s)
	serve(t, c, newRecord())
	newWorkerWithQueue(t, s, c, "w2")
	nc, refused := raw(t, s)
	for _, subject := range []string{
		"sw.w.w2.claim", "sw.w.w1.a.b", "sw.job.w1", "sw.job.w2", "sw.stop.w2", "sw.wake.dispatch", "sw.probe",
		"_INBOX_w2.x", "_INBOX.x", "$JS.API.INFO", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.DELETE.JOBS_v1", "$JS.API.STREAM.PURGE.JOBS_v1",
		"$JS.API.STREAM.MSG.GET.JOBS_v1", "$JS.API.STREAM.CREATE.MINE", "$JS.API.DIRECT.GET.JOBS_v1", "$JS.API.CONSUMER.NAMES.JOBS_v1",
		"$JS.API.CONSUMER.CREATE.JOBS_v1", "$JS.API.CONSUMER.CREATE.JOBS_v1.w_w1.sw.job.w1", "$JS.API.CONSUMER.DURABLE.CREATE.JOBS_v1.w_w1",
		"$JS.API.CONSUMER.MSG.NEXT.JOBS_v1.w_w2", "$JS.API.CONSUMER.INFO.JOBS_v1.w_w2", "$JS.API.CONSUMER.DELETE.JOBS_v1.w_w1",
		"$JS.ACK.JOBS_v1.w_w2.1.1.1.1.0", "$SYS.REQ.SERVER.PING", "$SYS.REQ.USER.INFO", "anything",
	} {
		if err := nc.Publish(subject, []byte("{}")); err != nil {
			t.Fatal(err)
		}
		if err := <-refused; !errors.Is(err, nats.ErrPermissionViolation) || !strings.Contains(err.Error(), subject) {
			t.Errorf("%s: %v", subject, err)
		}
	}
}

func TestServer_AWorkerMayNotSubscribe(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), "127.0.0.1:0")
	nc, refused := raw(t, s)
	for _, subject := range []string{
		">", "*", "sw.>", "sw.w.>", "sw.w.w1.>", "sw.job.w1", "sw.job.>", "sw.stop.w2", "sw.stop.*", "sw.wake.>",
		"_INBOX_w2.>", "_INBOX.>", "_INBOX_w1", "$JS.>", "$JS.EVENT.>", "$SYS.>",
	} {
		if _, err := nc.SubscribeSync(subject); err != nil {
			t.Fatal(err)
		}
		if err := <-refused; !errors.Is(err, nats.ErrPermissionViolation) {
			t.Errorf("%s: %v", subject, err)
		}
	}
	// As a part of a group, too.
	if _, err := nc.QueueSubscribeSync("sw.w.*.*", "control"); err != nil {
		t.Fatal(err)
	}
	if err := <-refused; !errors.Is(err, nats.ErrPermissionViolation) {
		t.Errorf("as control: %v", err)
	}
}

func newWorkerWithQueue(t *testing.T, s *queue.Server, c *queue.Control, name string) {
	t.Helper()
	if err := c.Offer(t.Context(), name, build(1)); err != nil {
		t.Fatal(err)
	}
	_, _, err := newWorker(t, s, name).Next(within(t))
	if err != nil {
		t.Fatal(err)
	}
}

// The server does not look at the subject that an answer is to go to: with
// another worker's request there, our answer would be made into one.
func TestControl_AnAnswerGoesToTheWorkersInboxAlone(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), "127.0.0.1:0")
	r := newRecord()
	serve(t, newControl(t, s), r)
	nc, _ := raw(t, s)
	body, err := json.Marshal(map[string]any{"protocol": 1, "body": map[string]any{"build": 7}})
	if err != nil {
		t.Fatal(err)
	}
	for _, reply := range []string{"", "sw.w.w2.claim", "_INBOX_w2.x", "_INBOX_w1", "sw.stop.w2"} {
		if err := nc.PublishMsg(&nats.Msg{Subject: "sw.w.w1.claim", Reply: reply, Data: body}); err != nil {
			t.Fatal(err)
		}
	}
	m, err := nc.Request("sw.w.w1.holder", body, 5*time.Second) // after them
	if err != nil || !strings.Contains(string(m.Data), "result") {
		t.Fatalf("%v", err)
	}
	if n := r.count("claim"); n != 0 {
		t.Errorf("%d claims were made for an answer that goes elsewhere", n)
	}
}

func TestServer_LetsNobodyElseIn(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), "127.0.0.1:0")
	for _, d := range []queue.Dialing{
		{Name: "w1", Worker: true, Password: "wrong"},
		{Name: "w1", Worker: true},
		{Name: "control", User: "_inside", Password: password},
		{Name: "control", Token: password},
		{Name: "control"},
		{Name: "control", User: "not a label", Password: password},
	} {
		d.URLs, d.Log = []string{s.URL()}, quiet()
		if _, err := queue.Dial(within(t), d); slipway.ErrorCode(err) != slipway.CodeForbidden {
			t.Errorf("%+v: %v, want forbidden", d, err)
		}
	}
}

func TestServer_Disconnect_AsksForTheTokenAgain(t *testing.T) {
	t.Parallel()
	revoked, asked := make(chan struct{}), make(chan struct{}, 100)
	s, err := queue.Start(t.Context(), queue.Config{
		Dir: t.TempDir(), Listen: "127.0.0.1:0", Log: quiet(),
		Authenticate: func(context.Context, string, string) error {
			select {
			case <-revoked:
				asked <- struct{}{}
				return errors.New("revoked")
			default:
				return nil
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	serve(t, newControl(t, s), newRecord())
	w := newWorker(t, s, "w1")
	if _, err := w.Task(within(t), 1); err != nil {
		t.Fatal(err)
	}
	close(revoked)
	s.Disconnect("w1")
	<-asked
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := w.Report(ctx, slipway.WorkerReport{}); err == nil {
		t.Error("a worker without a token was answered")
	}
}

func TestStart_RefusesToSendTokensInTheClear(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "example.com:1", "nonsense", "127.0.0.1:http"} {
		if _, err := queue.Start(t.Context(), queue.Config{Dir: t.TempDir(), Listen: address, Log: quiet()}); slipway.ErrorCode(err) != slipway.CodeUsage {
			t.Errorf("%s: %v", address, err)
		}
	}
}
