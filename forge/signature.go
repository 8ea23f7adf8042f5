package forge

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// refused is the one answer to a delivery that is not authentic.
func refused() error {
	return slipway.Errorf(slipway.CodeForbidden, "the delivery is not signed with the connection's secret").
		WithHint("enter the secret that `slipway service show` names in the forge's webhook, then send it again")
}

// anySecret tries each secret that is not empty: an empty one would be known
// to everybody. It tries all of them whatever the first says, so that the time
// tells nothing.
func anySecret(secrets []string, right func(secret string) bool) error {
	ok := false
	for _, s := range secrets {
		if s != "" && right(s) {
			ok = true
		}
	}
	if !ok {
		return refused()
	}
	return nil
}

// hexHMAC compares a signature in hex, after an optional prefix that must be
// there when it is given, with the body's HMAC-SHA256.
func hexHMAC(d Delivery, header, prefix string, secrets []string) error {
	text, ok := strings.CutPrefix(d.Header.Get(header), prefix)
	sent, err := hex.DecodeString(text)
	if !ok || err != nil || len(sent) != sha256.Size {
		return refused()
	}
	return anySecret(secrets, func(secret string) bool {
		return hmac.Equal(sent, hmacOf([]byte(secret), d.Body))
	})
}

func hmacOf(secret []byte, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, secret)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// Standard Webhooks (standardwebhooks.com, specification 1.0.0), which GitLab
// speaks since 2026 and the generic hook always.
const (
	headerID        = "Webhook-Id"
	headerTime      = "Webhook-Timestamp"
	headerSignature = "Webhook-Signature"
	secretPrefix    = "whsec_"
	// skew is how far the sender's clock may be off, and how long a delivery
	// that somebody recorded can be sent again.
	skew = 5 * time.Minute
)

// standardWebhook verifies the signature over ID, time and body; several
// signatures may stand in the header while the sender replaces its key.
func standardWebhook(d Delivery, secrets []string, now time.Time) error {
	id, at := d.Header.Get(headerID), d.Header.Get(headerTime)
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || id == "" || now.Sub(time.Unix(seconds, 0)).Abs() > skew {
		return refused()
	}
	var sent [][]byte
	for word := range strings.FieldsSeq(d.Header.Get(headerSignature)) {
		version, text, _ := strings.Cut(word, ",")
		if b, err := base64.StdEncoding.DecodeString(text); version == "v1" && err == nil && len(b) == sha256.Size {
			sent = append(sent, b)
		}
	}
	return anySecret(secrets, func(secret string) bool {
		want := hmacOf(standardKey(secret), []byte(id+"."+at+"."), d.Body)
		ok := false
		for _, s := range sent {
			ok = hmac.Equal(s, want) || ok
		}
		return ok
	})
}

// standardKey is the key that a secret of the form whsec_BASE64 stands for;
// any other secret is the key itself.
func standardKey(secret string) []byte {
	if text, ok := strings.CutPrefix(secret, secretPrefix); ok {
		if key, err := base64.StdEncoding.DecodeString(text); err == nil {
			return key
		}
	}
	return []byte(secret)
}

// plainToken compares a secret that the forge sends as it is. Hashing first
// keeps its length out of the time that the comparison takes.
func plainToken(sent string, secrets []string) error {
	if sent == "" {
		return refused()
	}
	got := sha256.Sum256([]byte(sent))
	return anySecret(secrets, func(secret string) bool {
		want := sha256.Sum256([]byte(secret))
		return subtle.ConstantTimeCompare(got[:], want[:]) == 1
	})
}

// idOf is the first header that is set, else a hash of the body.
func idOf(d Delivery, headers ...string) string {
	for _, h := range headers {
		if id := d.Header.Get(h); id != "" && len(id) <= 200 {
			return id
		}
	}
	sum := sha256.Sum256(d.Body)
	return "body-" + hex.EncodeToString(sum[:])
}
