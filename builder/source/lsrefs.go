package source

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/pktline"
)

// errNoPrefixes says that a server did not answer in protocol version 2.
var errNoPrefixes = errors.New("the server does not list references by their beginning")

// lsRefs asks a server for the references whose names begin with one of the
// prefixes, over http or https in protocol version 2 (gitprotocol-v2(5), the
// command ls-refs). Neither git ls-remote, which tells its patterns to no
// server, nor go-git can ask that: both have every reference sent. Whatever
// answers otherwise is errNoPrefixes.
func (s *Sources) lsRefs(ctx context.Context, a *access, prefixes ...string) ([]ref, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(a.remote.String(), "/")+"/git-upload-pack", bytes.NewReader(askRefs(prefixes)))
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{
		"Git-Protocol": "version=2", "Content-Type": "application/x-git-upload-pack-request", "Accept": "application/x-git-upload-pack-result",
		"User-Agent": "git/slipway", // some servers take nobody else for git
	} {
		request.Header.Set(name, value)
	}
	if a.login != nil {
		password, _ := a.login.Password()
		request.SetBasicAuth(a.login.Username(), password)
	}
	client, err := s.client(a.gate)
	if err != nil {
		return nil, err
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := client.Do(request)
	if err != nil {
		return nil, unwrapURL(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "application/x-git-upload-pack-result" {
		return nil, errNoPrefixes
	}
	return readRefs(io.LimitReader(response.Body, maxOutput))
}

// client goes through a gate.
func (s *Sources) client(g *gate) (*http.Client, error) {
	via, err := url.Parse(g.url())
	if err != nil {
		return nil, err
	}
	var roots *x509.CertPool // nil: the system's
	if len(s.config.CA) > 0 {
		if roots, err = x509.SystemCertPool(); err != nil {
			roots = x509.NewCertPool()
		}
		roots.AppendCertsFromPEM(s.config.CA)
	}
	return &http.Client{Transport: &http.Transport{
		Proxy: http.ProxyURL(via), DisableKeepAlives: true,
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
	}}, nil
}

// askRefs writes the command.
func askRefs(prefixes []string) []byte {
	var b bytes.Buffer
	line := func(text string) { fmt.Fprintf(&b, "%04x%s\n", len(text)+5, text) }
	line("command=ls-refs")
	b.WriteString("0001")
	line("symrefs")
	for _, p := range prefixes {
		line("ref-prefix " + p)
	}
	b.WriteString("0000")
	return b.Bytes()
}

// readRefs reads the answer to it: "ID NAME" and attributes, a line each.
func readRefs(r io.Reader) (refs []ref, err error) {
	lines := pktline.NewScanner(r)
	for lines.Scan() {
		line := strings.TrimSuffix(string(lines.Bytes()), "\n")
		if line == "" { // the end
			return refs, nil
		}
		fields := strings.Split(line, " ")
		if len(fields) < 2 || !wholeID.MatchString(fields[0]) && fields[0] != "unborn" {
			return nil, errNoPrefixes
		}
		one := ref{Name: fields[1], SHA: fields[0]}
		for _, attribute := range fields[2:] {
			if target, ok := strings.CutPrefix(attribute, "symref-target:"); ok {
				one.Target = target
			}
		}
		if one.SHA != "unborn" {
			refs = append(refs, one)
		}
	}
	return nil, errors.Join(errNoPrefixes, lines.Err())
}
