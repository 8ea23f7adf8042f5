package slipway

import (
	"cmp"
	"net/url"
	"strings"
	"time"
)

// Controller is a team's link to a Jenkins controller. What it is given to get
// in there is in its ControllerKeys.
type Controller struct {
	ID      int64      `json:"id"`
	Team    string     `json:"team,omitempty"`   // "" is of every team that has none of its own
	URL     string     `json:"url"`              // root URL, without credentials
	User    string     `json:"user"`             // whose API token it is
	Folder  string     `json:"folder,omitempty"` // full name of the folder that jobs are made in; "" is "slipway"
	CA      string     `json:"ca,omitempty"`     // certificates that are trusted besides the system's, PEM
	Reports ReportMode `json:"reports"`          // "" is ReportsFollow
	Created time.Time  `json:"created"`
}

// Serves tells whether link is a URL of the controller: of its scheme, host
// and port, and below its root.
func (c Controller) Serves(link string) bool {
	root, errRoot := url.Parse(c.URL)
	u, err := url.Parse(link)
	if err != nil || errRoot != nil || u.User != nil || u.Fragment != "" || root.Host == "" {
		return false
	}
	below := strings.TrimRight(root.EscapedPath(), "/") + "/"
	return u.Scheme == root.Scheme && strings.EqualFold(u.Hostname(), root.Hostname()) && portOf(u) == portOf(root) &&
		strings.HasPrefix(u.EscapedPath(), below) && !strings.Contains(u.Path, "..") && !strings.Contains(u.Path, "\\")
}

func portOf(u *url.URL) string {
	usual := map[string]string{"http": "80", "https": "443"}
	return cmp.Or(u.Port(), usual[u.Scheme])
}

// ReportMode says how builds are shown in Jenkins.
type ReportMode string

// The modes.
const (
	ReportsFollow   ReportMode = "follow"   // a job per service, whose step follows the build: console, abort and result are Jenkins' own
	ReportsExternal ReportMode = "external" // an External Monitor Job per service, told at the end
	ReportsNone     ReportMode = "none"     // Jenkins is told nothing; its jobs may still ask for builds
)

// ControllerKeys are what a Controller knows and never tells. They are sealed
// in the record and shown by no interface.
type ControllerKeys struct {
	Token string `json:"token"` // API token of Controller.User
}

// DefaultJenkinsFolder is where jobs are made unless a Controller says another.
const DefaultJenkinsFolder = "slipway"

// JobName is the full name of a service's job in Jenkins, FOLDER/TEAM/NAME.
func (c Controller) JobName(s ServiceName) string {
	folder := strings.Trim(c.Folder, "/")
	if folder == "" {
		folder = DefaultJenkinsFolder
	}
	return folder + "/" + s.Team + "/" + s.Name
}

// JenkinsRunKind says what a JenkinsRun is to its Build.
type JenkinsRunKind string

// The kinds.
const (
	RunShows      JenkinsRunKind = "shows"      // it shows the build to those who live in Jenkins
	RunDownstream JenkinsRunKind = "downstream" // it does what comes after the build
)

// JenkinsRunState says how far a JenkinsRun is.
type JenkinsRunState string

// The states. The last two are ends.
const (
	RunWaits  JenkinsRunState = "waits"  // to be sent
	RunAsked  JenkinsRunState = "asked"  // it was sent, or may have been: Jenkins is asked before it is sent again
	RunQueued JenkinsRunState = "queued" // it is in Jenkins' queue
	RunRuns   JenkinsRunState = "runs"
	RunEnded  JenkinsRunState = "ended" // Result says how
	RunLost   JenkinsRunState = "lost"  // Jenkins does not know it any more; Note says why
)

// JenkinsRun is what Jenkins calls a build, of a job of its own, that exists
// because of a Build here. There is at most one of each kind.
type JenkinsRun struct {
	Build      int64           `json:"build"`
	Kind       JenkinsRunKind  `json:"kind"`
	Controller int64           `json:"controller"`
	Job        string          `json:"job"` // full name
	State      JenkinsRunState `json:"state"`
	Item       int64           `json:"item,omitempty"`   // in Jenkins' queue; 0 unknown
	Number     int             `json:"number,omitempty"` // 0 unknown
	URL        string          `json:"url,omitempty"`
	Result     string          `json:"result,omitempty"` // SUCCESS, UNSTABLE, FAILURE, NOT_BUILT or ABORTED
	Note       string          `json:"note,omitempty"`   // why it waits or was lost: a sentence
	Stop       bool            `json:"stop,omitempty"`   // somebody here wants it stopped
	Changed    time.Time       `json:"changed"`
}

// Ended tells that nothing more is heard of it.
func (r JenkinsRun) Ended() bool { return r.State == RunEnded || r.State == RunLost }

// JenkinsWaits says what waits to be told to a Controller.
type JenkinsWaits struct {
	Reports int       `json:"reports"`
	Since   time.Time `json:"since,omitzero"`   // of the oldest
	Reason  string    `json:"reason,omitempty"` // why it took nothing when it was last told something
}
