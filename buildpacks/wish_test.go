package buildpacks_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
)

const languages = `
stacks:
  - {profile: official, language: java, default: "17", versions: ["25", "21", "17"], patch: distribution, build: "maven:{version}", run: {java: "jre:{version}"}, budget: 1}
  - {profile: assembled, language: node, default: 22.23.3, versions: [24.21.0, 22.23.3, 20.20.2], make: true, build: "node-build:{version}", run: {node: "node:{version}", web: web}, budget: 1}
  - {profile: assembled, language: python, versions: ["3.11"], patch: distribution, build: "python-build:{version}-b", run: {python: "python:{version}-b"}, budget: 1}
  - {profile: assembled, language: python, versions: ["3.13"], patch: distribution, build: "python-build:{version}-t", run: {python: "python:{version}-t"}, budget: 1}
  - {profile: assembled, language: java, versions: ["17"], patch: distribution, build: "java-build:{version}-b", run: {java: "java:{version}-b"}, budget: 1}
  - {profile: assembled, language: java, versions: ["25", "21"], patch: distribution, build: "java-build:{version}-t", run: {java: "java:{version}-t"}, budget: 1}
  - {profile: assembled, language: rust, versions: ["1.96"], patch: distribution, build: "rust:{version}-b", run: {static: static-b, cc: cc-b}, budget: 1}
  - {profile: assembled, language: rust, versions: ["1.85"], patch: distribution, build: "rust:{version}-t", run: {static: static-t, cc: cc-t, only: only-t}, budget: 1}
  - {profile: assembled, language: static, build: debian, run: {web: {image: web, init: /sbin/web-init}}, init: /sbin/init, budget: 1}
`

func manyLanguages(t *testing.T) *buildpacks.Catalogue {
	t.Helper()
	c, err := buildpacks.Parse("many.yaml", []byte(languages))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func baseOf(lang string) string {
	return map[string]string{"rust": "cc", "static": "web"}[lang] + map[string]string{"node": "node", "python": "python", "java": "java"}[lang]
}

func TestCatalogue_SelectMeetsAnyWish(t *testing.T) {
	t.Parallel()
	c := manyLanguages(t)
	for _, tt := range []struct{ lang, want, value, run string }{
		{"node", "", "22.23.3", "node:22.23.3"},
		{"node", "lts", "22.23.3", "node:22.23.3"},
		{"node", "lts/*", "22.23.3", "node:22.23.3"},
		{"node", " Latest ", "22.23.3", "node:22.23.3"},
		{"node", "v20", "20.20.2", "node:20.20.2"},
		{"node", "24.21", "24.21.0", "node:24.21.0"},
		{"node", "^20 || >=22.1", "22.23.3", "node:22.23.3"},
		{"node", "^20 || >=24.1", "24.21.0", "node:24.21.0"},
		{"node", ">=18", "22.23.3", "node:22.23.3"},
		{"node", ">=18 <21", "20.20.2", "node:20.20.2"},
		{"node", "20.x", "20.20.2", "node:20.20.2"},
		{"node", "*", "22.23.3", "node:22.23.3"},
		{"node", "20 - 23", "22.23.3", "node:22.23.3"},
		{"node", "!=22.23.3", "24.21.0", "node:24.21.0"},
		{"python", "", "3.11", "python:3.11-b"},
		{"python", "3", "3.11", "python:3.11-b"},
		{"python", "3.13", "3.13", "python:3.13-t"},
		{"python", ">=3.10,<3.13", "3.11", "python:3.11-b"},
		{"python", ">=3.12", "3.13", "python:3.13-t"},
		{"python", "^3.11.5", "3.11", "python:3.11-b"},
		{"python", "~3.13.2", "3.13", "python:3.13-t"},
		{"python", "=3.11.7", "3.11", "python:3.11-b"},
		{"python", ">=3.11.4, <3.11.6", "3.11", "python:3.11-b"},
		{"python", "stable", "3.11", "python:3.11-b"},
		{"java", "17", "17", "java:17-b"},
		{"java", ">=17", "17", "java:17-b"},
		{"java", ">17", "25", "java:25-t"}, // as npm reads it: above every 17
		{"java", ">=18", "25", "java:25-t"},
		{"java", "21.0.5", "21", "java:21-t"},
		{"rust", "1", "1.96", "cc-b"},
		{"rust", "1.85.1", "1.85", "cc-t"},
		{"rust", "~1.85", "1.85", "cc-t"},
		{"rust", ">=1.75", "1.96", "cc-b"},
		{"rust", "<1.90", "1.85", "cc-t"},
		{"static", "", "", "web"},
	} {
		t.Run(tt.lang+" "+tt.want, func(t *testing.T) {
			t.Parallel()
			s, v, err := c.Select("assembled", slipway.Language(tt.lang), slipway.Version{Want: tt.want, From: "x"}, baseOf(tt.lang))
			if err != nil {
				t.Fatal(everything(t, err))
			}
			if v.Value != tt.value || s.Version != tt.value || s.Run.Name != tt.run {
				t.Errorf("got %q on %s, want %q on %s", v.Value, s.Run.Name, tt.value, tt.run)
			}
		})
	}
}

func TestCatalogue_SelectSaysWhosePatchesThereAre(t *testing.T) {
	t.Parallel()
	c := manyLanguages(t)
	for _, tt := range []struct {
		profile, lang, want string
		minimum             bool
		from                string
	}{
		{"assembled", "python", "3.11.9", false, ".python-version:1 (asks for 3.11.9; this stack has Debian's 3.11, which carries its security fixes)"},
		{"assembled", "python", "3.11", false, ".python-version:1"},
		{"assembled", "python", ">=3.11.4", false, ".python-version:1"},
		{"assembled", "java", "21.0.2", false, ".python-version:1 (asks for 21.0.2; this stack has Debian's 21, which carries its security fixes)"},
		{"official", "java", "21.0.2", false, ".python-version:1 (asks for 21.0.2; this stack has the newest 21)"},
		{"assembled", "rust", "1.86.0", true, ".python-version:1 (asks for 1.86.0 or newer; 1.96 is the nearest stack)"},
		{"assembled", "rust", "1.85.3", true, ".python-version:1 (asks for 1.85.3; this stack has Debian's 1.85, which carries its security fixes)"},
	} {
		_, v, err := c.Select(tt.profile, slipway.Language(tt.lang), slipway.Version{Want: tt.want, From: ".python-version:1", Minimum: tt.minimum}, baseOf(tt.lang))
		if err != nil {
			t.Error(everything(t, err))
		}
		if diff := cmp.Diff(tt.from, v.From); diff != "" {
			t.Errorf("%s %s: %s", tt.lang, tt.want, diff)
		}
	}
}

func TestCatalogue_SelectRefusesWishes(t *testing.T) {
	t.Parallel()
	c := manyLanguages(t)
	for _, tt := range []struct {
		lang, want string
		code       slipway.Code
		says       string
	}{
		{"node", "lts/iron", slipway.CodeInvalid, `"lts/iron" (.nvmrc:1)`},
		{"node", ">=", slipway.CodeInvalid, "a range like"},
		{"node", strings.Repeat(">=1 ", 1000), slipway.CodeInvalid, "a range like"},
		{"node", "^18", slipway.CodeNotFound, "slipway stack build node@MAJOR.MINOR.PATCH"},
		{"node", "18.20.8", slipway.CodeNotFound, "slipway stack build node@18.20.8"},
		{"node", "^18", slipway.CodeNotFound, "no assembled stack has node ^18, which .nvmrc:1 asks for"},
		{"node", "18.20.8", slipway.CodeNotFound, "takes the nearest that there is, whatever .nvmrc:1 says"},
		{"python", "3.12", slipway.CodeNotFound, "there are: 3.13, 3.11"},
		{"python", "3.12", slipway.CodeNotFound, "`services: [{version: \"3.13\"}]` in slipway.yaml, or the version alone in the service that is there, takes the nearest that there is, whatever .nvmrc:1 says"},
		{"python", "3.12.x", slipway.CodeNotFound, "`services: [{version: \"3.13\"}]` in slipway.yaml"},
		{"python", "3.20", slipway.CodeNotFound, "`services: [{version: \"3.13\"}]` in slipway.yaml"},
		{"java", "11.0.2", slipway.CodeNotFound, "there are: 25, 21, 17"},
	} {
		_, _, err := c.Select("assembled", slipway.Language(tt.lang), slipway.Version{Want: tt.want, From: ".nvmrc:1"}, baseOf(tt.lang))
		if slipway.ErrorCode(err) != tt.code {
			t.Errorf("%.20s: got %v, want %s", tt.want, err, tt.code)
			continue
		}
		if text := everything(t, err); !strings.Contains(text, tt.says) {
			t.Errorf("%q does not say %q", text, tt.says)
		}
	}
}

func TestCatalogue_SelectLooksThroughAllEntries(t *testing.T) {
	t.Parallel()
	c := manyLanguages(t)
	// The default is of the first entry, unless that lacks the base.
	s, v, err := c.Select("assembled", "rust", slipway.Version{}, "only")
	if err != nil || v.Value != "1.85" || s.Run.Name != "only-t" {
		t.Errorf("got %+v, %v", s, err)
	}
	if s, _, err := c.Select("assembled", "static", slipway.Version{Want: "1.2"}, "web"); err != nil || s.Name != "static" || s.Init != "/sbin/web-init" {
		t.Errorf("got %+v, %v", s, err)
	}
	if s, _, err := c.Select("assembled", "static", slipway.Version{}, "web"); err != nil || s.Build.Name != "debian" || s.Version != "" {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestDefault_MeetsTheUsualWishesInBothProfiles(t *testing.T) {
	t.Parallel()
	c, err := buildpacks.Default()
	if err != nil {
		t.Fatal(err)
	}
	for lang, wishes := range map[string][]string{
		"go": {"", "1.26"}, "node": {"", "20", "22", "24", ">=20"}, "python": {"", "3.11", "3.13", ">=3.10"},
		"java": {"", "17", "21", "25"}, "rust": {"", "1.85", "~1.85"}, "static": {""},
	} {
		for _, want := range wishes {
			for _, profile := range []string{buildpacks.ProfileOfficial, buildpacks.ProfileAssembled} {
				base := map[string]string{"go": "static"}[lang] + baseOf(lang)
				s, _, err := c.Select(profile, slipway.Language(lang), slipway.Version{Want: want, From: "x"}, base)
				if err != nil {
					t.Errorf("%s %s %q: %v", profile, lang, want, err)
				}
				if profile == buildpacks.ProfileAssembled && s.Init == "" || strings.Contains(s.Build.Name+s.Run.Name, "{") {
					t.Errorf("%s %s %q: %+v", profile, lang, want, s)
				}
			}
		}
	}
}

func TestDefault_HasEachVersionOnItsOwnSuite(t *testing.T) {
	t.Parallel()
	c, err := buildpacks.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.List(buildpacks.ProfileAssembled, "") {
		suite := s.Build.Name[strings.LastIndexAny(s.Build.Name, ":-")+1:]
		if strings.Contains(s.Run.Name, "/web:") {
			continue // it serves files, with a program that needs no C library
		}
		if !strings.HasSuffix(s.Run.Name, suite) {
			t.Errorf("%s is built on %s and runs on %s", s.Name, s.Build.Name, s.Run.Name)
		}
	}
}

func FuzzSelect(f *testing.F) {
	for _, want := range []string{"^20 || >=22.1", ">=3.10,<3.13", "~1.75", "20.x", "*", "lts", "v22", "1.2.3.4", ">=18 <23", "=v20.1.2-rc.1+x", "20 - 22", "||", "x", "999999999999999999999"} {
		f.Add(want, true)
	}
	c, err := buildpacks.Parse("many.yaml", []byte(languages))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, want string, minimum bool) {
		for _, lang := range []string{"node", "python", "java", "rust"} {
			s, v, err := c.Select("assembled", slipway.Language(lang), slipway.Version{Want: want, From: "f", Minimum: minimum}, baseOf(lang))
			switch code := slipway.ErrorCode(err); {
			case err == nil && (v.Value == "" || s.Version != v.Value || !strings.HasPrefix(v.From, "f")):
				t.Fatalf("%q: selected %+v for %+v", want, s, v)
			case err != nil && code != slipway.CodeInvalid && code != slipway.CodeNotFound:
				t.Fatalf("%q: %v", want, err)
			}
		}
	})
}

func TestCatalogue_SelectNamesAVersionToMake(t *testing.T) {
	t.Parallel()
	c, err := buildpacks.Default()
	if err != nil {
		t.Fatal(err)
	}
	for want, make := range map[string]string{
		"18.x": "node@18.20.8", "^18.1": "node@18.20.8", "18": "node@18.20.8", "18.12.1": "node@18.12.1", "16.x": "node@MAJOR.MINOR.PATCH", "16": "node@MAJOR.MINOR.PATCH", "19.2": "node@19.2.0",
	} {
		_, _, err := c.Select("assembled", slipway.LanguageNode, slipway.Version{Want: want, From: "package.json:3"}, "node")
		if text := everything(t, err); !strings.Contains(text, "`slipway stack build "+make+"`") {
			t.Errorf("%s: %q does not say %q", want, text, make)
		}
	}
}

// A release of Node.js is a major version: an exact one that a repository
// names is there under its own name, like a patch of the other languages.
func TestCatalogue_SelectTakesAnEarlierReleaseOfALine(t *testing.T) {
	t.Parallel()
	c, err := buildpacks.Parse("line.yaml", []byte(`
stacks:
  - {profile: official, language: node, versions: [22.23.3, 20.20.2], patches: true, line: major, build: "node:{version}", run: {node: "node:{version}"}, budget: 1}
`))
	if err != nil {
		t.Fatal(err)
	}
	for want, code := range map[string]slipway.Code{"20.11.1": "", "v20.20.2": "", "20.20.3": slipway.CodeNotFound, "20.21.0": slipway.CodeNotFound, "18.20.8": slipway.CodeNotFound} {
		_, v, err := c.Select("official", "node", slipway.Version{Want: want, From: ".nvmrc:1"}, "node")
		if slipway.ErrorCode(err) != code || code == "" && v.Value != strings.TrimPrefix(want, "v") {
			t.Errorf("%s: %s, %v", want, v.Value, err)
		}
	}
}
