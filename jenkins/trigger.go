package jenkins

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
)

// Trigger starts a job with parameters, in one request and without the quiet
// period that is meant for commits, and gives its item in the queue; 0 where the controller names none, as a Hudson. An error for
// which Unknown is true may have started it: look with Find. CodeInvalid says
// that the job takes no parameters, or not these; CodeConflict that it is
// disabled.
func (c *Client) Trigger(ctx context.Context, job string, parameters map[string]string) (int64, error) {
	path, err := jobPath(job)
	if err != nil {
		return 0, err
	}
	form := url.Values{}
	for name, value := range parameters {
		form.Set(name, value)
	}
	at := call{path: path + "/buildWithParameters", query: url.Values{"delay": {"0sec"}}, kind: formKind, body: []byte(form.Encode())}
	a, err := c.requester.post(ctx, at)
	if err != nil {
		return 0, c.triggerFailure(ctx, job, a, err)
	}
	return itemOf(a.header.Get("Location")), nil
}

// triggerFailure tells parameters that do not fit from a controller that is
// out of order: Jenkins answers both with 500, often without a word of why.
func (c *Client) triggerFailure(ctx context.Context, job string, a answer, err error) error {
	if a.status != http.StatusBadRequest && a.status != http.StatusInternalServerError {
		return err
	}
	words := strings.ToLower(strings.Join(evidence(a), " "))
	if takes, notSaid := c.Parameters(ctx, job); notSaid == nil && len(takes) == 0 {
		return slipway.Errorf(slipway.CodeInvalid, "the Jenkins job %s takes no parameters", job).
			WithHint("give it a string parameter %s and those that it wants to know", BuildParameter).WithDetails(evidence(a)...)
	}
	if strings.Contains(words, "parameter") || strings.Contains(words, "illegal choice") {
		return slipway.Errorf(slipway.CodeInvalid, "the Jenkins job %s does not take these parameters", job).WithDetails(evidence(a)...)
	}
	return err
}

var queueItem = regexp.MustCompile(`/queue/item/([0-9]{1,18})/?$`)

// itemOf reads the item from where Jenkins says that it is. Its host counts
// for nothing.
func itemOf(location string) int64 {
	u, err := url.Parse(location)
	if err != nil {
		return 0
	}
	m := queueItem.FindStringSubmatch(u.Path)
	if m == nil {
		return 0
	}
	item, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return 0
	}
	return item
}
