package slipway_test

import (
	"strings"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
)

func TestTicket(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	key, other := slipway.TicketKey("key"), slipway.TicketKey("other")
	ticket := key.Ticket(7, now.Add(time.Hour))
	if build, ok := key.Opens(ticket, now); build != 7 || !ok {
		t.Errorf("it opens %d, %t", build, ok)
	}
	for what, opens := range map[string]func() (int64, bool){
		"an old one":    func() (int64, bool) { return key.Opens(ticket, now.Add(time.Hour)) },
		"another key's": func() (int64, bool) { return other.Opens(ticket, now) },
		"one without a key": func() (int64, bool) {
			return slipway.TicketKey(nil).Opens(slipway.TicketKey(nil).Ticket(7, now.Add(time.Hour)), now)
		},
		"another build's": func() (int64, bool) { return key.Opens(strings.Replace(ticket, "-7-", "-8-", 1), now) },
		"a longer one":    func() (int64, bool) { return key.Opens(ticket+"x", now) },
		"a shorter one":   func() (int64, bool) { return key.Opens(ticket[:len(ticket)-1], now) },
		"a token":         func() (int64, bool) { return key.Opens("slw_abc", now) },
		"nothing":         func() (int64, bool) { return key.Opens("", now) },
	} {
		if build, ok := opens(); ok {
			t.Errorf("%s opens build %d", what, build)
		}
	}
}

func FuzzTicket(f *testing.F) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	key := slipway.TicketKey("key")
	f.Add(key.Ticket(7, now.Add(time.Hour)))
	f.Add("slipway-ticket-7-1-x")
	f.Add("slipway-ticket---")
	f.Fuzz(func(t *testing.T, text string) {
		if build, ok := key.Opens(text, now); ok && !strings.HasPrefix(key.Ticket(build, now.Add(time.Hour)), slipway.TicketPrefix+strings.SplitN(text, "-", 4)[2]) {
			t.Errorf("%q opens build %d", text, build)
		}
	})
}
