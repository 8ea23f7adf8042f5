package java

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

func (p *planner) findKind() error {
	p.guess = p.guessKind()
	return nil
}

// web tells whether the service answers requests, as far as is known before
// the plan is written.
func (p *planner) web() bool {
	return cmp.Or(p.Declared.Kind, p.guess.Kind, slipway.KindWeb) == slipway.KindWeb || p.Declared.Kind == "" && (p.Declared.Port != 0 || p.Declared.Health != "")
}

// guessKind takes the kind from what the program's modules depend on, then
// from its sources.
func (p *planner) guessKind() repo.Guess {
	if p.main.jar != "" || p.main.class == "" && !p.quarkus() {
		return repo.Guess{}
	}
	if p.process.worker && p.started() {
		return repo.Guess{Kind: slipway.KindWorker, Why: p.process.e}
	}
	all := p.build.closure(p.main.module)
	if e := mentioned(all, servers()); e.Found != "" {
		return repo.Guess{Kind: slipway.KindWeb, Why: e}
	}
	t := p.texts()
	if e := t.first(serverWords()...); e.Found != "" {
		return repo.Guess{Kind: slipway.KindWeb, Why: e}
	}
	for _, grpc := range []slipway.Evidence{mentioned(all, []string{"net.devh:grpc-server"}), t.first("@GrpcService", "ServerBuilder.forPort", "NettyServerBuilder", "Grpc.newServerBuilder")} {
		if grpc.Found != "" {
			grpc.Found += ", and no server of HTTP: gRPC answers none"
			return repo.Guess{Kind: slipway.KindWorker, Why: grpc}
		}
	}
	if t.first(`"PORT"`).Found != "" {
		return repo.Guess{}
	}
	for _, waits := range []slipway.Evidence{t.first(waitingWords()...), mentioned(all, queues())} {
		if waits.Found != "" {
			waits.Found += ", and nothing that listens"
			return repo.Guess{Kind: slipway.KindWorker, Why: waits}
		}
	}
	// The actuator brings no server, and is seldom there without one.
	if e := mentioned(all, []string{springGroup + ":spring-boot-starter-actuator"}); e.Found != "" {
		return repo.Guess{Kind: slipway.KindWeb, Why: e}
	}
	return p.unserved(all, t)
}

// unserved is the kind of a program in which nothing serves or waits: a task,
// unless it depends on what nobody here knows and speaks of serving, or was
// not read as a whole.
func (p *planner) unserved(all []module, t texts) repo.Guess {
	if t.partly || len(t.files) == 0 {
		return repo.Unsure(slipway.Evidence{File: p.main.module.file})
	}
	if ref := p.foreign(all); ref != "" {
		lines, tells := 0, false
		for _, f := range t.files {
			lines, tells = lines+repo.Lines(f.text), tells || repo.Tells(f.text)
			if word, at := repo.Word(f.text, repo.Serving()...); at >= 0 {
				return repo.Unsure(f.at(at, "the word "+word+", beside "+ref+", which may serve"))
			}
		}
		if !strings.HasSuffix(ref, "parent") && repo.HandsOver(ref, lines, tells) { // a parent is mostly settings
			return repo.Unsure(slipway.Evidence{File: p.main.module.file, Found: "little but " + ref + ", which may serve"})
		}
	}
	return repo.Ends(slipway.Evidence{File: p.main.module.file, Found: "neither a library that serves nor a call to listen"})
}

// mentioned is where a module asks for something of some groups.
func mentioned(all []module, groups []string) slipway.Evidence {
	for _, m := range all {
		for _, ref := range m.refs {
			if slices.ContainsFunc(groups, func(g string) bool { return strings.HasPrefix(ref, g) }) {
				return slipway.Evidence{File: m.file, Found: ref}
			}
		}
	}
	return slipway.Evidence{}
}

// foreign is a library of which nobody here knows that it serves nothing, ""
// when there is none.
func (p *planner) foreign(all []module) string {
	for _, m := range all {
		for _, ref := range m.refs {
			group, name, library := strings.Cut(ref, ":")
			if library && !strings.HasSuffix(name, "-plugin") && !slices.ContainsFunc(harmless(), func(h string) bool { return group == h || strings.HasPrefix(group, h+".") }) &&
				!slices.ContainsFunc(p.build.modules, func(m module) bool { return m.name == name || m.name == ref }) {
				return ref
			}
		}
	}
	if p.build.conventions {
		return "plugins of the build's own"
	}
	return ""
}

// Bounds of what is read of the sources for the kind: a plan takes 100 ms.
const (
	maxTexts = 400
	maxText  = 256 << 10
	maxAll   = 4 << 20
)

// texts are the program's sources, without comments.
type texts struct {
	files  []sourceText
	partly bool // there are more
}

type sourceText struct{ file, text string }

func (f sourceText) at(at int, found string) slipway.Evidence {
	return slipway.Evidence{File: f.file, Line: 1 + strings.Count(f.text[:at], "\n"), Found: strings.TrimRight(found, "(")}
}

// first gives the first of some texts that stands in the sources, in their
// order.
func (t texts) first(words ...string) slipway.Evidence {
	for _, f := range t.files {
		for _, w := range words {
			if at := strings.Index(f.text, w); at >= 0 {
				return f.at(at, w)
			}
		}
	}
	return slipway.Evidence{}
}

// texts reads the sources of the program's modules, once.
func (p *planner) texts() texts {
	if p.written != nil {
		return *p.written
	}
	var t texts
	left := maxAll
	for _, m := range p.build.closure(p.main.module) {
		for _, dir := range m.sources {
			if !repo.IsDir(p.Tree, dir) && !repo.IsFile(p.Tree, dir) {
				continue
			}
			_ = fs.WalkDir(p.Tree, dir, func(file string, d fs.DirEntry, err error) error { // what cannot be listed is not compiled
				if err != nil || d.IsDir() || !slices.Contains([]string{".java", ".kt", ".scala", ".groovy"}, path.Ext(file)) {
					return nil //nolint:nilerr // as above
				}
				if len(t.files) == maxTexts {
					t.partly = true
					return fs.SkipAll
				}
				data, _, err := repo.Read(p.Tree, file)
				if left -= len(data); err != nil || len(data) > maxText || left < 0 {
					t.partly = true
					return nil //nolint:nilerr // the compiler says what is wrong with it
				}
				t.files = append(t.files, sourceText{file, uncomment(string(data))})
				return nil
			})
		}
	}
	p.written = &t
	return t
}
