package solve

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

// kept is a log that keeps its lines.
type kept struct{ text []string }

func (k *kept) Line(l slipway.LogLine)    { k.text = append(k.text, l.Text) }
func (k *kept) Event(e slipway.StepEvent) { k.text = append(k.text, e.Error) }

func TestMasked(t *testing.T) {
	t.Parallel()
	const secret, two = `p@ss/w"rd+1`, "first line\nsecond line\n"
	k := &kept{}
	log := masked(k, map[string]string{"TOKEN": secret, "KEY": two, "SHORT": "abc"})
	for _, line := range []string{
		"raw " + secret, "in a URL https://u:" + url.QueryEscape(secret) + "@x", "path " + url.PathEscape(secret),
		"base64 " + base64.StdEncoding.EncodeToString([]byte(secret)), `json {"t":"p@ss/w\"rd+1"}`,
		"multi second line here",
	} {
		log.Line(slipway.LogLine{Text: line})
	}
	log.Event(slipway.StepEvent{Error: "exit code 1: " + secret})
	log.Line(slipway.LogLine{Text: "abc stays readable"})
	if len(k.text) != 8 {
		t.Fatalf("%d lines", len(k.text))
	}
	for _, line := range k.text[:7] {
		if !strings.Contains(line, "***") || strings.Contains(line, "w%22rd") || strings.Contains(line, "second line") || strings.Contains(line, secret) {
			t.Errorf("not masked: %s", line)
		}
	}
	if k.text[7] != "abc stays readable" {
		t.Errorf("a value of three characters is masked: %s", k.text[7])
	}
}

func TestMasked_withoutSecretsIsTheLogItself(t *testing.T) {
	t.Parallel()
	k := &kept{}
	if masked(k, nil) != slipway.Log(k) {
		t.Error("a log is wrapped for nothing")
	}
}

// Basic authentication prints base64("user:SECRET"): what is masked must not
// depend on what stands beside it.
func TestForms_WithinLongerTexts(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"hunter22", "hunter223", "hunter2234", "~~?>>ab"} {
		forms := Forms([]string{secret})
		for before := range 7 {
			for after := range 4 {
				text := strings.Repeat("u", before) + secret + strings.Repeat("v", after)
				for _, encoded := range []string{
					base64.StdEncoding.EncodeToString([]byte(text)), base64.RawURLEncoding.EncodeToString([]byte(text)), hex.EncodeToString([]byte(text)),
				} {
					if !slices.ContainsFunc(forms, func(form string) bool { return strings.Contains(encoded, form) && len(form) >= len(secret)-1 }) {
						t.Errorf("%q in %q, as %q, is not hidden by %q", secret, text, encoded, forms)
					}
				}
			}
		}
	}
}
