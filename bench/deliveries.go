package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// deliveries is a forge that tells of pushes, each of another commit.
type deliveries struct {
	hooks   []hook
	mark    string
	filling string
	client  *http.Client
	sent    atomic.Int64
}

// hook is where the pushes of one repository are told.
type hook struct{ repository, url, secret string }

// newDeliveries connects repositories, so that each client has one.
func newDeliveries(ctx context.Context, p *plane, repositories int) (*deliveries, error) {
	d := &deliveries{mark: newMark(), filling: filling(), client: &http.Client{
		Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64},
	}}
	for i := range repositories {
		name := fmt.Sprintf("h%s-%d", strings.ToLower(d.mark), i)
		c, err := p.connect(ctx, name, "http://127.0.0.1:9/bench/"+name+".git") // nobody fetches
		if err != nil {
			return nil, err
		}
		d.hooks = append(d.hooks, hook{"bench/" + name, c.Hook, c.Secret})
	}
	return d, nil
}

// commit gives an object id that no other push of this run has.
func (d *deliveries) commit(n int64) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", d.mark, n))
	return hex.EncodeToString(sum[:20])
}

// push tells of one, signed as Gitea does, and sees that it was accepted.
func (d *deliveries) push(ctx context.Context, h hook) error {
	n := d.sent.Add(1)
	body := fmt.Appendf(nil, `{"ref":"refs/heads/b%d","before":"%s","after":"%s","repository":{"full_name":%q},"pusher":{"login":"somebody"},"commits":[%s]}`,
		n%50, d.commit(n-1), d.commit(n), h.repository, d.filling)
	mac := hmac.New(sha256.New, []byte(h.secret))
	mac.Write(body)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "X-Gitea-Event": "push", "X-Gitea-Delivery": rand.Text(),
		"X-Gitea-Signature": hex.EncodeToString(mac.Sum(nil)),
	} {
		req.Header.Set(name, value)
	}
	resp, err := d.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	text, err := io.ReadAll(resp.Body)
	if err == nil && (resp.StatusCode != http.StatusAccepted || bytes.Contains(text, []byte("duplicate"))) {
		err = fmt.Errorf("the hook answered %s: %s", resp.Status, text)
	}
	return err
}

// filling makes a delivery as large as a usual one, some kilobytes.
func filling() string {
	const commit = `{"id":"0123456789abcdef0123456789abcdef01234567","message":"Mend the basket when it is empty and somebody pays for it all the same",` +
		`"author":{"name":"Some Body","email":"somebody@example.com","username":"somebody"},"timestamp":"2026-01-01T00:00:00Z",` +
		`"added":[],"removed":[],"modified":["services/cart/basket.go","services/cart/basket_test.go"]}`
	return strings.Join(slices.Repeat([]string{commit}, 8), ",")
}

// load is what clients that do not pause got done.
type load struct {
	perSecond float64
	took      sample // milliseconds, of each
}

// drive has clients do something over and over for a while. What they did
// before a warm-up was over does not count.
func drive(ctx context.Context, clients int, warm, long time.Duration, do func(ctx context.Context, client int) error) (load, error) {
	from := time.Now().Add(warm)
	until := from.Add(long)
	var mu sync.Mutex
	var all load
	var first error
	var busy sync.WaitGroup
	for c := range clients {
		busy.Go(func() {
			var took sample
			for ctx.Err() == nil && time.Now().Before(until) {
				begun := time.Now()
				err := do(ctx, c)
				if err != nil {
					mu.Lock()
					first = err
					mu.Unlock()
					return
				}
				if begun.After(from) {
					took = append(took, float64(time.Since(begun).Microseconds())/1000)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			all.took = append(all.took, took...)
		})
	}
	busy.Wait()
	if first == nil {
		first = ctx.Err()
	}
	all.perSecond = float64(len(all.took)) / time.Since(from).Seconds()
	return all, first
}
