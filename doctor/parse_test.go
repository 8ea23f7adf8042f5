package doctor_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway/doctor"
)

func TestParseVersion(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		want doctor.Version
		ok   bool
	}{
		"6.18.44-fc-v669":          {doctor.Version{Major: 6, Minor: 18, Patch: 44, Rest: "-fc-v669"}, true},
		"5.15.0-25-generic":        {doctor.Version{Major: 5, Minor: 15, Rest: "-25-generic"}, true},
		"6.12-amd64":               {doctor.Version{Major: 6, Minor: 12, Rest: "-amd64"}, true},
		"1.3.3-0ubuntu1~22.04.2":   {doctor.Version{Major: 1, Minor: 3, Patch: 3, Rest: "-0ubuntu1~22.04.2"}, true},
		"1.1.5+ds1":                {doctor.Version{Major: 1, Minor: 1, Patch: 5, Rest: "+ds1"}, true},
		"v0.34.2":                  {doctor.Version{Minor: 34, Patch: 2}, true},
		"2.39.5.1":                 {doctor.Version{Major: 2, Minor: 39, Patch: 5, Rest: ".1"}, true},
		"1.x":                      {doctor.Version{Major: 1, Rest: ".x"}, false},
		"7":                        {doctor.Version{Major: 7}, false},
		"99999999999999999999.1.1": {doctor.Version{}, false},
		"":                         {doctor.Version{}, false},
		"unknown":                  {doctor.Version{}, false},
	}
	for in, tt := range tests {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			got, ok := doctor.ParseVersion(in)
			if got != tt.want || ok != tt.ok {
				t.Errorf("ParseVersion(%q) = %+v, %t; want %+v, %t", in, got, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestVersion_Before(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		version string
		want    bool
	}{{"1.2.7", true}, {"1.2.8", false}, {"1.2.8-rc1", false}, {"1.3.0", false}, {"0.9.9", true}, {"2.0.0", false}} {
		v, _ := doctor.ParseVersion(tt.version)
		if got := v.Before(1, 2, 8); got != tt.want {
			t.Errorf("%s before 1.2.8: %t, want %t", tt.version, got, tt.want)
		}
	}
}

func TestParseCgroups(t *testing.T) {
	t.Parallel()
	tests := map[string]doctor.Cgroups{
		"debian12-v2":       {Layout: "v2"},
		"hybrid":            {Layout: "hybrid", Controllers: []string{"cpu", "cpuset", "memory", "pids"}},
		"v1-without-memory": {Layout: "v1", Controllers: []string{"cpu", "pids"}},
		"container":         {Layout: "none"},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := doctor.ParseCgroups(mountinfo(t, name))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseMount(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"/":                     "/ ext4",
		"/var/lib/slipway":      "/ ext4",
		"/srv":                  "/srv xfs",
		"/srvx":                 "/ ext4",
		"/mnt/my share/slipway": "/mnt/my share nfs4",
		"/mnt/other":            "/mnt ext4",
	}
	for dir, want := range tests {
		t.Run(dir, func(t *testing.T) {
			t.Parallel()
			got, err := doctor.ParseMount(mountinfo(t, "debian12-v2"), dir)
			if err != nil || got.Point+" "+got.Type != want {
				t.Errorf("got %+v, %v; want %s", got, err, want)
			}
		})
	}
}

func mountinfo(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".mountinfo"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func FuzzParseMountinfo(f *testing.F) {
	for _, name := range []string{"debian12-v2", "hybrid", "container"} {
		b, err := os.ReadFile(filepath.Join("testdata", name+".mountinfo"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b), "/srv/slipway")
	}
	f.Fuzz(func(t *testing.T, text, dir string) {
		if c, err := doctor.ParseCgroups(strings.NewReader(text)); err == nil && c.Layout == "" {
			t.Error("a layout without a name")
		}
		m, err := doctor.ParseMount(strings.NewReader(text), dir)
		if err == nil && m.Point != "" && m.Point != dir && m.Point != "/" && !strings.HasPrefix(dir, m.Point+"/") {
			t.Errorf("%q is not on %q", dir, m.Point)
		}
	})
}

func FuzzParseVersion(f *testing.F) {
	for _, s := range []string{"runc version 1.1.5+ds1\n", "runc version 1.3.3-0ubuntu1~22.04.2\nspec: 1.2.1\n", "6.18.44-x", "1.", "..", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if v, ok := doctor.ParseVersion(s); ok {
			again, ok := doctor.ParseVersion(v.String())
			if !ok || again != v {
				t.Errorf("%q is %+v, and that is %+v", s, v, again)
			}
		}
		if v, ok := doctor.ParseRuncVersion(s); ok && v.Major < 0 {
			t.Errorf("%q is %+v", s, v)
		}
	})
}
