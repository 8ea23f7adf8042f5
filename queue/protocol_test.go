package queue_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"

	"github.com/slipway-ci/slipway"
)

func TestControl_AnswersWorkersOneReleaseApart(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), "127.0.0.1:0")
	r := newRecord()
	serve(t, newControl(t, s), r)
	nc, _ := raw(t, s)
	for _, c := range []struct {
		request string
		code    slipway.Code
	}{
		{`{"body":{"build":7}}`, ""}, // before there were protocols
		{`{"protocol":2,"colour":"blue","body":{"build":7,"priority":3}}`, ""},
		{`{"protocol":3,"body":{"build":7}}`, slipway.CodeUsage},
		{`{"protocol":-1,"body":{"build":7}}`, slipway.CodeUsage},
		{`{"protocol":1,"body":{"build":"seven"}}`, slipway.CodeInvalid},
		{`nonsense`, slipway.CodeInvalid},
		{``, slipway.CodeInvalid},
	} {
		m, err := nc.Request("sw.w.w1.claim", []byte(c.request), 5*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Protocol int
			Result   slipway.Assignment
			Problem  *slipway.Problem
		}
		if err := json.Unmarshal(m.Data, &got); err != nil {
			t.Fatal(err)
		}
		if got.Protocol != slipway.Protocol || slipway.ErrorCode(got.Problem.Err()) != c.code {
			t.Errorf("%s: %s", c.request, m.Data)
		}
		if c.code == "" && got.Result.Attempt.Build != 7 {
			t.Errorf("%s: %s", c.request, m.Data)
		}
	}
	const old = `{"protocol":1,"body":{"attempt":{"build":7,"number":1},"number":3,"data":"bGluZQo="}}` // a chunk of the release before
	if _, err := nc.Request("sw.w.w1.append", []byte(old), 5*time.Second); err != nil || string(r.chunk(3)) != "line\n" {
		t.Errorf("a chunk in JSON is %q, %v", r.chunk(3), err)
	}
	m, err := nc.Request("sw.w.w1.dance", []byte(`{"protocol":2}`), 5*time.Second) // a verb of the next release
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Problem *slipway.Problem }
	if err := json.Unmarshal(m.Data, &got); err != nil || slipway.ErrorCode(got.Problem.Err()) != slipway.CodeUsage {
		t.Errorf("an unknown verb: %s", m.Data)
	}
}

func TestWorker_UnderstandsControlPlanesOneReleaseApart(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), "127.0.0.1:0")
	link := newControlConn(t, s)
	for _, c := range []struct {
		answer string
		code   slipway.Code
	}{
		{`{"result":{"event":5,"team":"shop"}}`, ""},
		{`{"protocol":2,"mood":"good","result":{"event":5,"team":"shop","urgent":true}}`, ""},
		{`{"protocol":2,"problem":{"code":"conflict","message":"done","link":"x"}}`, slipway.CodeConflict},
		{`{"protocol":3,"result":{}}`, slipway.CodeUsage},
	} {
		sub, err := link.Subscribe("sw.w.w1.task", func(m *nats.Msg) { _ = m.Respond([]byte(c.answer)) })
		if err != nil {
			t.Fatal(err)
		}
		got, err := newWorker(t, s, "w1").Task(within(t), 5)
		if slipway.ErrorCode(err) != c.code {
			t.Errorf("%s: %v", c.answer, err)
		}
		if d := cmp.Diff(slipway.Task{Event: 5, Team: "shop"}, got); c.code == "" && d != "" {
			t.Errorf("%s:\n%s", c.answer, d)
		}
		if err := sub.Unsubscribe(); err != nil {
			t.Fatal(err)
		}
	}
}

// A control plane of the release before knows no other chunk than one of JSON.
func TestWorker_AppendsToAControlPlaneOfTheReleaseBefore(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), "127.0.0.1:0")
	got := make(chan []byte, 2)
	_, err := newControlConn(t, s).Subscribe("sw.w.w1.*", func(m *nats.Msg) {
		var e struct{ Body struct{ Data []byte } }
		answer := `{"protocol":1}`
		switch err := json.Unmarshal(m.Data, &e); {
		case err != nil:
			answer = `{"protocol":1,"problem":{"code":"invalid","message":"a message is not one of Slipway's"}}`
		case m.Subject != "sw.w.w1.append":
			answer = `{"protocol":1,"problem":{"code":"usage","message":"there is no such request"}}`
		default:
			got <- e.Body.Data
		}
		_ = m.Respond([]byte(answer))
	})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorker(t, s, "w1")
	for i, chunk := range []string{"a line\nand one\n", ""} {
		if err := w.Append(within(t), slipway.Attempt{Build: 7, Number: 1}, i+1, []byte(chunk)); err != nil {
			t.Fatal(err)
		}
		if data := <-got; string(data) != chunk {
			t.Errorf("%q came as %q", chunk, data)
		}
	}
}
