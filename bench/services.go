package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// services are the samples of all languages, those that were asked for.
func (l *lab) services(ctx context.Context) ([]service, error) {
	var chosen []service
	for _, make := range []func() (service, error){l.goService, l.nodeService, l.pythonService, l.rustService, l.javaService} {
		s, err := make()
		if err != nil {
			return nil, err
		}
		if len(l.languages) > 0 && !slices.Contains(l.languages, s.name) {
			continue
		}
		if s.stack, err = l.stackOf(ctx, s); err != nil {
			return nil, err
		}
		chosen = append(chosen, s)
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("there is no service of the language %s", strings.Join(l.languages, ", "))
	}
	return chosen, nil
}

func (l *lab) serviceDir(name string) string { return filepath.Join(l.root, "bench", "services", name) }

func (l *lab) nodeService() (service, error) {
	return l.overlaid(service{
		language: "Node", name: "node",
		source: greetIn("server.js", `const greeting = `, "const greeting = %q;"),
		rivals: []rival{l.dockerfileSystem},
	})
}

func (l *lab) pythonService() (service, error) {
	return l.overlaid(service{
		language: "Python", name: "python",
		source: greetIn("app.py", `greeting = `, "greeting = %q"),
		rivals: []rival{l.dockerfileSystem},
	})
}

func (l *lab) rustService() (service, error) {
	return l.overlaid(service{
		language: "Rust", name: "rust",
		source: greetIn("src/main.rs", `const GREETING`, "const GREETING: &str = %q;"),
		rivals: []rival{l.dockerfileSystem},
	})
}

func (l *lab) javaService() (service, error) {
	versions := []string{"6.1.6", "6.2.0", "6.3.0", "6.4.0", "6.1.3"}
	return service{
		language: "Java", name: "java", dir: l.serviceDir("java"), versions: len(versions),
		source: greetIn("src/main/java/com/example/App.java", "  private static final String GREETING", "  private static final String GREETING = %q;"),
		depend: func(dir string, round int) error {
			return rewrite(filepath.Join(dir, "pom.xml"), "    <javalin.version>", "    <javalin.version>"+versions[round]+"</javalin.version>")
		},
		rivals: []rival{l.dockerfileSystem, l.jibSystem},
	}, nil
}

// overlaid is a service whose other versions of a dependency lie, as the
// files that differ, below services/NAME.versions.
func (l *lab) overlaid(s service) (service, error) {
	s.dir = l.serviceDir(s.name)
	versions, err := filepath.Glob(s.dir + ".versions/*")
	if err != nil || len(versions) == 0 {
		return s, fmt.Errorf("%s.versions has no versions of a dependency: %w", s.dir, err)
	}
	s.versions = len(versions)
	s.depend = func(dir string, round int) error {
		files, err := os.ReadDir(versions[round])
		if err != nil {
			return err
		}
		for _, f := range files {
			if err := copyFile(filepath.Join(versions[round], f.Name()), filepath.Join(dir, f.Name())); err != nil {
				return err
			}
		}
		return nil
	}
	return s, nil
}

// greetIn is the smallest real change of a source: the one line of a file
// that begins with prefix says another greeting.
func greetIn(file, prefix, format string) func(dir, mark string) error {
	return func(dir, mark string) error {
		return rewrite(filepath.Join(dir, filepath.FromSlash(file)), prefix, fmt.Sprintf(format, "hello "+mark))
	}
}
