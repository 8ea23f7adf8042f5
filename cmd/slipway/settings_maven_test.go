package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
)

const officeSettings = `<?xml version="1.0" encoding="UTF-8"?>
<settings xmlns="http://maven.apache.org/SETTINGS/1.2.0">
  <localRepository>/home/me/m2</localRepository>
  <proxies><proxy><host>out.example</host></proxy></proxies>
  <mirrors>
    <mirror><id>office</id><mirrorOf>*</mirrorOf><url>https://packages.example/maven</url></mirror>
  </mirrors>
  <servers>
    <server><id>office</id><username>me</username><password>${env.OFFICE_PASSWORD}</password><privateKey>/home/me/key</privateKey></server>
    <server><id>token</id><configuration><httpHeaders><property><name>Private-Token</name><value>t</value></property></httpHeaders></configuration></server>
  </servers>
  <profiles>
    <profile><id>empty</id><properties><x>y</x></properties></profile>
    <profile>
      <id>more</id>
      <repositories><repository><id>more</id><url>https://more.example/maven</url><snapshots><enabled>true</enabled></snapshots></repository></repositories>
    </profile>
  </profiles>
  <activeProfiles><activeProfile>more</activeProfile></activeProfiles>
</settings>
`

func TestApp_mavenTool(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	write(t, filepath.Join(home, ".m2", "settings.xml"), officeSettings)
	got, err := with(map[string]string{"HOME": home, "OFFICE_PASSWORD": "a<b&c"}).mavenTool()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"packages.example", "more.example"}, got.hosts); diff != "" {
		t.Errorf("hosts (-want +got):\n%s", diff)
	}
	for _, want := range []string{"<password>a&lt;b&amp;c</password>", "<value>t</value>", "<mirrorOf>*</mirrorOf>", "<enabled>true</enabled>", "<activeProfile>more</activeProfile>"} {
		if !strings.Contains(string(got.file), want) {
			t.Errorf("no %s in\n%s", want, got.file)
		}
	}
	for _, mine := range []string{"/home/me", "out.example", "<x>"} {
		if strings.Contains(string(got.file), mine) {
			t.Errorf("%s is this machine's:\n%s", mine, got.file)
		}
	}
	again, err := parseMavenSettings(got.file, func(string) (string, bool) { return "", false })
	if err != nil || again.Servers[0].Password != "a<b&c" {
		t.Errorf("read again: %+v, %v", again, err)
	}
}

func TestApp_mavenTool_saysNothing(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	for name, text := range map[string]string{
		"none":  "",
		"paths": "<settings><localRepository>/x</localRepository></settings>",
	} {
		if text != "" {
			write(t, filepath.Join(home, ".m2", "settings.xml"), text)
		}
		if got, err := with(map[string]string{"HOME": home}).mavenTool(); err != nil || got.file != nil {
			t.Errorf("%s: %q, %v", name, got.file, err)
		}
	}
}

func TestApp_mavenTool_refuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"encrypted": "<settings><servers><server><id>office</id><password>{jSMOWnoPFgsHVpMvz5VrIt5kRbzGpI8u+9EF1iFQyJQ=}</password></server></servers></settings>",
		"no XML":    "settings",
		"no end":    "<settings>",
		"other":     "<project/>",
	} {
		home := t.TempDir()
		write(t, filepath.Join(home, ".m2", "settings.xml"), text)
		if _, err := with(map[string]string{"HOME": home}).mavenTool(); slipway.ErrorCode(err) != slipway.CodeUsage {
			t.Errorf("%s: error %v, want a usage error", name, err)
		}
	}
}

func TestApp_gradleTool(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	const text = "allprojects { repositories { maven { url 'https://packages.example/maven' } } }\n"
	write(t, filepath.Join(home, "init.gradle"), text)
	got, err := with(map[string]string{"GRADLE_USER_HOME": home}).gradleTool()
	if err != nil || string(got.file) != text || cmp.Diff([]string{"packages.example"}, got.hosts) != "" {
		t.Errorf("%q, %v, %v", got.file, got.hosts, err)
	}
}

func FuzzParseMavenSettings(f *testing.F) {
	f.Add([]byte(officeSettings))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := parseMavenSettings(data, func(string) (string, bool) { return "x", true })
		if err != nil {
			return
		}
		if _, err := s.tool(); err != nil {
			t.Error(err)
		}
	})
}

func TestApp_GradleDistributions(t *testing.T) {
	t.Parallel()
	const name = "SLIPWAY_GRADLE_DISTRIBUTIONS"
	got, err := with(map[string]string{name: "https://mirror.example/gradle"}).gradleDistributions()
	if err != nil || string(got.file) != "https://mirror.example/gradle\n" || !slices.Equal(got.hosts, []string{"mirror.example"}) {
		t.Errorf("%q for %q, %v", got.file, got.hosts, err)
	}
	if got, err := with(nil).gradleDistributions(); err != nil || got.file != nil {
		t.Errorf("without it: %q, %v", got.file, err)
	}
	for _, address := range []string{"mirror.example/gradle", "ftp://mirror.example/", "https://", "https://clerk:secret@mirror.example/", "https://mirror.example/?a=b"} {
		if _, err := with(map[string]string{name: address}).gradleDistributions(); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
