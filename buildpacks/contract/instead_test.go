package contract_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks/contract"
)

func TestInstead_KeepsTheInit(t *testing.T) {
	t.Parallel()
	program := []string{"python", "manage.py", "migrate"}
	for _, tt := range []struct {
		config v1.Config
		want   []string
	}{
		{v1.Config{Entrypoint: []string{"/usr/bin/tini", "--", "gunicorn"}}, []string{"/usr/bin/tini", "--", "python", "manage.py", "migrate"}},
		{v1.Config{Entrypoint: []string{"/usr/bin/tini", "-g"}, Cmd: []string{"gunicorn"}}, []string{"/usr/bin/tini", "-g", "python", "manage.py", "migrate"}},
		{v1.Config{Cmd: []string{"gunicorn"}}, program},
		{v1.Config{}, program},
	} {
		if diff := cmp.Diff(tt.want, contract.Instead(tt.config, program)); diff != "" {
			t.Errorf("%v: -want +got:\n%s", tt.config, diff)
		}
	}
}

func TestRelease(t *testing.T) {
	t.Parallel()
	for label, want := range map[string][]string{`["python","manage.py"]`: {"python", "manage.py"}, "": nil, "python manage.py": nil, "[]": nil} {
		if diff := cmp.Diff(want, contract.Release(v1.Config{Labels: map[string]string{slipway.LabelRelease: label}})); diff != "" {
			t.Errorf("%q: -want +got:\n%s", label, diff)
		}
	}
}
