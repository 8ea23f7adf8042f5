package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway/api/client"
	"github.com/slipway-ci/slipway/api/rest"
)

// plane is a running control plane as this program asks it.
type plane struct {
	*engines
	api  *client.Client
	team string
}

// startPlane starts `slipway serve` in a data directory below the work
// directory, with a team in it.
func (l *lab) startPlane(ctx context.Context, name string, flags ...string) (*plane, error) {
	e, err := l.startRole(ctx, "serve", l.workDir(name), flags...)
	if err != nil {
		return nil, err
	}
	p, err := planeOf(ctx, e)
	if err != nil {
		_ = e.stop()
	}
	return p, err
}

func planeOf(ctx context.Context, e *engines) (*plane, error) {
	api, err := client.New(e.Server, e.Token, nil)
	if err != nil {
		return nil, err
	}
	p := &plane{engines: e, api: api, team: "bench-" + strings.ToLower(newMark())}
	return p, api.AddTeam(ctx, p.team)
}

// connect connects the repository TEAM/NAME of a Gitea at a URL.
func (p *plane) connect(ctx context.Context, name, url string) (rest.ConnectionView, error) {
	return p.api.AddConnection(ctx, p.team, rest.NewConnection{
		Forge: "gitea", Repository: "bench/" + name, URL: url, Default: "refs/heads/main",
	})
}

// memory is the process's resident memory in MB (10^6 bytes): now, and the
// most since the last forget.
func (e *engines) memory() (now, most float64, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", e.cmd.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) < 2 || f[0] != "VmRSS:" && f[0] != "VmHWM:" {
			continue
		}
		kib, err := strconv.ParseFloat(f[1], 64)
		if err != nil {
			return 0, 0, err
		}
		if f[0] == "VmRSS:" {
			now = kib * 1024 / 1e6
		} else {
			most = kib * 1024 / 1e6
		}
	}
	return now, most, nil
}

// cpu is how many seconds of processor time the process has used.
func (e *engines) cpu() (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", e.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:])) // from the third field on
	const user, system, perSecond = 14 - 3, 15 - 3, 100                      // USER_HZ
	u, errU := strconv.ParseFloat(f[user], 64)
	k, errK := strconv.ParseFloat(f[system], 64)
	return (u + k) / perSecond, errors.Join(errU, errK)
}

// forgetMost begins the most anew (proc(5), clear_refs).
func (e *engines) forgetMost() error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", e.cmd.Process.Pid), []byte("5"), 0)
}
