package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api"
)

// TestTicket_OpensItsBuildAlone goes over the whole table with a ticket of one
// build.
func TestTicket_OpensItsBuildAlone(t *testing.T) {
	t.Parallel()
	own := []string{
		"GET /api/v1/builds/:build", "GET /api/v1/builds/:build/log", "GET /api/v1/builds/:build/log/stream",
	}
	w := newWorld(t)
	w.config.Tickets = slipway.TicketKey("key")
	w.serve(t)
	second := w.pushed(t, "b")
	w.tokens["ticket"] = w.config.Tickets.Ticket(w.build, noon.Add(time.Hour))
	w.tokens["old"] = w.config.Tickets.Ticket(w.build, noon)
	w.tokens["forged"] = slipway.TicketKey("another").Ticket(w.build, noon.Add(time.Hour))
	opened := 0
	for _, row := range api.Table() {
		if row.Open {
			continue
		}
		for _, who := range []string{"old", "forged"} {
			w.refused(t, row, who, http.StatusUnauthorized)
		}
		if !slices.Contains(own, row.Method+" "+row.Path) {
			w.refused(t, row, "ticket", http.StatusNotFound)
			continue
		}
		opened++
		other := strings.Replace(row.Path, ":build", fmt.Sprint(second), 1)
		if a := w.ask(t, "ticket", row.Method, other, ""); a.status != http.StatusNotFound {
			t.Errorf("%s %s answers %d to another build's ticket: %s", row.Method, other, a.status, a.body)
		}
		w.let(t, row, "ticket")
	}
	if opened != len(own) {
		t.Errorf("%d routes were opened, want %d", opened, len(own))
	}
}

// TestTicket_WithoutAKeyThereIsNone: who signs with nothing forges nothing.
func TestTicket_WithoutAKeyThereIsNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	w.tokens["ticket"] = slipway.TicketKey(nil).Ticket(w.build, noon.Add(time.Hour))
	w.want(t, 401, nil, "ticket", http.MethodGet, fmt.Sprintf("/api/v1/builds/%d", w.build), "")
}
