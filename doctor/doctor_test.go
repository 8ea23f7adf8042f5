package doctor_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway/doctor"
)

func TestRun_tellsEachFindingInOrder(t *testing.T) {
	t.Parallel()
	checks := []doctor.Check{
		{Name: "a", Look: func(context.Context) doctor.Finding { return doctor.OK("fine") }},
		{Name: "b", Look: func(context.Context) doctor.Finding { return doctor.Warn("do this", "%d left", 3) }},
	}
	want := []doctor.Finding{
		{Check: "a", Status: doctor.StatusOK, Found: "fine"},
		{Check: "b", Status: doctor.StatusWarn, Found: "3 left", Mend: "do this"},
	}
	var told []doctor.Finding
	got := doctor.Run(t.Context(), checks, func(f doctor.Finding) { told = append(told, f) })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if got := doctor.Worst(got); got != doctor.StatusWarn {
		t.Errorf("worst is %s, want warn", got)
	}
}

func TestRun_endedContextIsNoSuccess(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got := doctor.Run(ctx, []doctor.Check{{Name: "a", Look: func(context.Context) doctor.Finding { return doctor.OK("fine") }}}, nil)
	if doctor.Worst(got) != doctor.StatusFail {
		t.Errorf("got %+v, want a failure", got)
	}
}

func TestReach(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		must, reached bool
		want          doctor.Status
	}{
		"must and does":      {true, true, doctor.StatusOK},
		"must and does not":  {true, false, doctor.StatusFail},
		"must not and does":  {false, true, doctor.StatusFail},
		"must not, does not": {false, false, doctor.StatusOK},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := doctor.Reach("the host", tt.must, tt.reached, "it said so", "do this")
			if f.Status != tt.want || !contains(f.Found, "the host") || (f.Mend == "") != (f.Status == doctor.StatusOK) {
				t.Errorf("got %+v, want %s", f, tt.want)
			}
		})
	}
}
