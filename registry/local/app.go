package local

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/distribution/distribution/v3/configuration"
	"github.com/distribution/distribution/v3/registry/handlers"
	"github.com/distribution/distribution/v3/registry/storage"
	"github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
	"github.com/sirupsen/logrus"
)

// maxCatalog is the most names that one _catalog answer holds. The library
// takes 0 for "none at all" when it is not started by its own command.
const maxCatalog = 1000

// maxThreads bounds the files that are open at the same time.
const maxThreads = 100

func (r *Registry) open() (err error) {
	defer func() { // NewApp reports a bad configuration by panicking
		if p := recover(); p != nil {
			err = fmt.Errorf("distribution: %v", p)
		}
	}()
	files := filesystem.New(filesystem.DriverParameters{RootDirectory: r.dir, MaxThreads: maxThreads})
	r.files = tolerant{files}
	r.images, err = storage.NewRegistry(r.ctx, r.files, storage.EnableDelete)
	if err != nil {
		return err
	}
	r.app = handlers.NewApp(r.ctx, settings(r.dir))
	return nil
}

// settings has no blob descriptor cache: GC removes files behind it. Upload
// sessions are purged by GC, not by the library's own goroutine.
func settings(dir string) *configuration.Configuration {
	c := &configuration.Configuration{
		Version: configuration.CurrentVersion,
		Storage: configuration.Storage{
			"filesystem":  {"rootdirectory": dir, "maxthreads": maxThreads},
			"delete":      {"enabled": true},
			"redirect":    {"disable": true},
			"maintenance": {"uploadpurging": map[any]any{"enabled": false}},
		},
		Catalog: configuration.Catalog{MaxEntries: maxCatalog},
	}
	c.HTTP.RelativeURLs = true // the same handler answers under several names
	return c
}

// redirectLogrus takes the library's output off standard error. It has no
// other way in: its context's logger key is internal.
func redirectLogrus(log *slog.Logger) {
	std := logrus.StandardLogger()
	std.SetOutput(io.Discard)
	hooks := logrus.LevelHooks{}
	hooks.Add(toSlog{log})
	std.ReplaceHooks(hooks)
}

// toSlog passes what the library says to a slog.Logger. Everything is debug:
// the library calls each 404 an error, and a client's HEAD is one.
type toSlog struct{ log *slog.Logger }

// Levels names the levels worth formatting.
func (toSlog) Levels() []logrus.Level {
	return []logrus.Level{logrus.PanicLevel, logrus.FatalLevel, logrus.ErrorLevel, logrus.WarnLevel}
}

// Fire passes one line on.
func (h toSlog) Fire(e *logrus.Entry) error {
	ctx := e.Context
	if ctx == nil {
		ctx = context.Background()
	}
	h.log.LogAttrs(ctx, slog.LevelDebug, "registry library",
		slog.String("level", e.Level.String()), slog.String("text", e.Message))
	return nil
}
