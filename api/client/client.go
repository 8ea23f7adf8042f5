// Package client asks a server's API, as people's commands and other programs
// do. What the server refuses comes back as the *slipway.Error that it was;
// a server that does not answer is CodeUnavailable.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

// Limits of a call; streams have their own.
const (
	callTime  = 30 * time.Second
	maxAnswer = 16 << 20
)

// Client asks one server. It is safe for concurrent use.
type Client struct {
	server string // base URL, no slash at the end
	token  string
	http   *http.Client
}

// Proxy chooses the proxy of a request; nil is none.
type Proxy func(*http.Request) (*url.URL, error)

// New gives a client of the server at a URL; token is "slw_…". A URL that is
// none is CodeUsage.
func New(server, token string, proxy Proxy) (*Client, error) {
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, slipway.Errorf(slipway.CodeUsage, "%.200q is not the URL of a server", server).WithHint("write https://HOST or http://HOST:PORT")
	}
	transport := &http.Transport{
		Proxy: proxy, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 4,
		TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: callTime, IdleConnTimeout: time.Minute,
	}
	return &Client{server: strings.TrimRight(server, "/"), token: token, http: &http.Client{Transport: transport, CheckRedirect: sameHost}}, nil
}

// Server is its base URL.
func (c *Client) Server() string { return c.server }

// sameHost refuses to be led elsewhere: the token is for this server alone.
func sameHost(r *http.Request, via []*http.Request) error {
	first := via[0].URL
	if r.URL.Host != first.Host || r.URL.Scheme != first.Scheme && r.URL.Scheme != "https" {
		return slipway.Errorf(slipway.CodeForbidden, "%s leads to another server, %s", first.Host, r.URL.Host).
			WithHint("if that is the server, use its URL")
	}
	if len(via) > 5 {
		return errors.New("too many redirects")
	}
	return nil
}

// call asks and reads the answer into answer, which may be nil.
func (c *Client) call(ctx context.Context, method, path string, query url.Values, body, answer any) error {
	ctx, stop := context.WithTimeout(ctx, callTime)
	defer stop()
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(text)
	}
	response, err := c.send(ctx, method, path, query, sent)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	if answer == nil {
		return nil
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, maxAnswer)).Decode(answer); err != nil {
		return slipway.Errorf(slipway.CodeUnavailable, "the answer of %s cannot be read", c.server).Because(err)
	}
	return nil
}

// send gives an answer that is no problem.
func (c *Client) send(ctx context.Context, method, path string, query url.Values, body io.Reader, headers ...string) (*http.Response, error) {
	response, err := c.ask(ctx, method, path, query, body, headers...)
	if err == nil && response.StatusCode >= http.StatusBadRequest {
		return nil, c.problem(response)
	}
	return response, err
}

// ask gives whatever is answered.
func (c *Client) ask(ctx context.Context, method, path string, query url.Values, body io.Reader, headers ...string) (*http.Response, error) {
	address := c.server + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUsage, "%.200q cannot be asked for", path).Because(err)
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, c.silent(ctx, err)
	}
	return response, nil
}

func (c *Client) silent(ctx context.Context, err error) error {
	if e, ok := errors.AsType[*slipway.Error](err); ok {
		return e
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err // the rest repeats the address
	}
	return slipway.Errorf(slipway.CodeUnavailable, "the server %s does not answer", c.server).WithHint("see that it runs and that this machine reaches it").Because(err)
}

// problem reads an error, and closes its answer.
func (c *Client) problem(response *http.Response) error {
	defer response.Body.Close() //nolint:errcheck // it was read
	media, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	var p rest.Problem
	if media != "application/problem+json" || json.NewDecoder(io.LimitReader(response.Body, maxAnswer)).Decode(&p) != nil || p.Code == "" {
		code := slipway.CodeUnavailable
		if response.StatusCode < http.StatusInternalServerError {
			code = slipway.CodeUsage
		}
		return slipway.Errorf(code, "%s answers %s, and is no Slipway server or stands behind something that is not", c.server, response.Status)
	}
	e := &slipway.Error{Code: p.Code, Class: p.Class, Message: p.Title, Hint: p.Hint, Details: p.Details}
	if response.StatusCode == http.StatusUnauthorized {
		e.Message, e.Hint = "the server "+c.server+" does not accept the token", "`slipway login "+c.server+"` takes another one"
	}
	return e
}

// all reads a list page by page, up to most items; 0 is all there are.
func all[T any](ctx context.Context, c *Client, path string, query url.Values, most int) ([]T, error) {
	asked := url.Values{}
	maps.Copy(asked, query)
	items := []T{}
	for {
		limit := rest.MostItems
		if most > 0 {
			limit = min(limit, most-len(items))
		}
		asked.Set("limit", strconv.Itoa(limit))
		var page rest.List[T]
		if err := c.call(ctx, http.MethodGet, path, asked, nil, &page); err != nil {
			return nil, err
		}
		items = append(items, page.Items...)
		if page.Next == "" || len(page.Items) == 0 || most > 0 && len(items) >= most {
			return items, nil
		}
		asked.Set("cursor", page.Next)
	}
}

// path joins the parts of a path, each escaped.
func path(parts ...any) string {
	var b strings.Builder
	b.WriteString("/api/v1")
	for _, p := range parts {
		b.WriteByte('/')
		switch p := p.(type) {
		case int64:
			b.WriteString(strconv.FormatInt(p, 10))
		case string:
			b.WriteString(url.PathEscape(p))
		}
	}
	return b.String()
}

func get[T any](ctx context.Context, c *Client, path string) (answer T, err error) {
	err = c.call(ctx, http.MethodGet, path, nil, nil, &answer)
	return answer, err
}

func post[T any](ctx context.Context, c *Client, path string, body any) (answer T, err error) {
	err = c.call(ctx, http.MethodPost, path, nil, body, &answer)
	return answer, err
}
