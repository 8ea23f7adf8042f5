package localforge

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// maxStatus is the most bytes of a status that are read.
const maxStatus = 64 << 10

func (f *Forge) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/repos/{team}/{name}/statuses/{commit}", f.status)
	mux.HandleFunc("/", f.repository)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case f.refused.Load():
			http.Error(w, "down for maintenance", http.StatusServiceUnavailable)
		case !f.allowed(r):
			w.Header().Set("WWW-Authenticate", `Basic realm="forge"`)
			http.Error(w, "who are you?", http.StatusUnauthorized)
		default:
			mux.ServeHTTP(w, r)
		}
	})
}

// allowed looks for the token as a password, as git sends it, or as the API's
// clients do.
func (f *Forge) allowed(r *http.Request) bool {
	if f.config.Token == "" {
		return true
	}
	_, got, ok := r.BasicAuth()
	if !ok {
		_, got, _ = strings.Cut(r.Header.Get("Authorization"), " ")
	}
	return subtle.ConstantTimeCompare([]byte(got), []byte(f.config.Token)) == 1
}

func (f *Forge) status(w http.ResponseWriter, r *http.Request) {
	s := Status{Repository: r.PathValue("team") + "/" + r.PathValue("name"), Commit: r.PathValue("commit"), At: time.Now()}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxStatus)).Decode(&s); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f.mu.Lock()
	f.statuses = append(f.statuses, s)
	f.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	fmt.Fprintf(w, `{"status":%q,"context":%q}`+"\n", s.State, s.Context)
}

// repository hands a request to git, and tells what a push moved.
func (f *Forge) repository(w http.ResponseWriter, r *http.Request) {
	name, rest, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), ".git/")
	if !ok {
		http.NotFound(w, r)
		return
	}
	if rest != "git-receive-pack" {
		f.git.ServeHTTP(w, r)
		return
	}
	before := f.refs(r.Context(), name)
	f.git.ServeHTTP(w, r)
	f.moved(name, before, f.refs(f.ctx, name)) //nolint:contextcheck // whoever pushed may have gone
}
