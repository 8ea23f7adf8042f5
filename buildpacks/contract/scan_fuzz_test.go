package contract_test

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/slipway-ci/slipway/buildpacks/contract"
	"github.com/slipway-ci/slipway/container/imagetest"
)

// FuzzScan: whatever bytes a layer has, a check ends with a report that can
// be written, and keeps its bound on findings.
func FuzzScan(f *testing.F) {
	f.Add([]byte("not an archive"), "/app/cart")
	for _, h := range []tar.Header{
		{Name: "../../etc/passwd", Typeflag: tar.TypeReg},
		{Name: "app/.wh.cart", Typeflag: tar.TypeReg},
		{Name: "app/.wh..wh..opq", Typeflag: tar.TypeReg},
		{Name: "app/x", Linkname: "/../..", Typeflag: tar.TypeSymlink},
		{Name: "app/y", Linkname: "../z", Typeflag: tar.TypeLink},
		{Name: "dev/sda", Typeflag: tar.TypeBlock},
		{Name: "", Typeflag: tar.TypeDir, Mode: 0o7777},
		{Name: "app/cart", Typeflag: tar.TypeReg, PAXRecords: map[string]string{"SCHILY.xattr.security.capability": "\x01"}},
	} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		if err := w.WriteHeader(&h); err != nil {
			f.Fatal(err)
		}
		if err := w.Close(); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes(), "/app/cart")
	}
	f.Fuzz(func(t *testing.T, layer []byte, start string) {
		img := imagetest.Image(t, v1.Config{Entrypoint: []string{"/sbin/tini", "--", start}}, imagetest.Add(imagetest.Raw(t, layer), "slipway layer program /app"))
		report, err := contract.Check(t.Context(), img, contract.Options{MaxBytes: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := json.Marshal(report); err != nil {
			t.Fatal(err)
		}
		for _, r := range report.Results {
			if len(r.Findings) > 40 {
				t.Errorf("%s has %d findings", r.Rule, len(r.Findings))
			}
		}
	})
}
