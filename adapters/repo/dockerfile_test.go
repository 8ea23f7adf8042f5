package repo_test

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

func TestOfDockerfile(t *testing.T) {
	t.Parallel()
	programs := []repo.Called{
		{Started: []string{"server"}, Built: []string{"cmd/server", "cmd/server/main.go"}},
		{Started: []string{"migrate"}, Built: []string{"cmd/migrate", "cmd/migrate/main.go"}},
	}
	for text, want := range map[string]struct {
		index int
		e     slipway.Evidence
	}{
		"": {index: -1},
		"FROM go\nRUN go build -o /app ./cmd/server":                                                         {0, slipway.Evidence{File: "a/Dockerfile", Line: 2, Found: "RUN ./cmd/server"}},
		"FROM go\nrun cd x && go build ./cmd/migrate/main.go":                                                {1, slipway.Evidence{File: "a/Dockerfile", Line: 2, Found: "RUN ./cmd/migrate/main.go"}},
		"RUN go build \\\n # why\n ./cmd/server \\\n ./cmd/migrate\nENTRYPOINT [\"/app/server\", \"serve\"]": {0, slipway.Evidence{File: "a/Dockerfile", Line: 5, Found: "ENTRYPOINT /app/server"}},
		"RUN go build ./cmd/server ./cmd/migrate\nCMD /run.sh":                                               {index: -1},
		"RUN go build ./cmd/server ./cmd/migrate\nCMD /bin/migrate && exec /bin/server":                      {index: -1},
		"RUN go build ./cmd/server\nFROM x AS dev\nCMD server\nFROM x\nCMD migrate":                          {index: -1},
		"# RUN go build ./cmd/server\nLABEL x=./cmd/server":                                                  {index: -1},
		"COPY server ./server\nRUN adduser migrate":                                                          {index: -1},
		"RUN go build ./cmd/server2":                                                                         {index: -1},
		"ENV PROGRAM=bin/migrate SECRET=word":                                                                {1, slipway.Evidence{File: "a/Dockerfile", Line: 1, Found: "ENV bin/migrate"}},
		"RUN go build ./...\nENV MODE=migrate\nENTRYPOINT [\"/app\"]":                                        {index: -1},
		"RUN go run ./cmd/migrate && go build ./...\nCMD [\"/run.sh\"]":                                      {index: -1},
		"RUN \\\n": {index: -1},
	} {
		s := repo.Service{Tree: fstest.MapFS{"a/Dockerfile": {Data: []byte(text)}}, Dir: "a"}
		index, e := repo.OfDockerfile(s, programs)
		if diff := cmp.Diff(want.e, e); index != want.index || diff != "" {
			t.Errorf("%q: %d, want %d (-want +got):\n%s", text, index, want.index, diff)
		}
	}
}

func FuzzOfDockerfile(f *testing.F) {
	f.Add("FROM x\nRUN a \\\n b\n# c\nCMD [\"d\"]\n")
	f.Fuzz(func(t *testing.T, text string) {
		s := repo.Service{Tree: fstest.MapFS{"Dockerfile": {Data: []byte(text)}}, Dir: "."}
		if index, e := repo.OfDockerfile(s, []repo.Called{{Started: []string{"d"}, Built: []string{"b"}}, {Started: []string{"e"}}}); index >= 0 && (e.Line < 1 || e.Found == "") {
			t.Errorf("%d, %+v", index, e)
		}
	})
}
