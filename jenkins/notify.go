package jenkins

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// Notice is what is posted to who asked for a build, when it has ended. Of an
// event that no build came of, the state is the event's.
type Notice struct {
	Event int64  `json:"event"`
	Build int64  `json:"build,omitempty"`
	State string `json:"state"`
	Image string `json:"image,omitempty"` // reference with digest
}

// Notifier tells who asked for a build how it ended: it delivers "build:ID"
// and "event:ID".
type Notifier struct {
	Builds Builds
	Links  *Links
	// Team gives the team that an event is of.
	Team func(ctx context.Context, e slipway.EventRecord) (string, error)
	Now  func() time.Time
	Log  *slog.Logger
}

// Deliver posts a notice. Who has stopped listening (404, 410) is told no
// more, and neither is what is not below the team's controller now, nor a URL
// that answers with errors for a day; one that does not answer is tried on.
func (n *Notifier) Deliver(ctx context.Context, m slipway.Message) error {
	notice, since, e, err := n.notice(ctx, m.Body)
	if err != nil || e.Event.Notify == "" {
		return unlessGone(err)
	}
	team, err := n.Team(ctx, e)
	if err != nil {
		return unlessGone(err)
	}
	l, err := n.Links.forTeam(ctx, team)
	if err != nil {
		return unlessGone(err)
	}
	if !l.Serves(e.Event.Notify) {
		n.Log.WarnContext(ctx, "who asked for a build is not told of it: the URL is not below the team's Jenkins", slog.Int64("event", e.ID))
		return nil
	}
	err = n.post(ctx, l, e.Event.Notify, notice)
	if errors.Is(err, errRefused) && n.Now().Sub(since) > givenUp {
		n.Log.WarnContext(ctx, "who asked for a build is not told of it any more", slog.Int64("event", e.ID), slog.Any("error", err))
		return nil
	}
	return err
}

// errRefused is an answer that is an error.
var errRefused = errors.New("it answers with an error")

// notice gives what is to be told, and since when.
func (n *Notifier) notice(ctx context.Context, body string) (Notice, time.Time, slipway.EventRecord, error) {
	kind, text, _ := strings.Cut(body, ":")
	id, _ := strconv.ParseInt(text, 10, 64) // 0 is nothing that is there
	if kind == "event" {
		e, err := n.Builds.Event(ctx, id)
		return Notice{Event: id, State: string(e.State)}, e.Received, e, err
	}
	b, err := n.Builds.Build(ctx, id)
	if err != nil {
		return Notice{}, time.Time{}, slipway.EventRecord{}, err
	}
	notice := Notice{Event: b.Event, Build: id, State: string(b.State)}
	if b.State == slipway.BuildSucceeded {
		notice.Image = b.Image.String()
	}
	e, err := n.Builds.Event(ctx, b.Event)
	return notice, b.Ended, e, err
}

// post sends a notice, without credentials: the URL is the secret.
func (n *Notifier) post(ctx context.Context, l *link, to string, notice Notice) error {
	if err := l.resting(); err != nil {
		return err
	}
	body, err := json.Marshal(notice)
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, l.requester.timeout)
	defer stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	client := &http.Client{Transport: l.requester.http.Transport, CheckRedirect: sameController}
	response, err := client.Do(request)
	if err != nil {
		return slipway.Errorf(slipway.CodeUnavailable, "the Jenkins at %s does not take a notice", l.URL).Because(err)
	}
	defer response.Body.Close()                                     //nolint:errcheck // only its status matters
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 4096)) // so that the connection can be used again
	switch status := response.StatusCode; {
	case status < 300:
		return nil
	case status >= 500, status == http.StatusTooManyRequests:
		return slipway.Errorf(slipway.CodeUnavailable, "the Jenkins at %s does not take a notice (%d)", l.URL, status).Because(errRefused)
	default:
		n.Log.InfoContext(ctx, "who asked for a build does not listen any more", slog.Int64("event", notice.Event), slog.Int("status", status))
		return nil
	}
}
