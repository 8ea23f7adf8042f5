package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
)

func TestMavenSettings_sbtRepositories(t *testing.T) {
	t.Parallel()
	const more = `<profiles><profile><id>p</id><repositories><repository><id>more</id><url>https://more.example/m</url></repository></repositories></profile></profiles>`
	mirror := func(id, of, url string) string {
		return "<mirror><id>" + id + "</id><mirrorOf>" + of + "</mirrorOf><url>" + url + "</url></mirror>"
	}
	for name, c := range map[string]struct{ settings, want string }{
		"nothing":           {"", ""},
		"repositories only": {more + "<activeProfiles><activeProfile>p</activeProfile></activeProfiles>", "[repositories]\n  local\n  maven-central\n  maven-1: https://more.example/m\n"},
		"everything": {
			"<mirrors>" + mirror("all", "*", "https://all.example/m") + "</mirrors>" + more + "<activeProfiles><activeProfile>p</activeProfile></activeProfiles>",
			"# sbt.override.build.repos=true\n[repositories]\n  local\n  maven-1: https://all.example/m\n",
		},
		"everything but one": {
			"<mirrors>" + mirror("all", "external:*, !more", "https://all.example/m") + "</mirrors>" + more + "<activeProfiles><activeProfile>p</activeProfile></activeProfiles>",
			"# sbt.override.build.repos=true\n[repositories]\n  local\n  maven-1: https://all.example/m\n  maven-2: https://more.example/m\n",
		},
		"central alone": {
			"<mirrors>" + mirror("m", "central", "https://central.example/m") + "</mirrors>" + more + "<activeProfiles><activeProfile>p</activeProfile></activeProfiles>",
			"[repositories]\n  local\n  maven-1: https://central.example/m\n  maven-2: https://more.example/m\n",
		},
		"profile that is not active": {
			"<mirrors>" + mirror("m", "central", "https://central.example/m") + "</mirrors>" + more,
			"[repositories]\n  local\n  maven-1: https://central.example/m\n",
		},
		"without TLS": {
			"<mirrors>" + mirror("m", "*", "http://m.example/m") + "</mirrors>",
			"# sbt.override.build.repos=true\n[repositories]\n  local\n  maven-1: http://m.example/m, allowInsecureProtocol\n",
		},
		"everything but central": {"<mirrors>" + mirror("m", "*,!central", "https://m.example") + "</mirrors>", ""},
	} {
		s, err := parseMavenSettings([]byte("<settings>"+c.settings+"</settings>"), func(string) (string, bool) { return "", false })
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.want, s.sbtRepositories()); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestApp_sbtRepositories(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	write(t, filepath.Join(home, ".m2", "settings.xml"), officeSettings)
	a := with(map[string]string{"HOME": home, "OFFICE_PASSWORD": "x"})
	if got, err := a.sbtRepositories(); err != nil || !strings.Contains(string(got.file), "https://packages.example/maven") {
		t.Errorf("from Maven's settings: %q, %v", got.file, err)
	}
	const own = "[repositories]\n  local\n  ivy: https://ivy.example/releases, [organization]/[module]/[revision].[ext]\n"
	write(t, filepath.Join(home, ".sbt", "repositories"), own)
	got, err := a.sbtRepositories()
	if err != nil || string(got.file) != own {
		t.Errorf("sbt's own: %q, %v", got.file, err)
	}
	if d := cmp.Diff([]string{"ivy.example"}, got.hosts); d != "" {
		t.Errorf("hosts (-want +got):\n%s", d)
	}
	only := with(map[string]string{"HOME": home, "SBT_OPTS": "-Xmx2g -Dsbt.override.build.repos=true"})
	if got, err := only.sbtRepositories(); err != nil || string(got.file) != sbtOnly+own {
		t.Errorf("sbt's own and no other: %q, %v", got.file, err)
	}
	write(t, filepath.Join(home, ".sbt", "repositories"), "[repositories]\n  m: https://me:secret@m.example/\n")
	if _, err := a.sbtRepositories(); slipway.ErrorCode(err) != slipway.CodeUsage || strings.Contains(err.Error(), "secret") {
		t.Errorf("with a login in it: %v, want a usage error without the login", err)
	}
	if got, err := with(nil).sbtRepositories(); err != nil || got.file != nil {
		t.Errorf("without a home: %q, %v", got.file, err)
	}
}

func TestApp_coursierCredentials(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	write(t, filepath.Join(home, ".m2", "settings.xml"), officeSettings)
	write(t, filepath.Join(home, ".config", "coursier", "credentials.properties"), "own.host=own.example")
	got, err := with(map[string]string{"HOME": home, "OFFICE_PASSWORD": `p\w ö`}).coursierCredentials()
	if err != nil {
		t.Fatal(err)
	}
	const want = "own.host=own.example\nmaven0.host=packages.example\nmaven0.username=me\nmaven0.password=p\\u005cw\\u0020\\u00f6\nmaven0.https-only=true\nmaven0.pass-on-redirect=false\n"
	if d := cmp.Diff(want, string(got.file)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if got, err := with(map[string]string{"HOME": t.TempDir()}).coursierCredentials(); err != nil || got.file != nil {
		t.Errorf("without any: %q, %v", got.file, err)
	}
}
