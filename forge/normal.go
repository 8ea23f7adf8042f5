package forge

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/slipway-ci/slipway"
)

// decode reads a payload. Fields that are not asked for may be of any form:
// forges add some at any time.
func decode[T any](forge string, d Delivery) (T, error) {
	var v T
	if err := json.Unmarshal(d.Body, &v); err != nil {
		return v, malformed(forge, err)
	}
	return v, nil
}

// malformed says what is wrong with a payload in the forge's own names.
func malformed(forge string, err error) error {
	switch wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); {
	case !ok:
		return slipway.Errorf(slipway.CodeInvalid, "the payload is not what %s sends", forge).Because(err)
	case wrong.Field == "":
		return slipway.Errorf(slipway.CodeInvalid, "the payload is not what %s sends: it is a JSON %.100s", forge, wrong.Value)
	default:
		return slipway.Errorf(slipway.CodeInvalid, "the payload is not what %s sends: its field %.200s is a JSON %.100s", forge, asSent(wrong.Field), wrong.Value)
	}
}

// asSent is a field's path as forges write it, where this program has its own
// names for the parts: each begins with a small letter.
func asSent(path string) string {
	parts := strings.Split(path, ".")
	for i, p := range parts {
		if p != "" {
			parts[i] = strings.ToLower(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, ".")
}

// moved makes the event of a branch or tag that went from one commit to
// another; ids of zeros are how forges say "none".
func moved(forge, repository, ref, before, after, actor string) (slipway.Event, error) {
	e := slipway.Event{Kind: slipway.EventPush, Repository: repository, Ref: ref, Before: id(before), After: id(after), Actor: actor}
	if strings.HasPrefix(ref, "refs/tags/") {
		e.Kind = slipway.EventTag
	}
	return e, valid(forge, e)
}

// pulled makes the event of a pull request.
func pulled(forge, repository, target, after, actor string, p slipway.PullRequest) ([]slipway.Event, error) {
	e := slipway.Event{
		Kind: slipway.EventPullRequest, Repository: repository, Ref: "refs/heads/" + target,
		After: id(after), Actor: actor, Pull: &p,
	}
	if err := valid(forge, e); err != nil {
		return nil, err
	}
	return []slipway.Event{e}, nil
}

// id is an object id, "" for the one of zeros.
func id(s string) string {
	if strings.Trim(s, "0") == "" {
		return ""
	}
	return strings.ToLower(s)
}

// longest text that is taken from a payload, in bytes.
const (
	maxName  = 512
	maxTitle = 1024
)

// valid refuses what no forge lets a person make, before it reaches a shell,
// a URL or a page.
func valid(forge string, e slipway.Event) error {
	bad := func(what, value string) error {
		return slipway.Errorf(slipway.CodeInvalid, "the payload of %s has %.100q where %s is expected", forge, value, what)
	}
	switch {
	case !name(e.Repository):
		return bad("a repository", e.Repository)
	case !slipway.ValidRef(e.Ref):
		return bad("a ref", e.Ref)
	case e.Before != "" && !slipway.ValidObjectID(e.Before):
		return bad("a commit", e.Before)
	case e.After != "" && !slipway.ValidObjectID(e.After):
		return bad("a commit", e.After)
	case len(e.Actor) > maxName || control(e.Actor):
		return bad("a user", e.Actor)
	case e.Pull != nil:
		return validPull(*e.Pull, bad)
	}
	return nil
}

func validPull(p slipway.PullRequest, bad func(what, value string) error) error {
	switch {
	case p.Number < 1:
		return bad("the number of a pull request", "")
	case !slipway.ValidRef("refs/heads/" + p.Branch):
		return bad("a branch", p.Branch)
	case p.Source != "" && !name(p.Source):
		return bad("a repository", p.Source)
	case len(p.Title) > maxTitle:
		return bad("a title", p.Title)
	}
	return nil
}

// name tells whether s can be the full name of a repository: at least two
// parts, none of which leads elsewhere.
func name(s string) bool {
	if len(s) > maxName || control(s) || strings.ContainsAny(s, `\?#%@ `) {
		return false
	}
	parts := strings.Split(s, "/")
	for _, p := range parts {
		if p == "" || p == "." || p == ".." || strings.HasPrefix(p, "-") {
			return false
		}
	}
	return len(parts) >= 2
}

func control(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' })
}

// shorten keeps a title within bounds: forges have none.
func shorten(title string) string {
	title = strings.ToValidUTF8(title, "")
	if len(title) > maxTitle {
		title = strings.ToValidUTF8(title[:maxTitle], "")
	}
	return strings.Join(strings.Fields(title), " ")
}
