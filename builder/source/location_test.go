package source_test

import (
	"net/netip"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/source"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for arg, want := range map[string]source.Location{
		".":                                       {Dir: "."},
		"dir with #hash":                          {Dir: "dir with #hash"},
		"services/api":                            {Dir: "services/api"},
		"/srv/x:y":                                {Dir: "/srv/x:y"},
		"https://h/t/r.git":                       {URL: "https://h/t/r.git"},
		"https://me:pw@h:8443/t/r#main":           {URL: "https://me:pw@h:8443/t/r", Ref: "main"},
		"http://127.0.0.1:80/r#a/b:c/../d":        {URL: "http://127.0.0.1:80/r", Ref: "a/b", Subdir: "d"},
		"ssh://git@h:2222/t/r.git#v1.2":           {URL: "ssh://git@h:2222/t/r.git", Ref: "v1.2"},
		"git@h.example:team/r.git#:sub":           {URL: "git@h.example:team/r.git", Subdir: "sub"},
		"git@h:/abs/r#" + strings.Repeat("a", 40): {URL: "git@h:/abs/r", Ref: strings.Repeat("a", 40)},
		"https://h/r#main:./":                     {URL: "https://h/r", Ref: "main"},
		"https://[::1]/r":                         {URL: "https://[::1]/r"},
	} {
		got, err := source.Parse(arg)
		if err != nil {
			t.Errorf("Parse(%q) = %v", arg, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", arg, diff)
		}
	}
}

func TestParse_refuses(t *testing.T) {
	t.Parallel()
	for arg, sentence := range map[string]string{
		"":                             "is empty",
		"-x":                           "begins with a dash",
		"--upload-pack=touch /tmp/x":   "begins with a dash",
		"file:///etc":                  `scheme "file" is not allowed`,
		"git://h/r":                    `scheme "git" is not allowed`,
		"ftp://h/r":                    `scheme "ftp" is not allowed`,
		"ext::sh -c id":                "remote helper",
		"fd::17/x":                     "remote helper",
		"https://h/r\n":                "control character",
		"dir\x00":                      "control character",
		"https:///r":                   "is not a host name",
		"https://h":                    "names no repository",
		"https://h/":                   "names no repository",
		"ssh://-oProxyCommand=x/r":     "is not a host name",
		"ssh://-x@h/r":                 "is not a user name",
		"ssh://h;id/r":                 "",
		"https://h/r?x=y":              "more than a path",
		"https://h/%0a":                "control character",
		"https://h/r#-x":               "cannot be the name",
		"https://h/r#--upload-pack=x":  "cannot be the name",
		"https://h/r#refs/../config":   "cannot be the name",
		"https://h/r#a b":              "cannot be the name",
		"https://h/r#a^{commit}":       "cannot be the name",
		"https://h/r#a@{1}":            "cannot be the name",
		"https://h/r#x.lock":           "cannot be the name",
		"https://h/r#main:../x":        "not below the repository's root",
		"https://h/r#main:/etc":        "not below the repository's root",
		"https://h/r#main:a/../../etc": "not below the repository's root",
	} {
		loc, err := source.Parse(arg)
		if err == nil {
			t.Errorf("Parse(%q) = %+v, want it refused", arg, loc)
			continue
		}
		checkError(t, err, slipway.CodeUsage, sentence)
		if details(err) == "\n" {
			t.Errorf("Parse(%q): no hint", arg)
		}
	}
}

func TestParse_never_shows_a_password(t *testing.T) {
	t.Parallel()
	for _, arg := range []string{"https://u:s3cret@/r", "https://u:s3cret@h:port/r", "https://u:s3cret@h", "https://u:s3cret@h/r?x", "bad://u:s3cret@h/r", "https://u:s3cret@h/%zz"} {
		_, err := source.Parse(arg)
		if err == nil || strings.Contains(err.Error()+details(err), "s3cret") {
			t.Errorf("Parse(%q) = %v", arg, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{".", "https://u:p@h:1/r#a:b", "git@h:x", "ssh://git@h/x#v1", "ext::x", "https://[::1%25eth0]/r", "-", "#", "a#b:c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, arg string) {
		loc, err := source.Parse(arg)
		if err != nil {
			if slipway.ErrorCode(err) != slipway.CodeUsage {
				t.Errorf("Parse(%q): code %s", arg, slipway.ErrorCode(err))
			}
			return
		}
		if (loc.Dir == "") == (loc.URL == "") {
			t.Errorf("Parse(%q) = %+v: not exactly one of Dir and URL", arg, loc)
		}
		for _, part := range []string{loc.Dir, loc.URL, loc.Ref, loc.Subdir} {
			if strings.HasPrefix(part, "-") || strings.IndexFunc(part, unicode.IsControl) >= 0 {
				t.Errorf("Parse(%q) lets %q through", arg, part)
			}
		}
		if strings.HasPrefix(loc.Subdir, "/") || loc.Subdir == ".." || strings.HasPrefix(loc.Subdir, "../") || strings.Contains(loc.Ref, "..") {
			t.Errorf("Parse(%q) = %+v leaves the tree", arg, loc)
		}
		if loc.URL != "" {
			if _, err := source.Submodule(loc.URL, "../x.git"); err != nil && slipway.ErrorCode(err) != slipway.CodeUsage {
				t.Errorf("Submodule(%q): %v", loc.URL, err)
			}
		}
	})
}

func TestReach(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]struct{ public, private bool }{
		"198.41.0.4": {true, true}, "2001:4860:4860::8888": {true, true},
		"127.0.0.1": {false, true}, "::1": {false, true}, "10.1.2.3": {false, true}, "172.16.0.1": {false, true}, "192.168.1.1": {false, true},
		"::ffff:127.0.0.1": {false, true}, "0.0.0.0": {false, true}, "::": {false, true}, "fd00::1": {false, true}, "100.64.0.1": {false, true},
		"198.18.0.1": {false, true}, "240.0.0.1": {false, true}, "64:ff9b::7f00:1": {false, true}, "2002:7f00:1::": {false, true}, "::127.0.0.1": {false, true},
		"169.254.0.1": {}, "fe80::1": {}, "::ffff:169.254.0.1": {}, "64:ff9b::a9fe:1": {}, "2002:a9fe:1::1": {}, "224.0.0.1": {}, "ff02::1": {}, "fe80::1%eth0": {},
	} {
		ip := netip.MustParseAddr(addr)
		if got := source.Refuses(ip, false) == ""; got != want.public {
			t.Errorf("%s from a repository: %t, want %t", addr, got, want.public)
		}
		if got := source.Refuses(ip, true) == ""; got != want.private {
			t.Errorf("%s from the operator: %t, want %t", addr, got, want.private)
		}
	}
}

func TestSubmodule(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"https://h/t/r.git", "../s.git", "https://h/t/s.git"},
		{"https://h/t/r.git", "./s", "https://h/t/r.git/s"},
		{"https://h/t/r.git", "../../u/s", "https://h/u/s"},
		{"https://h/t/r.git", "https://o/s", "https://o/s"},
		{"git@h:t/r.git", "../s.git", "git@h:t/s.git"},
		{"ssh://git@h:22/t/r", "../s", "ssh://git@h/t/s"},
		{"https://h/t/r", "../../../s", ""},
		{"https://h/t/r", "/etc", ""},
		{"https://h/t/r", "../../-x:y@evil", "https://h/-x:y@evil"},
	} {
		got, err := source.Submodule(c[0], c[1])
		if (err != nil) != (c[2] == "") || c[2] != "" && got != c[2] {
			t.Errorf("%s in %s = %q, %v; want %q", c[1], c[0], got, err, c[2])
		}
	}
}
