package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

const (
	largeBuilds  = 100_000
	largeWaiting = 10_000
	largeStarts  = 7
	largePages   = 100 // of each kind
	pageItems    = 50
)

// largeRecord has a control plane start, list and receive with many builds in
// the record, a tenth of which waits.
func (l *lab) largeRecord(ctx context.Context) (err error) {
	if err := fillRecord(ctx, l.workDir("large"), largeBuilds, largeWaiting); err != nil {
		return err
	}
	var took sample
	for range largeStarts {
		e, err := l.startRole(ctx, "serve", l.workDir("large"))
		if err != nil {
			return err
		}
		took = append(took, e.ready.Seconds())
		if err := e.stop(); err != nil {
			return err
		}
	}
	what := fmt.Sprintf(", %d builds in the record, %d of them waiting", largeBuilds, largeWaiting)
	l.report.add(row{
		what:   "`slipway serve`: start to ready" + what,
		figure: fmt.Sprintf("%.2f s %s n=%d", took.median(), took.spread("%.2f"), len(took)),
		bar:    "≤ 1 s", met: took.median() <= 1,
	})
	p, err := l.startPlane(ctx, "large")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	if err := l.pages(ctx, p, what); err != nil {
		return err
	}
	d, err := newDeliveries(ctx, p, hookClients)
	if err != nil {
		return err
	}
	got, err := drive(ctx, hookClients, hookWarm, 2*hookTime, func(ctx context.Context, client int) error { return d.push(ctx, d.hooks[client]) })
	if err != nil {
		return err
	}
	x := hookRow(fmt.Sprintf("hooks accepted, %d clients", hookClients)+what, got)
	x.note = "no worker has joined, so that all of them wait on; dispatch looks at them all the same"
	l.report.add(x)
	now, most, err := p.memory()
	l.report.add(row{what: "`slipway serve`: resident memory then", figure: fmt.Sprintf("%.0f MB, at most %.0f MB", now, most)})
	return err
}

// pages lists builds as people and programs do.
func (l *lab) pages(ctx context.Context, p *plane, what string) error {
	newest := fmt.Sprintf("limit=%d", pageItems)
	first, _, err := p.page(ctx, newest)
	if err != nil {
		return err
	}
	var all sample
	var notes []string
	for _, kind := range []struct{ name, query string }{
		{"newest", newest},
		{"the one after", newest + "&cursor=" + url.QueryEscape(first.Next)},
		{"of a team", newest + "&team=team7"},
		{"of a service", newest + "&service=team7%2Fs3"},
		{"that failed", newest + "&state=failed"},
	} {
		var took sample
		for i := range largePages + 5 {
			list, t, err := p.page(ctx, kind.query)
			if err != nil {
				return err
			}
			if len(list.Items) != pageItems {
				return fmt.Errorf("a page of builds (%s) has %d items", kind.name, len(list.Items))
			}
			if i >= 5 { // the first ones warm it
				took = append(took, float64(t.Microseconds())/1000)
			}
		}
		all = append(all, took...)
		notes = append(notes, fmt.Sprintf("%s %.1f ms", kind.name, took.quantile(0.95)))
	}
	l.report.add(row{
		what:   fmt.Sprintf("a page of %d builds by REST, warm", pageItems) + what,
		figure: fmt.Sprintf("p50 %.1f ms, p95 %.1f ms n=%d", all.median(), all.quantile(0.95), len(all)),
		bar:    "p95 ≤ 20 ms", met: all.quantile(0.95) <= 20,
		note: "p95 of each kind: " + strings.Join(notes, ", ") + "; one caller, whole answers",
	})
	return nil
}

func (p *plane) page(ctx context.Context, query string) (list rest.List[slipway.Build], took time.Duration, err error) {
	begun := time.Now()
	resp, err := p.get(ctx, "/api/v1/builds?"+query)
	if err != nil {
		return list, 0, err
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	b, err := io.ReadAll(resp.Body)
	took = time.Since(begun)
	if err == nil {
		err = json.Unmarshal(b, &list)
	}
	return list, took, err
}

// get asks the API with the operator's token.
func (p *plane) get(ctx context.Context, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.Server+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+p.Token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, errors.Join(fmt.Errorf("GET %s: %s", path, resp.Status), resp.Body.Close())
	}
	return resp, nil
}
