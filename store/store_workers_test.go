package store_test

import (
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
)

func workerTests() []test {
	return []test{
		{"workers are seen, drained and forgotten", (*record).workers},
		{"a worker that was started anew is at nothing", (*record).startedAnew},
	}
}

func (r *record) workers(t *testing.T) {
	t.Helper()
	report := slipway.WorkerReport{
		Name: "w1", Version: "1", Protocol: 1, Platform: "linux/amd64", Trust: []slipway.Trust{slipway.TrustMember}, Slots: 2, Started: noon,
		Running: []slipway.Attempt{{Build: 1, Number: 2, Worker: "w1", Lease: noon}},
	}
	must(t, r.SeeWorker(t.Context(), report, noon))
	must(t, r.SeeWorker(t.Context(), slipway.WorkerReport{Name: "w2"}, noon))
	must(t, r.Drain(t.Context(), "w1", true))
	report.Sick = "its disk is full"
	later := noon.Add(time.Minute)
	must(t, r.SeeWorker(t.Context(), report, later))
	all, err := r.Workers(t.Context())
	must(t, err)
	same(t, all, []slipway.Worker{{WorkerReport: report, Seen: later, Drain: true}, {WorkerReport: slipway.WorkerReport{Name: "w2"}, Seen: noon}})
	must(t, r.ForgetWorkers(t.Context(), later))
	must(t, r.ForgetWorkers(t.Context(), later.Add(time.Hour))) // w1 is drained
	if all, err = r.Workers(t.Context()); len(all) != 1 || all[0].Name != "w1" || err != nil {
		t.Errorf("%+v, %v", all, err)
	}
	must(t, r.Drain(t.Context(), "w1", false))
	must(t, r.ForgetWorkers(t.Context(), later.Add(time.Hour)))
	if all, err = r.Workers(t.Context()); len(all) != 0 || err != nil {
		t.Errorf("%+v, %v", all, err)
	}
	wants(t, r.Drain(t.Context(), "w1", true), slipway.CodeNotFound)
	wants(t, r.SeeWorker(t.Context(), slipway.WorkerReport{}, noon), slipway.CodeUsage)
}

func (r *record) startedAnew(t *testing.T) {
	t.Helper()
	report := slipway.WorkerReport{Name: "w1", Slots: 3, Started: noon}
	must(t, r.SeeWorker(t.Context(), report, noon))
	kept, gone, others := r.build(t, "a"), r.build(t, "b"), r.build(t, "c")
	for _, c := range []struct {
		build  int64
		worker string
	}{{kept, "w1"}, {gone, "w1"}, {others, "w2"}} {
		if _, err := r.Claim(t.Context(), c.build, c.worker, noon, noon.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	states := func() []slipway.BuildState {
		return []slipway.BuildState{r.state(t, kept).State, r.state(t, gone).State, r.state(t, others).State}
	}
	must(t, r.SeeWorker(t.Context(), report, noon.Add(time.Second))) // a claim's answer may be on its way
	same(t, states(), []slipway.BuildState{slipway.BuildRunning, slipway.BuildRunning, slipway.BuildRunning})
	report.Started, report.Running = noon.Add(time.Second), []slipway.Attempt{{Build: kept, Number: 1}}
	must(t, r.SeeWorker(t.Context(), report, noon.Add(2*time.Second)))
	same(t, states(), []slipway.BuildState{slipway.BuildRunning, slipway.BuildQueued, slipway.BuildRunning})
	if b := r.state(t, gone); b.Strikes != 0 || b.Attempt != 1 {
		t.Errorf("%+v", b)
	}
}
