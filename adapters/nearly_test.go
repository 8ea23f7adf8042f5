package adapters_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters"
)

func TestPlan_saysWhatNearlyIsAService(t *testing.T) {
	t.Parallel()
	for want, files := range map[string]map[string]string{
		"main.go: Go, but there is no go.mod; `go mod init NAME` writes one":                                                                   {"main.go": program},
		"src/Main.java: Java, but there is neither a pom.xml nor a build.gradle":                                                               {"src/Main.java": "class Main {}"},
		"Dockerfile.prod: chosen by `language: dockerfile` and `main: Dockerfile.prod` in slipway.yaml":                                        {"Dockerfile.prod": "FROM a"},
		"fetch.py: Python, and nothing says what is started; chosen by `main: fetch.py` in slipway.yaml":                                       {"fetch.py": "import this", "send.py": "import this"},
		"hugo.toml: a site of Hugo, which this version does not build; a Dockerfile does, or commit what `hugo` writes and say `root: public`": {"hugo.toml": "", "content/_index.md": ""},
		"App.csproj: .NET, recognised, not built by this version":                                                                              {"App.csproj": "<Project/>", "Program.cs": ""},
		"Shop.sln: .NET, recognised, not built by this version":                                                                                {"Shop.sln": "", "src/Shop/Shop.csproj": ""},
	} {
		_, err := adapters.Plan(adapters.Request{Tree: tree(files)})
		e, ok := errors.AsType[*slipway.Error](err)
		if !ok {
			t.Fatalf("%v: %v", files, err)
		}
		if !slices.Contains(e.Details, want) {
			t.Errorf("%v: %v, want %s", files, e.Details, want)
		}
	}
}

func TestPlan_namesADirectoryBelowOnce(t *testing.T) {
	t.Parallel()
	_, err := adapters.Plan(adapters.Request{Tree: tree(map[string]string{
		"services/site/index.html": "", "services/cart/go.mod": "", "services/cart/Dockerfile": "",
	})})
	e, ok := errors.AsType[*slipway.Error](err)
	if !ok {
		t.Fatal(err)
	}
	for _, dir := range []string{"build services/site instead", "build services/cart instead"} {
		if n := strings.Count(strings.Join(e.Details, "\n"), dir); n != 1 {
			t.Errorf("%q %d times in %v", dir, n, e.Details)
		}
	}
}
