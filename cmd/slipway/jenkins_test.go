package main

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api"
	"github.com/slipway-ci/slipway/jenkins"
	"github.com/slipway-ci/slipway/jenkins/jenkinstest"
	"github.com/slipway-ci/slipway/store"
)

// jenkinsCmd starts a Jenkins with a user slipway whose token is 11aa, and the
// job deploy/cart. $JENKINS is its URL.
func jenkinsCmd(t *testing.T) func(*testscript.TestScript, bool, []string) {
	t.Helper()
	return func(ts *testscript.TestScript, _ bool, _ []string) {
		s := jenkinstest.New(t, jenkinstest.Options{User: "slipway", Token: "11aa"})
		s.AddFolder("deploy")
		s.AddJob(t, "deploy/cart", `<project><properties><hudson.model.ParametersDefinitionProperty><parameterDefinitions>
			<hudson.model.StringParameterDefinition><name>SLIPWAY_BUILD_ID</name></hudson.model.StringParameterDefinition>
			<hudson.model.StringParameterDefinition><name>IMAGE</name></hudson.model.StringParameterDefinition>
		</parameterDefinitions></hudson.model.ParametersDefinitionProperty></properties></project>`)
		ts.Setenv("JENKINS", s.URL)
	}
}

// anyLeader leads.
type anyLeader struct{}

func (anyLeader) Lead(context.Context) bool { return true }

// reportedCmd has everything told to Jenkins and followed until nothing is
// left to follow.
func reportedCmd(ts *testscript.TestScript, _ bool, _ []string) {
	record := openedRecord(ts)
	ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
	defer stop()
	courier := &jenkins.Courier{
		Builds: record, Runs: record, Links: &jenkins.Links{Sources: record}, Tickets: slipway.TicketKey("key"), Base: "https://ci.example",
		Line: api.Line, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}
	for topic, deliver := range map[string]func(context.Context, slipway.Message) error{
		store.TopicJenkins: courier.Deliver, store.TopicDownstream: jenkins.Downstream{Courier: courier}.Deliver,
	} {
		for {
			due, err := record.Due(ctx, topic, time.Now(), 10)
			ts.Check(err)
			if len(due) == 0 {
				break
			}
			for _, m := range due {
				ts.Check(deliver(ctx, m))
				ts.Check(record.Delivered(ctx, m.ID))
			}
		}
	}
	following, end := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = (&jenkins.Follower{Courier: courier, Leader: anyLeader{}, Every: 20 * time.Millisecond}).Run(following)
	}()
	for look := time.NewTicker(20 * time.Millisecond); ; {
		runs, err := record.RunsToFollow(ctx, 1, 0, 10)
		ts.Check(err)
		if len(runs) == 0 {
			break
		}
		<-look.C
	}
	end()
	<-ended
}
