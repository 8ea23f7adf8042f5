package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/doctor"
)

// engineChecks look at what build steps reach: they run one, in the build
// image of a stack that is here, against a server that the check itself
// opens on every address of this machine.
func (a *app) engineChecks(flags engineFlags) []doctor.Check {
	return []doctor.Check{{Name: "build steps", Look: func(ctx context.Context) doctor.Finding { return a.stepsFinding(ctx, flags) }}}
}

func (a *app) stepsFinding(ctx context.Context, flags engineFlags) doctor.Finding {
	p, err := a.open(flags)
	if err != nil {
		return doctor.Fail(hintOf(err), "the engine cannot be used: %s", err)
	}
	defer p.Close() //nolint:errcheck // what it cannot stop, the kernel does when this process ends
	image, ok := p.anyBuildImage()
	if !ok {
		return doctor.Warn("run `slipway stack build`, then `slipway doctor` again", "no stack image is here to run a step in, so what steps reach was not tried")
	}
	return p.reachable(ctx, image)
}

// reachable runs the probe and judges what it printed.
func (p *platform) reachable(ctx context.Context, image slipway.StackImage) doctor.Finding {
	targets, stop, err := listenEverywhere(ctx)
	if err != nil {
		return doctor.Fail("look at this machine's network interfaces", "no address of this machine could be listened on: %s", err)
	}
	defer stop()
	client, err := p.solver(ctx)
	if err != nil {
		return doctor.Fail(hintOf(err), "the engine does not start: %s", err)
	}
	out, err := client.Run(ctx, image, p.settings, "/bin/bash", "-c", probeScript(targets))
	if err != nil {
		return doctor.Fail("look at logs/buildkitd.log in the data directory", "a build step cannot run: %s", err)
	}
	return judge(out, targets)
}

// judge reads the probe's lines: "open HOST:PORT" for what answered, and
// "packages" when a package registry did.
func judge(out string, targets []string) doctor.Finding {
	lines := strings.Split(out, "\n")
	var open []string
	packages := false
	for _, l := range lines {
		if target, ok := strings.CutPrefix(l, "open "); ok {
			open = append(open, target)
		}
		packages = packages || l == "packages"
	}
	switch {
	case len(open) > 0:
		return doctor.Fail("do not use --allow-host-network; for a remote daemon, give it a network of its own", "build steps reach addresses of this machine: %s", strings.Join(open, ", "))
	case !packages:
		return doctor.Warn("look at `go env GOPROXY`, the proxy variables and the CA bundle of this machine", "build steps do not reach the configured Go module proxy")
	default:
		return doctor.OK("they reach the configured Go module proxy and none of %d addresses of this machine; no firewall rule is involved", len(targets))
	}
}

// probeScript tries every target directly and through the step's proxy, with
// what bash has, and then the configured module proxy.
func probeScript(targets []string) string {
	var b strings.Builder
	b.WriteString("proxy=${HTTP_PROXY#http://}; phost=${proxy%:*}; pport=${proxy##*:}\n")
	b.WriteString("answers() { timeout 5 bash -c \"exec 3<>/dev/tcp/$1/$2; printf 'GET $3 HTTP/1.0\\r\\nHost: $4\\r\\n\\r\\n' >&3; grep -q " + probeAnswer + " <&3\" 2>/dev/null; }\n")
	for _, t := range targets {
		host, port, _ := net.SplitHostPort(t)
		fmt.Fprintf(&b, "answers %s %s / x && echo open %s\n", host, port, t)
		fmt.Fprintf(&b, "[ -n \"$proxy\" ] && answers $phost $pport http://%s/ %s && echo 'open %s (through the proxy)'\n", t, t, t)
	}
	b.WriteString("cd /tmp && GOFLAGS=-mod=mod GONOSUMDB='*' GOENV=/run/slipway/go.env go list -m golang.org/x/mod@v0.20.0 >/dev/null && echo packages\ntrue\n")
	return b.String()
}

// probeAnswer is what the check's own server says.
const probeAnswer = "slipway-doctor-was-here"

// listenEverywhere serves on one port of every IPv4 address of this machine.
func listenEverywhere(ctx context.Context) (targets []string, stop func(), err error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", "0.0.0.0:0")
	if err != nil {
		return nil, nil, err
	}
	srv := &http.Server{ReadHeaderTimeout: probeTime, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, probeAnswer)
	})}
	go func() { _ = srv.Serve(ln) }()
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil, nil, err
	}
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLinkLocalUnicast() {
			targets = append(targets, net.JoinHostPort(n.IP.String(), port))
		}
	}
	return targets, func() { _ = srv.Close() }, nil
}

// anyBuildImage gives the build image of some stack that is here.
func (p *platform) anyBuildImage() (slipway.StackImage, bool) {
	catalogue, err := p.app.catalogue()
	if err != nil {
		return slipway.StackImage{}, false
	}
	for _, s := range catalogue.With(p.lock).List("", "static") {
		if resolved, err := p.lock.Resolve(s); err == nil {
			return resolved.Build, true
		}
	}
	return slipway.StackImage{}, false
}
