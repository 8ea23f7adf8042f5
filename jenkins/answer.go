package jenkins

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
)

// Bytes that are read of an answer at most.
const (
	maxJSON    = 16 << 20 // 50,000 jobs of one folder
	maxConfig  = 4 << 20
	maxRefusal = 64 << 10 // of an answer that matters by its status alone
)

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	cut    bool // there was more
	from   *url.URL
}

// readAnswer reads at most so many bytes of an answer. What a page that
// refuses says is read as far as people are shown it.
func readAnswer(response *http.Response, most int64) (answer, error) {
	a := answer{status: response.StatusCode, header: response.Header, from: response.Request.URL}
	if a.status >= 300 {
		most = maxRefusal
	}
	var err error
	a.body, err = io.ReadAll(io.LimitReader(response.Body, most+1))
	if int64(len(a.body)) > most {
		a.body, a.cut = a.body[:most], true
	}
	return a, err
}

// location is where a redirect leads, nil for nowhere.
func (a answer) location() *url.URL {
	to, err := url.Parse(a.header.Get("Location"))
	if err != nil || a.header.Get("Location") == "" {
		return nil
	}
	return a.from.ResolveReference(to)
}

// done tells that a redirect is Jenkins' way of saying that a POST was done: it
// leads back to the page that has the button. One to the same page at another
// address, or to a page where people sign in, comes from what stands before
// it. The port and scheme may differ: that is what a controller behind a proxy
// says that does not know how it is reached.
func (a answer) done() bool {
	to := a.location()
	if a.status != http.StatusFound && a.status != http.StatusSeeOther || to == nil || toLogin(to) || to.Hostname() != a.from.Hostname() {
		return false
	}
	back, asked := path.Clean("/"+to.Path), path.Clean("/"+a.from.Path)
	if path.Base(asked) == "doDelete" { // to what it was in
		return strings.HasPrefix(path.Dir(asked)+"/", strings.TrimSuffix(back, "/")+"/")
	}
	return back == path.Dir(asked)
}

// crumbAsked tells that a POST was refused for want of a crumb.
func (a answer) crumbAsked() bool {
	return a.status == http.StatusForbidden && bytes.Contains(bytes.ToLower(a.body), []byte("crumb"))
}

// decode reads an answer into what into points to: the text as it is into a
// *string, else JSON. What answers a POST is decoded only where it is JSON.
func (r *requester) decode(about string, a answer, into any, optional bool) error {
	if a.cut {
		return slipway.Errorf(slipway.CodeLimit, "the answer of the Jenkins at %s about %s is larger than %d MiB", r.at, subject(about), max(len(a.body)>>20, 1))
	}
	if text, ok := into.(*string); ok {
		*text = string(a.body)
		return nil
	}
	if into == nil || optional && !strings.Contains(a.header.Get("Content-Type"), "json") {
		return nil
	}
	if err := json.Unmarshal(a.body, into); err != nil {
		if optional {
			return nil
		}
		return slipway.Errorf(slipway.CodeUnavailable, "what answers at %s is not the API of a Jenkins", r.at).
			WithHint("is it the root of Jenkins, or does a page to sign in stand before it?").
			WithDetails(evidence(a)...)
	}
	return nil
}
