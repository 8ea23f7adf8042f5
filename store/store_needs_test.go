package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

func needsTests() []test {
	return []test{
		{"needs and names of a file are checked", (*record).checksFound},
		{"needs lead out of the repository, and not back", (*record).needsElsewhere},
	}
}

func found(name string, needs ...string) slipway.Found {
	return slipway.Found{Name: name, Needs: needs}
}

func (r *record) checksFound(t *testing.T) {
	t.Helper()
	other := r.connect(t, "shop", "shop/other")
	got(t)(r.AddService(t.Context(), slipway.Service{Name: slipway.ServiceName{Team: "shop", Name: "till"}, Connection: other}))
	many := make([]slipway.Found, 501)
	for i := range many {
		many[i] = found(fmt.Sprint("s", i))
	}
	for i, c := range []struct {
		found []slipway.Found
		says  []string // of the note; none when it is fine
	}{
		{[]slipway.Found{found("cart", "stock", "till"), found("stock", "till")}, nil},
		{[]slipway.Found{found("cart", "stok"), found("stock")}, []string{"cart", `"stok"`}},
		{[]slipway.Found{found("cart", "cart")}, []string{"cart needs cart"}},
		{[]slipway.Found{found("cart", "stock"), found("stock", "mail"), found("mail", "stock")}, []string{"stock needs mail needs stock"}},
		{[]slipway.Found{found("Cart")}, []string{`"Cart"`}},
		{[]slipway.Found{found("cart"), found("cart")}, []string{"two services cart"}},
		{[]slipway.Found{found("till")}, []string{"till", "another repository"}},
		{many, []string{"501"}},
	} {
		event := r.push(t, fmt.Sprint("c", i))[0]
		out := r.finds(t, event, "c", slipway.ExpandPolicy{}, c.found...)
		e := r.event(t, event)
		if failed := e.State == slipway.EventFailed; failed != (c.says != nil) || failed == (len(out.Builds) > 0) {
			t.Errorf("%d: %+v, %+v", i, e, out)
		}
		for _, s := range c.says {
			if !strings.Contains(e.Note, s) {
				t.Errorf("%d: %q does not say %q", i, e.Note, s)
			}
		}
	}
}

func (r *record) needsElsewhere(t *testing.T) {
	t.Helper()
	other := r.connect(t, "shop", "shop/other")
	till := slipway.Service{Name: slipway.ServiceName{Team: "shop", Name: "till"}, Connection: other, Needs: []string{"cart", "gone"}}
	got(t)(r.AddService(t.Context(), till))
	must(t, r.AddTeam(t.Context(), "pay"))
	theirs := r.connect(t, "pay", "pay/bank")
	got(t)(r.AddService(t.Context(), slipway.Service{Name: slipway.ServiceName{Team: "pay", Name: "bank"}, Connection: theirs}))
	for need, says := range map[string]string{"till": "cart needs till needs cart", "bank": `"bank"`} {
		event := r.push(t, need)[0]
		r.finds(t, event, "a", slipway.ExpandPolicy{}, found("cart", need))
		if e := r.event(t, event); e.State != slipway.EventFailed || !strings.Contains(e.Note, says) {
			t.Errorf("%+v", e)
		}
	}
}
