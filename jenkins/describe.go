package jenkins

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/slipway-ci/slipway"
)

// Describe gives a run its display name and description, in one request: what
// the page "Edit Build Information" sends.
func (c *Client) Describe(ctx context.Context, job string, number int, name, description string) error {
	path, err := runPath(job, number)
	if err != nil {
		return err
	}
	form, err := json.Marshal(map[string]string{"displayName": name, "description": description})
	if err != nil {
		return err
	}
	body := url.Values{"json": {string(form)}, "displayName": {name}, "description": {description}, "Submit": {"Save"}}
	_, err = c.requester.post(ctx, call{path: path + "/configSubmit", kind: formKind, body: []byte(body.Encode())})
	return err
}

// External is the end of something that ran elsewhere.
type External struct {
	Log               []byte // at most MaxExternalLog
	Result            int    // 0 is SUCCESS, anything else FAILURE
	Duration          time.Duration
	Name, Description string
}

// MaxExternalLog is the longest log of an External, in bytes. It goes in one
// request, and Jenkins shows it on one page.
const MaxExternalLog = 4 << 20

// PostExternal tells an External Monitor Job of an end. Jenkins numbers it and
// does not say how. Sent twice it is there twice: an error for which Unknown
// is true may have been told.
func (c *Client) PostExternal(ctx context.Context, job string, e External) error {
	path, err := jobPath(job)
	if err != nil {
		return err
	}
	if len(e.Log) > MaxExternalLog {
		return slipway.Errorf(slipway.CodeLimit, "the log for the Jenkins job %s has %d bytes, more than %d", job, len(e.Log), MaxExternalLog)
	}
	end := call{path: path + "/postBuildResult", kind: xmlKind, body: e.xml()}
	a, err := c.requester.post(ctx, end)
	if a.status == http.StatusInternalServerError && bytes.Contains(a.body, []byte("RunMap")) {
		// A Hudson takes none before somebody has looked at a job that was just made.
		if _, err = c.among(ctx, job, path, 0); slipway.ErrorCode(err) == slipway.CodeNotFound {
			_, err = c.requester.post(ctx, end)
		}
	}
	return err
}

// xml writes the elements in the order in which Jenkins reads them.
func (e External) xml() []byte {
	b := bytes.NewBuffer(make([]byte, 0, 2*len(e.Log)+1024))
	b.WriteString(`<run><log encoding="hexBinary">`)
	b.WriteString(hex.EncodeToString(StripNotes(e.Log)))
	fmt.Fprintf(b, `</log><result>%d</result><duration>%d</duration><displayName>`, e.Result, e.Duration.Milliseconds())
	_ = xml.EscapeText(b, []byte(e.Name)) // a buffer takes everything
	b.WriteString(`</displayName><description>`)
	_ = xml.EscapeText(b, []byte(e.Description))
	b.WriteString(`</description></run>`)
	return b.Bytes()
}
