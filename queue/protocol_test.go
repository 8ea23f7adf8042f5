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
	serve(t, newControl(t, s), newRecord())
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
