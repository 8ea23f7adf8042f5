package dispatch_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
)

// busy is a house in which w1 is at build 1 of shop/cart, and w2 is there too.
func busy(t *testing.T) (*house, slipway.Assignment) {
	t.Helper()
	h := newHouse(t)
	h.report(t, worker("w1", 1), worker("w2", 1))
	h.find(t, "w1", h.push(t, pushTo("main", "a")), "a", "cart=1")
	return h, h.claim(t, "w1", 1)
}

// reports are all that a worker says of an attempt.
func reports() map[string]func(*testing.T, *house, slipway.Attempt) error {
	return map[string]func(*testing.T, *house, slipway.Attempt) error{
		"renew": func(t *testing.T, h *house, a slipway.Attempt) error {
			t.Helper()
			_, err := h.Renew(t.Context(), a)
			return err
		},
		"append": func(t *testing.T, h *house, a slipway.Attempt) error {
			t.Helper()
			return h.Append(t.Context(), a, 1, []byte("x"))
		},
		"stamp": func(t *testing.T, h *house, a slipway.Attempt) error {
			t.Helper()
			_, err := h.Stamp(t.Context(), a, "c", "k", slipway.Revision{SHA: sha("a")})
			return err
		},
		"holder": func(t *testing.T, h *house, a slipway.Attempt) error {
			t.Helper()
			_, err := h.Holder(t.Context(), a, "k")
			return err
		},
		"finish": func(t *testing.T, h *house, a slipway.Attempt) error {
			t.Helper()
			return h.Finish(t.Context(), a, 0, slipway.Outcome{State: slipway.BuildFailed})
		},
	}
}

// Every report of an attempt is refused to another worker, also to one that
// calls itself by that name in a field, and when it is stale.
func TestControl_own(t *testing.T) {
	t.Parallel()
	reports := reports()
	h, a := busy(t)
	for name, report := range reports {
		other := a.Attempt
		other.Worker = "w2"
		if err := report(t, h, other); slipway.ErrorCode(err) != slipway.CodeForbidden {
			t.Errorf("%s of another worker: %v", name, err)
		}
		for _, number := range []int{0, 2} {
			stale := a.Attempt
			stale.Number = number
			if err := report(t, h, stale); slipway.ErrorCode(err) != slipway.CodeConflict {
				t.Errorf("%s of attempt %d: %v", name, number, err)
			}
		}
	}
	must(t, reports["finish"](t, h, a.Attempt))
	for name, report := range reports {
		if err := report(t, h, a.Attempt); slipway.ErrorCode(err) != slipway.CodeConflict {
			t.Errorf("%s after the end: %v", name, err)
		}
	}
}

// A worker that claims what it is at did not get the answer: what began is
// fenced off, and that is no strike.
func TestControl_Claim_again(t *testing.T) {
	t.Parallel()
	h, first := busy(t)
	must(t, h.Append(t.Context(), first.Attempt, 1, []byte("x")))
	second := h.claim(t, "w1", 1)
	if second.Attempt.Number != 2 || h.first(t).Strikes != 0 {
		t.Fatalf("%+v", second)
	}
	if _, err := h.Renew(t.Context(), first.Attempt); slipway.ErrorCode(err) != slipway.CodeConflict {
		t.Error(err)
	}
	if _, err := h.Claim(t.Context(), "w2", 1); slipway.ErrorCode(err) != slipway.CodeConflict {
		t.Error(err)
	}
}

func TestControl_Claim_refused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*slipway.Worker){
		"sick":           func(w *slipway.Worker) { w.Sick = "its disk is full" },
		"draining":       func(w *slipway.Worker) { w.Draining = true },
		"strangers only": func(w *slipway.Worker) { w.Trust = []slipway.Trust{slipway.TrustStranger} },
		"too old":        func(w *slipway.Worker) { w.Protocol = slipway.Protocol - 2 },
		"unknown trust":  func(w *slipway.Worker) { w.Trust = nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.report(t, worker("w1", 1), worker("w2", 1, change))
			h.find(t, "w1", h.push(t, pushTo("main", "a")), "a", "cart")
			if _, err := h.Claim(t.Context(), "w2", 1); slipway.ErrorCode(err) != slipway.CodeConflict {
				t.Error(err)
			}
			if b := h.first(t); b.State != slipway.BuildQueued || b.Attempt != 0 {
				t.Errorf("%+v", b)
			}
		})
	}
	h, _ := busy(t)
	if _, err := h.Claim(t.Context(), "nobody", 1); slipway.ErrorCode(err) != slipway.CodeConflict {
		t.Error(err)
	}
	must(t, h.record.Drain(t.Context(), "w1", true))
	if _, err := h.Claim(t.Context(), "w1", 1); slipway.ErrorCode(err) != slipway.CodeConflict {
		t.Error(err)
	}
}

// revoked is a credential that somebody has to mend.
type revoked struct{ code slipway.Code }

func (r revoked) Credential(context.Context, slipway.Connection, slipway.Keys) (slipway.Credential, error) {
	return slipway.Credential{}, slipway.Errorf(r.code, "the App was removed")
}

// What cannot be handed out says why, waits longer each time, and ends.
func TestControl_Claim_unready(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.report(t, worker("w1", 1))
	h.find(t, "w1", h.push(t, pushTo("main", "a")), "a", "cart")
	h.Credentials = revoked{slipway.CodeUnavailable}
	if _, err := h.Claim(t.Context(), "w1", 1); err == nil || h.first(t).Attempt != 0 {
		t.Errorf("a forge that does not answer: %v, %+v", err, h.first(t))
	}
	h.Credentials = revoked{slipway.CodeForbidden}
	for n := 1; n <= slipway.MaxAttempts; n++ {
		if b := h.first(t); b.State != slipway.BuildQueued {
			t.Fatalf("after %d attempts: %+v", n-1, b)
		}
		if _, err := h.Claim(t.Context(), "w1", 1); slipway.ErrorCode(err) != slipway.CodeForbidden {
			t.Fatal(err)
		}
		if b := h.first(t); !strings.Contains(b.Reason, "the App was removed") {
			t.Fatalf("it is not said why: %+v", b)
		}
		h.after(3 * time.Minute)
	}
	if b := h.first(t); b.State != slipway.BuildFailed || b.Class != slipway.ClassPlatform {
		t.Errorf("%+v", b)
	}
}

// A member's build gets the secrets of its service and its team, and no
// other's; all of it is masked.
func TestControl_Claim_secrets(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(_ *slipway.Connection, k *slipway.Keys) {
		k.Clone = slipway.Credential{SSHKey: "-----BEGIN X-----\nline one\nline two\n-----END X-----\n"}
	})
	for _, name := range []string{"cart", "till"} {
		_, err := h.record.AddService(t.Context(), slipway.Service{Name: slipway.ServiceName{Team: "shop", Name: name}, Connection: h.connection.ID})
		must(t, err)
	}
	must(t, h.record.SetSecret(t.Context(), "shop", "", "TEAM", "of the team", noon))
	must(t, h.record.SetSecret(t.Context(), "shop", "cart", "OWN", "of the cart", noon))
	must(t, h.record.SetSecret(t.Context(), "shop", "till", "OTHER", "of the till", noon))
	h.report(t, worker("w1", 1))
	h.find(t, "w1", h.push(t, pushTo("main", "a")), "a", "cart")
	a := h.claim(t, "w1", 1)
	if diff := cmp.Diff(map[string]string{"TEAM": "of the team", "OWN": "of the cart"}, a.Secrets); diff != "" {
		t.Error(diff)
	}
	for _, want := range []string{"of the team", "of the cart", "line one", "line two"} {
		if !slices.Contains(a.Mask, want) {
			t.Errorf("%q is not masked: %q", want, a.Mask)
		}
	}
}

// A worker learns what its build's team has decided about the image contract.
func TestControl_Claim_policy(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	must(t, h.record.AddTeam(t.Context(), "bank"))
	must(t, h.record.SetPolicy(t.Context(), "shop", slipway.Policy{"size": slipway.BreachFail, "lean": slipway.BreachWarn}))
	must(t, h.record.SetPolicy(t.Context(), "bank", slipway.Policy{"user": slipway.BreachFail}))
	h.report(t, worker("w1", 1))
	h.find(t, "w1", h.push(t, pushTo("main", "a")), "a", "cart")
	if diff := cmp.Diff(slipway.Policy{"size": slipway.BreachFail, "lean": slipway.BreachWarn}, h.claim(t, "w1", 1).Policy); diff != "" {
		t.Error(diff)
	}
}

// A worker whose connection was removed is refused whatever it reports.
func TestControl_own_removed(t *testing.T) {
	t.Parallel()
	h, a := busy(t)
	_, err := h.record.RemoveConnection(t.Context(), h.connection.ID, true, "mia", h.clock())
	must(t, err)
	for name, report := range reports() {
		if err := report(t, h, a.Attempt); slipway.ErrorCode(err) != slipway.CodeConflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.Claim(t.Context(), "w2", 1); err == nil {
		t.Error("its build is to be had")
	}
}

// An image is of the build's own service and commit, whatever a worker says.
// What opens a service's images is made for each attempt, masked, and ends a
// little after the attempt must.
func TestControl_Claim_push(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Push = func(name slipway.ServiceName, until time.Time) slipway.Credential {
		return slipway.Credential{User: name.String(), Password: until.Sub(h.clock()).String()}
	}
	h.Wall = time.Hour
	h.report(t, worker("w1", 1))
	h.find(t, "w1", h.push(t, pushTo("main", "a")), "a", "cart")
	a := h.claim(t, "w1", 1)
	if want := (slipway.Credential{User: "shop/cart", Password: "1h10m0s"}); a.Push != want || !slices.Contains(a.Mask, want.Password) {
		t.Errorf("the worker gets %+v and masks %q, want %+v", a.Push, a.Mask, want)
	}
}

func TestControl_images(t *testing.T) {
	t.Parallel()
	h, a := busy(t)
	for _, r := range []slipway.Revision{{SHA: sha("b")}, {SHA: sha("a"), Dirty: true}, {}} {
		if _, err := h.Stamp(t.Context(), a.Attempt, "c", "k", r); slipway.ErrorCode(err) != slipway.CodeForbidden {
			t.Errorf("%+v: %v", r, err)
		}
	}
	for _, image := range []slipway.Image{{}, {Service: slipway.ServiceName{Team: "bank", Name: "cart"}, Digest: "sha256:x"}, {Service: a.Service}} {
		err := h.Finish(t.Context(), a.Attempt, 0, slipway.Outcome{State: slipway.BuildSucceeded, Image: image})
		if slipway.ErrorCode(err) != slipway.CodeForbidden {
			t.Errorf("%+v: %v", image, err)
		}
	}
	must(t, h.Finish(t.Context(), a.Attempt, 0, slipway.Outcome{State: slipway.BuildFailed, Class: slipway.ClassCode, Reason: strings.Repeat("ü", 1<<20)}))
	if b := h.first(t); len(b.Reason) > 5<<10 || b.State != slipway.BuildFailed {
		t.Errorf("%d bytes of a reason", len(b.Reason))
	}
}

// A worker that runs strangers' code says nothing about members' events.
func TestControl_Expanded_trust(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.report(t, worker("w1", 1), worker("w2", 1, func(w *slipway.Worker) { w.Trust = []slipway.Trust{slipway.TrustStranger} }))
	event := h.push(t, pushTo("main", "a"))
	if err := h.Expanded(t.Context(), "w2", event, slipway.Expansion{Commit: sha("e")}); slipway.ErrorCode(err) != slipway.CodeConflict {
		t.Error(err)
	}
	if err := h.Expanded(t.Context(), "w1", event, slipway.Expansion{Commit: "--upload-pack=x"}); slipway.ErrorCode(err) != slipway.CodeForbidden {
		t.Error(err)
	}
	if err := h.Expanded(t.Context(), "w1", event, slipway.Expansion{Commit: sha("b")}); slipway.ErrorCode(err) != slipway.CodeForbidden {
		t.Error(err)
	}
	h.find(t, "w1", event, "a", "cart")
	if b := h.first(t); b.Commit != sha("a") || b.Priority == 0 {
		t.Errorf("%+v", b)
	}
	if _, err := h.Task(t.Context(), "w1", event); slipway.ErrorCode(err) != slipway.CodeConflict {
		t.Error(err)
	}
}
