package source

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/slipway-ci/slipway"
)

// lfsClient speaks git LFS' batch API (version 1, transfer "basic") with one
// server. Like a fetch it goes through a gate, one for each host.
type lfsClient struct {
	sources  *Sources
	remote   remote
	endpoint string
	access   *access
	gates    map[string]*gate
}

// Limits of what a server may answer. git-lfs itself asks for 100 at a time.
const (
	lfsBatch     = 100
	maxLFSAnswer = 8 * mib
)

func (s *Sources) lfsClient(ctx context.Context, r remote, to reach) (*lfsClient, error) {
	if r.Scheme == "ssh" {
		return nil, slipway.Errorf(slipway.CodeInvalid, "git LFS is fetched over https only, and the repository is %s", r).
			WithHint("give the repository's https URL, with credentials in the netrc file")
	}
	a, err := s.access(ctx, r, to)
	if err != nil {
		return nil, err
	}
	c := &lfsClient{
		sources: s, remote: r, access: a, gates: map[string]*gate{r.origin(): a.gate},
		endpoint: strings.TrimSuffix(strings.TrimRight(r.String(), "/"), ".git") + ".git/info/lfs/objects/batch",
	}
	return c, nil
}

func (c *lfsClient) close() {
	for _, g := range c.gates {
		g.close()
	}
}

// fetch brings the content of all pointers into the store.
func (c *lfsClient) fetch(ctx context.Context, into *lfsFiles, todo []pointer) error {
	for len(todo) > 0 {
		some := todo[:min(lfsBatch, len(todo))]
		todo = todo[len(some):]
		found, err := c.batch(ctx, some)
		if err != nil {
			return lfsRefused(some[0], c.explain(ctx, c.access.gate, err))
		}
		for _, p := range some {
			if err := c.one(ctx, into, p, found[p.oid]); err != nil {
				return lfsRefused(p, err)
			}
		}
	}
	return nil
}

// lfsObject is what the server says of one object.
type lfsObject struct {
	OID     string `json:"oid"`
	Actions struct {
		Download *lfsDownload `json:"download"`
	} `json:"actions"`
	Error *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

type lfsDownload struct {
	Href   string            `json:"href"`
	Header map[string]string `json:"header"`
}

// batch asks where the objects are.
func (c *lfsClient) batch(ctx context.Context, some []pointer) (map[string]lfsObject, error) {
	type object struct {
		OID  string `json:"oid"`
		Size int64  `json:"size"`
	}
	ask := struct {
		Operation string   `json:"operation"`
		Transfers []string `json:"transfers"`
		Objects   []object `json:"objects"`
	}{Operation: "download", Transfers: []string{"basic"}}
	for _, p := range some {
		ask.Objects = append(ask.Objects, object{p.oid, p.size})
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return nil, err
	}
	const media = "application/vnd.git-lfs+json"
	res, err := c.do(ctx, http.MethodPost, c.endpoint, body, map[string]string{"Accept": media, "Content-Type": media})
	if err != nil {
		return nil, err
	}
	defer res.Body.Close() //nolint:errcheck // read to its end
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxLFSAnswer))
	if err != nil {
		return nil, err
	}
	return decodeBatch(answer)
}

// decodeBatch reads the answer to a batch request.
func decodeBatch(answer []byte) (map[string]lfsObject, error) {
	var got struct {
		Objects []lfsObject `json:"objects"`
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		return nil, fmt.Errorf("the answer of the LFS server: %w", err)
	}
	found := map[string]lfsObject{}
	for _, o := range got.Objects {
		found[o.OID] = o
	}
	return found, nil
}

// one downloads one object.
func (c *lfsClient) one(ctx context.Context, into *lfsFiles, p pointer, o lfsObject) error {
	switch {
	case o.Error != nil:
		return slipway.Errorf(slipway.CodeNotFound, "%s does not have its content: %d %.200s", c.remote.Host, o.Error.Code, printable(o.Error.Message))
	case o.Actions.Download == nil:
		return slipway.Errorf(slipway.CodeNotFound, "%s does not say where its content is", c.remote.Host)
	}
	res, err := c.do(ctx, http.MethodGet, o.Actions.Download.Href, nil, o.Actions.Download.Header)
	if err == nil {
		defer res.Body.Close() //nolint:errcheck // the content is checked
		err = into.store(ctx, p, res.Body)
	}
	return c.explain(ctx, c.gateOf(o.Actions.Download.Href), err)
}

// do sends one request through the gate of its host. The credentials of the
// repository go to its own origin and nowhere else.
func (c *lfsClient) do(ctx context.Context, method, href string, body []byte, header map[string]string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, href, bytes.NewReader(body))
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeInvalid, "the LFS server gives an address that is none").Because(unwrapURL(err))
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	target, err := lfsTarget(req.URL)
	if err != nil {
		return nil, err
	}
	if l := c.access.login; l != nil && target.origin() == c.remote.origin() && req.Header.Get("Authorization") == "" {
		password, _ := l.Password()
		req.SetBasicAuth(l.Username(), password)
	}
	g, err := c.gate(ctx, target)
	if err != nil {
		return nil, err
	}
	client, err := c.sources.client(g)
	if err != nil {
		return nil, err
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, unwrapURL(err)
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close()
		return nil, lfsStatus(target, res.StatusCode)
	}
	return res, nil
}

// lfsTarget is the host of an address that a server gave.
func lfsTarget(u *url.URL) (remote, error) {
	ports := map[string]string{"https": "443", "http": "80"}
	port, ok := ports[u.Scheme]
	if !ok || u.Hostname() == "" {
		return remote{}, slipway.Errorf(slipway.CodeForbidden, "the LFS server sends the fetch on to %.100q, which is neither https nor http", u.Scheme+"://"+u.Host)
	}
	if u.Port() != "" {
		port = u.Port()
	}
	return remote{Scheme: u.Scheme, Host: strings.ToLower(u.Hostname()), Port: port, Path: "/"}, nil
}

// gate opens the way to a host. A host that the server named must be public,
// the repository's own, or one that the operator listed.
func (c *lfsClient) gate(ctx context.Context, target remote) (*gate, error) {
	if g, ok := c.gates[target.origin()]; ok {
		return g, nil
	}
	to := reachPublic
	if target.Host == c.remote.Host || c.sources.named(target.Host) {
		to = reachPrivate
	}
	g, err := openGate(ctx, target, to, c.sources.config.Limits, c.sources.config.Proxy)
	if err == nil {
		c.gates[target.origin()] = g
	}
	return g, err
}

func (c *lfsClient) gateOf(href string) *gate {
	u, err := url.Parse(href)
	if err != nil {
		return nil
	}
	target, err := lfsTarget(u)
	if err != nil {
		return nil
	}
	return c.gates[target.origin()]
}

// explain prefers what the gate saw, as for a fetch.
func (c *lfsClient) explain(ctx context.Context, g *gate, err error) error {
	a := *c.access
	a.gate = g
	return explain(ctx, &a, c.sources.config.Limits, "", err)
}

func lfsStatus(target remote, status int) error {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return slipway.Errorf(slipway.CodeForbidden, "%s does not let this fetch in: %d", target.Host, status).
			WithHint("give credentials for %s in the netrc file", target.Host)
	case http.StatusNotFound, http.StatusGone:
		return slipway.Errorf(slipway.CodeNotFound, "%s has no LFS content there: %d", target.Host, status)
	}
	return unavailablef("%s answers %d", target.Host, status).WithHint("try again; if it stays like this, ask who runs %s", target.Host)
}
