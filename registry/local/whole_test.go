package local_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"

	"github.com/slipway-ci/slipway/registry/local"
)

func TestRegistry_BlobInOneRequest(t *testing.T) {
	t.Parallel()
	_, host := start(t, local.Config{Dir: t.TempDir()})
	base := "http://" + host + "/v2/shop/cart/blobs/"
	config, other := []byte(`{"os":"linux"}`), digest.FromString("other").String()
	large := bytes.Repeat([]byte("x"), 1<<20+1)
	is := digest.FromBytes(config).String()
	for _, c := range []struct {
		what, query string
		body        []byte
		status      int
	}{
		{"another digest", "?digest=" + other, config, http.StatusBadRequest},
		{"no digest", "", config, http.StatusAccepted}, // the upload begins, as ever
		{"a digest that is none", "?digest=sha256:x", config, http.StatusAccepted},
		{"one too large", "?digest=" + digest.FromBytes(large).String(), large, http.StatusAccepted},
		{"nothing", "?digest=" + is, nil, http.StatusAccepted},
		{"a blob", "?digest=" + is, config, http.StatusCreated},
		{"the blob again", "?digest=" + is, config, http.StatusCreated},
	} {
		status, location := post(t, base+"uploads/"+c.query, c.body)
		if status != c.status {
			t.Errorf("%s: %d, want %d", c.what, status, c.status)
		}
		there, got := read(t, base+is)
		if want := c.status == http.StatusCreated; there != want || want && !bytes.Equal(got, config) {
			t.Errorf("after %s: %t, %q", c.what, there, got)
		}
		if c.status == http.StatusCreated && !strings.HasSuffix(location, "/v2/shop/cart/blobs/"+is) {
			t.Errorf("%s is at %q", c.what, location)
		}
	}
	if there, _ := read(t, "http://"+host+"/v2/shop/till/blobs/"+is); there {
		t.Error("another repository has the blob")
	}
}

func post(t *testing.T, url string, body []byte) (status int, location string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode, resp.Header.Get("Location")
}

func read(t *testing.T, url string) (there bool, data []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err = io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode == http.StatusOK, data
}
