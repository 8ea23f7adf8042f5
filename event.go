package slipway

import (
	"regexp"
	"strings"
)

// EventKind says what happened to a repository.
type EventKind string

// What can happen.
const (
	EventPush        EventKind = "push" // a branch was made, moved or deleted
	EventTag         EventKind = "tag"  // the same of a tag
	EventPullRequest EventKind = "pull_request"
	EventManual      EventKind = "manual" // a person asked for a build
	EventJenkins     EventKind = "jenkins"
)

// Event is something that happened to a repository, verified to come from its
// forge and normalised. What it says is a hint: refs are read again from the
// repository before anything is built.
type Event struct {
	Kind       EventKind    `json:"kind"`
	Repository string       `json:"repository"`           // its full name at the forge, "shop/cart"
	Ref        string       `json:"ref"`                  // full name, refs/heads/main; of a pull request the target branch's
	Before     string       `json:"before,omitempty"`     // where the ref stood; "" unknown, or it is new
	After      string       `json:"after,omitempty"`      // where it stands; "" it was deleted, or the forge does not say
	Pull       *PullRequest `json:"pull,omitempty"`       // of EventPullRequest
	Actor      string       `json:"actor,omitempty"`      // whom the forge let in, of EventJenkins the URL of the build that asks; never what a commit says of its author
	Only       []string     `json:"only,omitempty"`       // bare names of the services that are meant; none are all
	Repeatable bool         `json:"repeatable,omitempty"` // asking again means building again, also where the head stands
	Once       string       `json:"once,omitempty"`       // the asker's own name for this asking: asked again by it, it is this event
	Notify     string       `json:"notify,omitempty"`     // URL that is told how its builds ended
}

// PullAction is what happened to a pull request, as far as it matters here.
type PullAction string

// The actions.
const (
	PullOpened  PullAction = "opened"
	PullUpdated PullAction = "updated" // it has other commits
	PullClosed  PullAction = "closed"  // merged or not
)

// PullRequest is a wish to merge a branch, of the same repository or of a
// fork. Its head is the Event's After.
type PullRequest struct {
	Number int        `json:"number"`
	Action PullAction `json:"action"`
	Branch string     `json:"branch"`           // short name of the branch that is offered
	Source string     `json:"source,omitempty"` // full name of the repository that has it; "" when that is gone
	Title  string     `json:"title,omitempty"`
}

// Fork tells whether an event brings code from outside of the repository: of
// anybody. A source that is not known is one.
func (e Event) Fork() bool { return e.Pull != nil && !strings.EqualFold(e.Pull.Source, e.Repository) }

// Deleted tells that the ref is gone, so that there is nothing to build. Who
// asks for a build without naming a commit means where the ref stands.
func (e Event) Deleted() bool {
	moved := e.Kind == EventPush || e.Kind == EventTag
	return moved && e.After == "" || e.Pull != nil && e.Pull.Action == PullClosed
}

// Branch is the short name of a branch, "" for any other ref.
func (e Event) Branch() string {
	name, ok := strings.CutPrefix(e.Ref, "refs/heads/")
	if !ok {
		return ""
	}
	return name
}

var (
	objectID = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
	notInRef = regexp.MustCompile(`[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)|\.$|/$`)
)

// maxRef is the longest ref that is taken, in bytes: forges allow 244 to 255.
const maxRef = 512

// ValidObjectID tells whether s is a whole object id of git, SHA-1 or SHA-256,
// in lower case.
func ValidObjectID(s string) bool { return objectID.MatchString(s) }

// ValidRef tells whether s is the full name of a branch or a tag, by the rules
// of git-check-ref-format(1), and cannot be mistaken for an option of a
// program that it is given to.
func ValidRef(s string) bool {
	_, short, ok := strings.Cut(strings.TrimPrefix(s, "refs/"), "/")
	return ok && len(s) <= maxRef && (strings.HasPrefix(s, "refs/heads/") || strings.HasPrefix(s, "refs/tags/")) &&
		short != "" && short != "@" && !strings.HasPrefix(short, "-") && !strings.HasPrefix(short, ".") && !notInRef.MatchString(s)
}
