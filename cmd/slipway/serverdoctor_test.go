package main

import (
	"strings"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/doctor"
)

func TestJudgeWorkers(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	w := func(change func(*slipway.Worker)) slipway.Worker {
		v := slipway.Worker{Seen: now, WorkerReport: slipway.WorkerReport{Name: "w", Version: "1.4", Protocol: slipway.Protocol, Slots: 2, Trust: []slipway.Trust{slipway.TrustMember}}}
		change(&v)
		return v
	}
	for name, test := range map[string]struct {
		worker    slipway.Worker
		all, one  doctor.Status
		says, own string
	}{
		"well":        {w(func(*slipway.Worker) {}), doctor.StatusOK, doctor.StatusOK, "2 of 2 slots free", ""},
		"busy":        {w(func(w *slipway.Worker) { w.Running = make([]slipway.Attempt, 2) }), doctor.StatusOK, doctor.StatusOK, "all of their 2 slots are taken", ""},
		"gone":        {w(func(w *slipway.Worker) { w.Seen = now.Add(-time.Minute) }), doctor.StatusFail, doctor.StatusWarn, "none of 1 workers is well", "last heard of at"},
		"sick":        {w(func(w *slipway.Worker) { w.Sick = "the disk is full" }), doctor.StatusFail, doctor.StatusWarn, "none of 1", "the disk is full"},
		"draining":    {w(func(w *slipway.Worker) { w.Drain = true }), doctor.StatusFail, doctor.StatusWarn, "none of 1", "it drains"},
		"strangers'":  {w(func(w *slipway.Worker) { w.Trust = []slipway.Trust{slipway.TrustStranger} }), doctor.StatusFail, doctor.StatusOK, "builds members' code", ""},
		"no slots":    {w(func(w *slipway.Worker) { w.Slots = 0 }), doctor.StatusFail, doctor.StatusOK, "no slots", ""},
		"one behind":  {w(func(w *slipway.Worker) { w.Protocol-- }), doctor.StatusOK, doctor.StatusOK, "slots free", ""},
		"far ahead":   {w(func(w *slipway.Worker) { w.Protocol += 2 }), doctor.StatusOK, doctor.StatusWarn, "slots free", "protocol"},
		"far behind":  {w(func(w *slipway.Worker) { w.Protocol -= 2 }), doctor.StatusOK, doctor.StatusWarn, "slots free", "version 1.4"},
		"a bad clock": {w(func(w *slipway.Worker) { w.Seen = now.Add(time.Hour) }), doctor.StatusOK, doctor.StatusOK, "slots free", ""},
	} {
		all, one := judgeWorkers([]slipway.Worker{test.worker}, now), judgeWorker(test.worker, "1.5", now)
		if all.Status != test.all || !strings.Contains(all.Found, test.says) {
			t.Errorf("%s: all are %+v", name, all)
		}
		if one.Status != test.one || !strings.Contains(one.Found, test.own) || one.Status != doctor.StatusOK && one.Mend == "" {
			t.Errorf("%s: it is %+v", name, one)
		}
	}
}
