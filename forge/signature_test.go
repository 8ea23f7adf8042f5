package forge_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/forge"
)

// vector is a delivery that the forge's documentation, or the specification
// that it names, signs with its secret. The others are signed by hand with
// openssl.
type vector struct {
	forge   forge.Forge
	secret  string
	header  map[string]string
	body    string
	now     time.Time
	at      string // the header that holds the signature
	strange string // another well-formed signature
}

func vectors() map[string]vector {
	otherHex := strings.Repeat("ab", 32)
	return map[string]vector{
		"github": {
			forge: forge.GitHub{}, secret: "It's a Secret to Everybody", body: "Hello, World!", at: "X-Hub-Signature-256",
			header:  map[string]string{"X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"},
			strange: "sha256=" + otherHex,
		},
		"gitea": {
			forge: forge.Gitea{}, secret: "It's a Secret to Everybody", body: "Hello, World!", at: "X-Gitea-Signature",
			header:  map[string]string{"X-Gitea-Signature": "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"},
			strange: otherHex,
		},
		"forgejo": {
			forge: forge.Gitea{}, secret: "It's a Secret to Everybody", body: "Hello, World!", at: "X-Forgejo-Signature",
			header:  map[string]string{"X-Forgejo-Signature": "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"},
			strange: otherHex,
		},
		"gogs": {
			forge: forge.Gogs{}, secret: "It's a Secret to Everybody", body: "Hello, World!", at: "X-Gogs-Signature",
			header:  map[string]string{"X-Gogs-Signature": "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"},
			strange: otherHex,
		},
		"bitbucket": {
			forge: forge.BitbucketCloud{}, secret: "It's a Secret to Everybody", body: "Hello World!", at: "X-Hub-Signature",
			header:  map[string]string{"X-Hub-Signature": "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"},
			strange: "sha256=" + otherHex,
		},
		"bitbucket-server": {
			forge: forge.BitbucketServer{}, secret: "It's a Secret to Everybody", body: "Hello World!", at: "X-Hub-Signature",
			header:  map[string]string{"X-Hub-Signature": "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"},
			strange: "sha256=" + otherHex,
		},
		"gitlab's token": {
			forge: forge.GitLab{}, secret: "glwh-2Yc", body: "{}", at: "X-Gitlab-Token",
			header: map[string]string{"X-Gitlab-Token": "glwh-2Yc"}, strange: "glwh-2Yd",
		},
		"gitlab's signature": standardVector(forge.GitLab{}),
		"generic":            standardVector(forge.Generic{}),
	}
}

// standardVector is the example of the specification of Standard Webhooks.
func standardVector(f forge.Forge) vector {
	return vector{
		forge: f, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", body: `{"test": 2432232314}`, at: "Webhook-Signature",
		now: time.Unix(1614265330, 0),
		header: map[string]string{
			"Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "Webhook-Timestamp": "1614265330",
			"Webhook-Signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
		},
		strange: "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
	}
}

func (v vector) delivery() forge.Delivery {
	d := forge.Delivery{Header: http.Header{}, Body: []byte(v.body)}
	for name, value := range v.header {
		d.Header.Set(name, value)
	}
	return d
}

func TestForge_Verify(t *testing.T) {
	t.Parallel()
	for name, v := range vectors() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for what, secrets := range map[string][]string{
				"the secret": {v.secret}, "the new of two": {"old", v.secret}, "the old of two": {v.secret, "new"},
			} {
				if err := v.forge.Verify(v.delivery(), secrets, v.now); err != nil {
					t.Errorf("%s: %v", what, err)
				}
			}
			for what, c := range refusals(v) {
				if err := v.forge.Verify(c.delivery, c.secrets, c.now); slipway.ErrorCode(err) != slipway.CodeForbidden {
					t.Errorf("%s: %v, want forbidden", what, err)
				}
			}
		})
	}
}

type refusal struct {
	delivery forge.Delivery
	secrets  []string
	now      time.Time
}

// refusals are all the ways in which a delivery is not authentic.
func refusals(v vector) map[string]refusal {
	with := func(header, value string) forge.Delivery {
		d := v.delivery()
		d.Header.Set(header, value)
		return d
	}
	right := []string{v.secret}
	cases := map[string]refusal{
		"another secret":          {v.delivery(), []string{"another"}, v.now},
		"no secret configured":    {v.delivery(), nil, v.now},
		"an empty secret":         {v.delivery(), []string{""}, v.now},
		"no signature":            {with(v.at, ""), right, v.now},
		"another signature":       {with(v.at, v.strange), right, v.now},
		"a signature cut short":   {with(v.at, v.header[v.at][:len(v.header[v.at])-4]), right, v.now},
		"a signature with a tail": {with(v.at, v.header[v.at]+"00"), right, v.now},
	}
	// Somebody who knows no secret signs with the empty one.
	if v.at == "X-Gitlab-Token" {
		cases["an empty token for an empty secret"] = refusal{with(v.at, ""), []string{""}, v.now}
	} else {
		changed := v.delivery()
		changed.Body = append([]byte(" "), changed.Body...)
		cases["another body"] = refusal{changed, right, v.now}
	}
	if !v.now.IsZero() {
		cases["an old delivery"] = refusal{v.delivery(), right, v.now.Add(6 * time.Minute)}
		cases["a delivery of the future"] = refusal{v.delivery(), right, v.now.Add(-6 * time.Minute)}
		cases["another id"] = refusal{with("Webhook-Id", "msg_2"), right, v.now}
		cases["another time"] = refusal{with("Webhook-Timestamp", "1614265331"), right, v.now}
		cases["no time"] = refusal{with("Webhook-Timestamp", ""), right, v.now}
	}
	return cases
}

// While a sender replaces its key it sends two signatures.
func TestForge_VerifyTakesOneOfSeveralSignatures(t *testing.T) {
	t.Parallel()
	v := standardVector(forge.Generic{})
	d := v.delivery()
	d.Header.Set("Webhook-Signature", "v2,xx v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= "+v.header["Webhook-Signature"])
	if err := v.forge.Verify(d, []string{v.secret}, v.now); err != nil {
		t.Error(err)
	}
}

func FuzzForge_Verify(f *testing.F) {
	f.Add("sha256=00", "1", "id", []byte("{}"))
	f.Add("v1,AAAA v1,", "99999999999999999999", "", []byte(nil))
	f.Fuzz(func(t *testing.T, signature, at, id string, body []byte) {
		h := http.Header{}
		for _, name := range []string{
			"X-Hub-Signature-256", "X-Hub-Signature", "X-Gitea-Signature", "X-Forgejo-Signature", "X-Gogs-Signature", "Webhook-Signature",
		} {
			h.Set(name, signature)
		}
		h.Set("Webhook-Timestamp", at)
		h.Set("Webhook-Id", id)
		for _, x := range forge.All() {
			if err := x.Verify(forge.Delivery{Header: h, Body: body}, []string{"a secret that the fuzzer does not know 8f2c"}, time.Unix(1, 0)); err == nil {
				t.Errorf("%s takes a forged delivery", x.Name())
			}
		}
	})
}
