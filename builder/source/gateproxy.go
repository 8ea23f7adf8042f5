package source

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"net"
	"net/http"
	"net/netip"
	"net/url"

	"github.com/slipway-ci/slipway"
)

// dialVia opens a tunnel to the target through the organisation's proxy. The
// proxy resolves the name, so only addresses that are written out, or that
// this machine resolves as well, can be judged here.
func (g *gate) dialVia(ctx context.Context, via *url.URL) (net.Conn, error) {
	if err := g.judge(ctx); err != nil {
		return nil, err
	}
	address := via.Host
	if via.Port() == "" {
		address = net.JoinHostPort(via.Hostname(), map[string]string{"http": "80", "https": "443"}[via.Scheme])
	}
	conn, err := g.dial(ctx, address, reachPrivate)
	if err != nil {
		return nil, unavailablef("the proxy %s does not answer", address).Because(err)
	}
	if via.Scheme == "https" {
		conn = tls.Client(conn, &tls.Config{ServerName: via.Hostname(), MinVersion: tls.VersionTLS12})
	}
	if err := g.connect(conn, via, address); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

func (g *gate) connect(conn net.Conn, via *url.URL, address string) error {
	r := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: g.target.address()}, Host: g.target.address(), Header: http.Header{}}
	if via.User != nil {
		password, _ := via.User.Password()
		r.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(via.User.Username()+":"+password)))
	}
	if err := r.Write(conn); err != nil {
		return unavailablef("the proxy %s does not answer", address).Because(err)
	}
	// A proxy sends nothing after its answer until it was spoken to, so the
	// reader holds nothing back.
	res, err := http.ReadResponse(bufio.NewReaderSize(conn, 1), r)
	if err != nil {
		return unavailablef("the proxy %s does not answer", address).Because(err)
	}
	defer res.Body.Close() //nolint:errcheck // it has no body
	if res.StatusCode != http.StatusOK {
		return slipway.Errorf(slipway.CodeForbidden, "the proxy %s answers %s for %s", address, res.Status, g.target.address())
	}
	return nil
}

// judge refuses the target where its address can be known here.
func (g *gate) judge(ctx context.Context) error {
	addrs := []netip.Addr{}
	if addr, err := netip.ParseAddr(g.target.Host); err == nil {
		addrs = append(addrs, addr)
	} else if found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", g.target.Host); err == nil {
		addrs = found
	}
	for _, addr := range addrs {
		if why := g.reach.refuses(addr); why != "" {
			return addressError(why)
		}
	}
	return nil
}
