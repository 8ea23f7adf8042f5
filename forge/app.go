package forge

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/slipway-ci/slipway"
)

// installation is an installed app's token. Whoever needs one while it is
// asked for waits.
type installation struct {
	mu    sync.Mutex
	token string
	ends  time.Time
}

// spare is for how long a token that is given out is good at least: a clone
// begins in that time.
const spare = 5 * time.Minute

// Token gives a token of an installed GitHub App, for an API's base URL. It
// lives an hour and is kept until it is nearly over.
func (a *API) Token(ctx context.Context, app slipway.App, base string) (string, error) {
	i := a.installation(app, base)
	i.mu.Lock()
	defer i.mu.Unlock()
	if a.now().Add(spare).Before(i.ends) {
		return i.token, nil
	}
	token, ends, err := a.exchange(ctx, app, base)
	if err != nil {
		return "", err
	}
	i.token, i.ends = token, ends
	return token, nil
}

func (a *API) installation(app slipway.App, base string) *installation {
	sum := sha256.Sum256([]byte(app.Key))
	key := fmt.Sprintf("%s %d %d %s", base, app.ID, app.Installation, hex.EncodeToString(sum[:]))
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.tokens[key] == nil {
		a.tokens[key] = &installation{}
	}
	return a.tokens[key]
}

func (a *API) exchange(ctx context.Context, app slipway.App, base string) (token string, ends time.Time, err error) {
	proof, err := proofOf(app, a.now())
	if err != nil {
		return "", ends, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, fmt.Sprintf("%s/app/installations/%d/access_tokens", base, app.Installation), http.NoBody)
	if err != nil {
		return "", ends, err
	}
	r.Header = http.Header{"Authorization": {"Bearer " + proof}, "Accept": {"application/vnd.github+json"}, "X-Github-Api-Version": {"2022-11-28"}}
	answer, err := a.client.Do(r)
	if err != nil {
		return "", ends, slipway.Errorf(slipway.CodeUnavailable, "GitHub does not answer the app %d", app.ID).Because(err)
	}
	defer answer.Body.Close() //nolint:errcheck // only read
	var body struct {
		Token   string    `json:"token"`
		Expires time.Time `json:"expires_at"`
	}
	switch {
	case answer.StatusCode >= 500 || answer.StatusCode == http.StatusTooManyRequests:
		return "", ends, slipway.Errorf(slipway.CodeUnavailable, "GitHub gives the app %d no token (%d)", app.ID, answer.StatusCode)
	case answer.StatusCode != http.StatusCreated:
		return "", ends, slipway.Errorf(slipway.CodeForbidden, "GitHub gives the app %d no token for its installation %d (%d: %s)", app.ID, app.Installation, answer.StatusCode, messageOf(answer.Body)).
			WithHint("look at the ids and the key of the connection's GitHub App, and whether it is still installed")
	}
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil || body.Token == "" {
		return "", ends, slipway.Errorf(slipway.CodeUnavailable, "GitHub's answer to the app %d has no token", app.ID).Because(err)
	}
	return body.Token, body.Expires, nil
}

// proofOf makes the JSON web token (RFC 7519, RS256) by which an app proves
// that it has its key. GitHub takes ten minutes at most; a minute is left for
// a clock that is ahead.
func proofOf(app slipway.App, now time.Time) (string, error) {
	key, err := privateKey(app.Key)
	if err != nil {
		return "", slipway.Errorf(slipway.CodeUsage, "the key of the GitHub App %d cannot be used", app.ID).
			WithHint("give the PEM file that GitHub made for the app, whole").Because(err)
	}
	claims := fmt.Sprintf(`{"iat":%d,"exp":%d,"iss":"%d"}`, now.Add(-time.Minute).Unix(), now.Add(9*time.Minute).Unix(), app.ID)
	text := encode64([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + encode64([]byte(claims))
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return "", err
	}
	return text + "." + encode64(signature), nil
}

func encode64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func privateKey(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, fmt.Errorf("it is not PEM")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	private, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("it is not an RSA key")
	}
	return private, nil
}
