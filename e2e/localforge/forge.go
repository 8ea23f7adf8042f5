// Package localforge is a small forge for demonstrations and tests: bare
// repositories over HTTP with git's own server, a signed hook for each push in
// the form of Gitea's, and commit statuses as Gitea takes them. It keeps no
// users: whoever has the token may do everything.
package localforge

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/cgi" //nolint:gosec // this Go is newer
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Config of a forge.
type Config struct {
	Dir    string                       // of the bare repositories, TEAM/NAME.git
	Listen string                       // address; port 0 chooses one
	Token  string                       // opens repositories (as a password) and the API; "" leaves them open
	Hook   func(repository string) Hook // where pushes are told, asked at each push; nil: as Create and SetHook say
}

// Forge is a running one. It is safe for concurrent use.
type Forge struct {
	config  Config
	url     string
	server  *http.Server
	git     http.Handler
	refused atomic.Bool
	client  *http.Client

	mu       sync.Mutex
	hooks    map[string]Hook // by repository
	statuses []Status
	pushing  sync.WaitGroup
	close    context.CancelFunc
	ctx      context.Context //nolint:containedctx // of deliveries, which outlive the push
}

// Hook is where pushes to a repository are told.
type Hook struct {
	URL    string
	Secret string
}

// Status of a commit, as somebody set it.
type Status struct {
	Repository  string    `json:"-"`
	Commit      string    `json:"-"`
	State       string    `json:"state"`
	Context     string    `json:"context"`
	Description string    `json:"description"`
	TargetURL   string    `json:"target_url"`
	At          time.Time `json:"-"`
}

// Start serves until Close.
func Start(ctx context.Context, c Config) (*Forge, error) {
	out, err := exec.CommandContext(ctx, "git", "--exec-path").Output()
	if err != nil {
		return nil, fmt.Errorf("git is needed: %w", err)
	}
	backend := filepath.Join(strings.TrimSpace(string(out)), "git-http-backend")
	if _, err := os.Stat(backend); err != nil {
		return nil, fmt.Errorf("git's HTTP server is needed: %w", err)
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return nil, err
	}
	f := &Forge{config: c, url: "http://" + ln.Addr().String(), hooks: map[string]Hook{}, client: &http.Client{Timeout: 10 * time.Second}}
	f.ctx, f.close = context.WithCancel(context.WithoutCancel(ctx))
	f.git = &cgi.Handler{Path: backend, Stderr: os.Stderr, Env: []string{
		"GIT_PROJECT_ROOT=" + c.Dir, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=3",
		"GIT_CONFIG_KEY_0=uploadpack.allowReachableSHA1InWant", "GIT_CONFIG_VALUE_0=true",
		"GIT_CONFIG_KEY_1=safe.directory", "GIT_CONFIG_VALUE_1=*",
		"GIT_CONFIG_KEY_2=http.receivepack", "GIT_CONFIG_VALUE_2=true",
	}}
	f.server = &http.Server{ReadHeaderTimeout: time.Minute, Handler: f.routes()}
	go func() { _ = f.server.Serve(ln) }() // ends with Close
	return f, nil
}

// URL of the forge; of a repository it is URL/TEAM/NAME.git.
func (f *Forge) URL() string { return f.url }

// Close ends it, with the deliveries that were not taken.
func (f *Forge) Close() error {
	f.close()
	err := f.server.Close()
	f.pushing.Wait()
	return err
}

// Refuse has the forge answer everything with 503, or not any more.
func (f *Forge) Refuse(yes bool) { f.refused.Store(yes) }

// Create makes an empty repository TEAM/NAME, and says where its pushes are
// told.
func (f *Forge) Create(ctx context.Context, repository string, hook Hook) error {
	dir := f.dir(repository)
	if out, err := exec.CommandContext(ctx, "git", "init", "-q", "--bare", "-b", "main", dir).CombinedOutput(); err != nil {
		return fmt.Errorf("git init: %w\n%s", err, out)
	}
	f.SetHook(repository, hook)
	return nil
}

// SetHook changes where pushes are told.
func (f *Forge) SetHook(repository string, hook Hook) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hooks[repository] = hook
}

func (f *Forge) hook(repository string) Hook {
	if f.config.Hook != nil {
		return f.config.Hook(repository)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.hooks[repository]
}

// Statuses gives those that were set, in their order.
func (f *Forge) Statuses() []Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Status(nil), f.statuses...)
}

func (f *Forge) dir(repository string) string {
	return filepath.Join(f.config.Dir, filepath.FromSlash(repository)+".git")
}
