package local

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/opencontainers/go-digest"
)

// Grant opens one repository until a time, for reading and for putting content
// there: blobs, manifests by digest and content tags, none that people use. Of
// other repositories it opens those of stack images, for reading.
type Grant struct {
	Repository string // "" is none: stack images alone
	Until      time.Time
}

// grantUser is the user of every grant; its password says the rest.
const grantUser = "grant"

// stacksBelow is where stack images are.
const stacksBelow = "stacks/"

// Grants makes passwords that nobody has to keep: whoever has the same secret
// knows them. It is safe for concurrent use.
type Grants struct{ key []byte }

// NewGrants derives a key from a secret that all who make and know grants
// share.
func NewGrants(secret []byte) (*Grants, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "slipway registry grants", sha256.Size)
	return &Grants{key}, err
}

// Make gives a grant's credentials. Their end is to the second.
func (g *Grants) Make(grant Grant) Credentials {
	text := binary.BigEndian.AppendUint64(nil, uint64(grant.Until.Unix())) //nolint:gosec // read back the same way
	text = append(text, grant.Repository...)
	return Credentials{grantUser, base64.RawURLEncoding.EncodeToString(append(g.mac(text), text...))}
}

func (g *Grants) mac(text []byte) []byte {
	h := hmac.New(sha256.New, g.key)
	h.Write(text)
	return h.Sum(nil)
}

// read gives the grant that credentials are; ok is false for any that Make
// did not give.
func (g *Grants) read(c Credentials) (_ Grant, ok bool) {
	if c.User != grantUser {
		return Grant{}, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(c.Password)
	if err != nil || len(raw) < sha256.Size+8 {
		return Grant{}, false
	}
	mac, text := raw[:sha256.Size], raw[sha256.Size:]
	if !hmac.Equal(mac, g.mac(text)) {
		return Grant{}, false
	}
	until := int64(binary.BigEndian.Uint64(text)) //nolint:gosec // as Make wrote it
	return Grant{Repository: string(text[8:]), Until: time.Unix(until, 0)}, true
}

// endpoint are the paths of the distribution protocol below a repository.
var endpoint = regexp.MustCompile(`^(blobs/(uploads/)?[^/]*|manifests/[^/]+|tags/list|referrers/[^/]+)$`)

// allows tells whether a request is within the grant. A layer that would be
// mounted from a repository that is not, is uploaded instead.
func (g Grant) allows(req *http.Request) bool {
	p := req.URL.Path
	if req.URL.RawPath != "" || path.Clean(p) != strings.TrimSuffix(p, "/") {
		return false
	}
	below, ok := strings.CutPrefix(p, "/v2/")
	switch {
	case !ok, below == "", strings.HasPrefix(below, stacksBelow):
		return ok && reads(req)
	case g.Repository == "":
		return false
	}
	rest, ok := strings.CutPrefix(below, g.Repository+"/")
	if !ok || !endpoint.MatchString(rest) {
		return false
	}
	if reference, ok := strings.CutPrefix(rest, "manifests/"); ok && req.Method == http.MethodPut {
		_, err := digest.Parse(reference)
		return err == nil || strings.HasPrefix(reference, contentPrefix())
	}
	g.unmounted(req, rest)
	return req.Method != http.MethodDelete || strings.HasPrefix(rest, "blobs/uploads/") // an upload may be given up
}

// unmounted takes from a request what it would have from another repository.
func (g Grant) unmounted(req *http.Request, rest string) {
	if from := req.URL.Query().Get("from"); from != "" && from != g.Repository && !strings.HasPrefix(from, stacksBelow) {
		req.URL.RawQuery = ""
	}
	if strings.HasPrefix(rest, "blobs/") {
		req.Header.Set("Content-Type", "application/octet-stream") // of a form the library would read from the body what to mount
	}
}
