package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api"
	"github.com/slipway-ci/slipway/forge"
	"github.com/slipway-ci/slipway/store"
)

// TestServerScript holds the commands that ask a server to what they promise,
// against the real API on a real record. The scripts are in testdata/server.
func TestServerScript(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "server"),
		Setup:               ownHome,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "server": serverCmd, "push": pushCmd, "told": toldCmd, "looked": lookedCmd, "until": untilCmd, "work": workCmd, "fork": forkCmd, "seen": seenCmd, "forge": gitForge, "jenkins": jenkinsCmd(t), "jobs": jobsCmd(t), "reported": reportedCmd},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// openedRecord is the record of a script's server, which lies in its directory:
// scripts' commands share nothing else.
func openedRecord(ts *testscript.TestScript) *store.Store {
	s, err := store.Open(context.Background(), "sqlite:"+filepath.Join(ts.Getenv("WORK"), "record.db"), store.Options{Key: bytes.Repeat([]byte{7}, 32)})
	ts.Check(err)
	ts.Defer(func() { _ = s.Close() })
	return s
}

// serverCmd starts the API. $SERVER is its URL and the file token has an
// operator's token.
func serverCmd(ts *testscript.TestScript, _ bool, _ []string) {
	record := openedRecord(ts)
	queue := waitingBuilds{record}
	here := &platform{app: &app{env: func(string) (string, bool) { return "", false }}, dir: &dataDir{path: filepath.Join(ts.Getenv("WORK"), "server")}}
	handler, err := api.New(api.Config{
		Record: record, Forges: apiForges{}, Remotes: apiRemotes{origins{here}, forge.NewAPI(time.Now, nil)}, Bell: silent{}, Queue: queue, Jenkinses: apiJenkins{&controlPlane{log: slog.New(slog.DiscardHandler)}}, URL: "https://ci.example", Version: "test", Rules: staticRules(), Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	ts.Check(err)
	server := httptest.NewServer(handler)
	ts.Defer(server.Close)
	text, hash := api.NewToken()
	_, err = record.AddToken(context.Background(), slipway.Token{Name: "ops", Role: slipway.RoleOperator, Created: time.Now()}, hash)
	ts.Check(err)
	ts.Setenv("SERVER", server.URL)
	ts.Setenv("OPERATOR", text)
}

// silent is a bell that nobody hears, so that readers poll.
type silent struct{}

func (silent) Ring(string) {}

func (silent) Listen(string, func(string)) (func(), error) { return func() {}, nil }

// waitingBuilds is a queue in the order of the builds.
type waitingBuilds struct{ record *store.Store }

func (q waitingBuilds) Queue(ctx context.Context) (all []slipway.Waiting, err error) {
	builds, err := q.record.Builds(ctx, slipway.BuildPage{State: slipway.BuildQueued, Most: 100})
	for i, b := range builds {
		all = append(all, slipway.Waiting{Build: b.ID, Position: i + 1, Reason: "every worker is busy", Estimate: 90 * time.Second})
	}
	return all, err
}

// told is a push of main, or with a number a pull request, at a commit of one
// digit: its event.
func told(ts *testscript.TestScript, record *store.Store, digit string, pull int) int64 {
	e := slipway.Event{Kind: slipway.EventPush, Repository: "shop/cart", Ref: "refs/heads/main", After: strings.Repeat(digit, 40), Actor: "ann"}
	if pull != 0 {
		e.Kind = slipway.EventPullRequest
		e.Pull = &slipway.PullRequest{Number: pull, Action: slipway.PullOpened, Branch: "x", Source: "shop/cart"}
	}
	ids, err := record.Receive(context.Background(), slipway.Delivery{Connection: 1, ID: "push-" + digit, At: time.Now(), Events: []slipway.Event{e}})
	ts.Check(err)
	return ids[0]
}

// looked is what a worker found of an event.
func looked(ts *testscript.TestScript, record *store.Store, event int64, found slipway.Expansion) {
	_, err := record.Expand(context.Background(), event, found, slipway.ExpandPolicy{}, time.Now())
	ts.Check(err)
}

// pushCmd is a push of main at a commit of one digit, found to concern a
// service of connection 1; with a number it is a pull request:
//
//	push DIGIT SERVICE [PULL]
func pushCmd(ts *testscript.TestScript, _ bool, args []string) {
	record, pull := openedRecord(ts), 0
	if len(args) > 2 {
		var err error
		pull, err = strconv.Atoi(args[2])
		ts.Check(err)
	}
	looked(ts, record, told(ts, record, args[0], pull), slipway.Expansion{Commit: strings.Repeat(args[0], 40), Services: []slipway.Found{{Name: args[1], Inputs: args[0]}}})
}

// toldCmd is a push at which no worker has looked yet:
//
//	told DIGIT
func toldCmd(ts *testscript.TestScript, _ bool, args []string) {
	told(ts, openedRecord(ts), args[0], 0)
}

// lookedCmd is what a worker finds of the oldest push that waits: that it
// concerns a service, or nothing, or why it cannot be built:
//
//	looked DIGIT [SERVICE]
//	! looked DIGIT SENTENCE HINT
func lookedCmd(ts *testscript.TestScript, neg bool, args []string) {
	record := openedRecord(ts)
	pending, err := record.Pending(context.Background(), 1)
	ts.Check(err)
	found := slipway.Expansion{Commit: strings.Repeat(args[0], 40)}
	switch {
	case neg:
		found.Problem = &slipway.Problem{Code: slipway.CodeInvalid, Message: args[1], Hint: args[2]}
	case len(args) > 1:
		found.Services = []slipway.Found{{Name: args[1], Inputs: args[0]}}
	}
	looked(ts, record, pending[0].ID, found)
}

// untilCmd waits for a file to have a text:
//
//	until FILE TEXT
func untilCmd(ts *testscript.TestScript, _ bool, args []string) {
	ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
	defer stop()
	for look := time.NewTicker(20 * time.Millisecond); ; {
		text, _ := os.ReadFile(ts.MkAbs(args[0])) // it is not there at first
		if strings.Contains(string(text), args[1]) {
			return
		}
		select {
		case <-ctx.Done():
			ts.Fatalf("%s has no %q: %s", args[0], args[1], text)
		case <-look.C:
		}
	}
}

// forkCmd is a pull request of a fork at a commit of one digit, which waits
// for approval:
//
//	fork DIGIT
func forkCmd(ts *testscript.TestScript, _ bool, args []string) {
	record, ctx := openedRecord(ts), context.Background()
	ids, err := record.Receive(ctx, slipway.Delivery{Connection: 1, ID: "fork-" + args[0], At: time.Now(), Events: []slipway.Event{{
		Kind: slipway.EventPullRequest, Repository: "shop/cart", Ref: "refs/heads/main", After: strings.Repeat(args[0], 40), Actor: "eve",
		Pull: &slipway.PullRequest{Number: 7, Action: slipway.PullOpened, Branch: "x", Source: "eve/cart"},
	}}})
	ts.Check(err)
	ts.Check(record.Hold(ctx, ids[0], "a maintainer has to look at it"))
}

// seenCmd has a worker heard of:
//
//	seen NAME
func seenCmd(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(openedRecord(ts).SeeWorker(context.Background(), slipway.WorkerReport{
		Name: args[0], Slots: 2, Platform: "linux/amd64", Version: "1.0", Protocol: slipway.Protocol, Trust: []slipway.Trust{slipway.TrustMember},
	}, time.Now()))
}

// workCmd is a worker's attempt at a build, whose log has each line given:
//
//	work BUILD STATE CLASS LINE...
func workCmd(ts *testscript.TestScript, _ bool, args []string) {
	record, ctx := openedRecord(ts), context.Background()
	id, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	a, err := record.Claim(ctx, id, "w1", time.Now(), time.Now().Add(time.Hour))
	ts.Check(err)
	for i, line := range args[3:] {
		text, err := strconv.Unquote(`"` + line + `"`)
		ts.Check(err)
		entry, err := json.Marshal(slipway.LogEntry{Time: time.Now(), Step: "compile", Text: text})
		ts.Check(err)
		ts.Check(record.Append(ctx, a, i+1, append(entry, '\n')))
	}
	outcome := slipway.Outcome{State: slipway.BuildState(args[1]), Class: slipway.Class(args[2]), Reason: "because"}
	if outcome.State == slipway.BuildSucceeded {
		outcome.Image = slipway.Image{Repository: "registry.example/shop/cart", Tag: "main-1", Digest: "sha256:" + fmt.Sprintf("%064d", id)}
	}
	ts.Check(record.Finish(ctx, a, len(args)-3, outcome, time.Now()))
}
