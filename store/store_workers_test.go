package store_test

import (
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
)

func workerTests() []test {
	return []test{
		{"workers are seen, drained and forgotten", (*record).workers},
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
