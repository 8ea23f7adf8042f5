package local

import (
	"encoding/json"
	"net/http"

	"golang.org/x/sys/unix"
)

// reserve is what the registry leaves free on its disk, so that manifests,
// links and the collection of garbage still work when uploads no longer do.
const reserve = 16 << 20

// roomy refuses to write when the disk is full, in words: the library would
// answer 500, which clients take for a passing fault and try again. An upload
// that fills the disk in the middle gets the same answer.
func (r *Registry) roomy(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		switch req.Method {
		case http.MethodPost, http.MethodPut, http.MethodPatch:
			if r.full() {
				refuseFull(w)
				return
			}
			w = &fullResponse{ResponseWriter: w, full: r.full}
		}
		next.ServeHTTP(w, req)
	})
}

func (r *Registry) full() bool {
	var st unix.Statfs_t
	if err := unix.Statfs(r.dir, &st); err != nil {
		return false // the write itself will tell
	}
	return st.Bavail*uint64(st.Bsize) < reserve || (st.Files > 0 && st.Ffree == 0) //nolint:gosec // a block size is positive
}

// fullResponse turns an internal error on a full disk into one that says so.
type fullResponse struct {
	http.ResponseWriter
	full     func() bool
	replaced bool
}

// WriteHeader replaces the answer when the disk is full.
func (w *fullResponse) WriteHeader(status int) {
	if status == http.StatusInternalServerError && w.full() {
		w.replaced = true
		w.Header().Del("Content-Length")
		refuseFull(w.ResponseWriter)
		return
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write drops the body that was replaced.
func (w *fullResponse) Write(b []byte) (int, error) {
	if w.replaced {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (w *fullResponse) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func refuseFull(w http.ResponseWriter) {
	refuse(w, http.StatusInsufficientStorage, "DENIED", "no space left on the registry's disk")
}

// refuse answers in the error format of the OCI distribution specification.
func refuse(w http.ResponseWriter, status int, code, message string) {
	type item struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	body := map[string][]item{"errors": {{Code: code, Message: message}}}
	b, err := json.Marshal(body)
	if err == nil {
		_, _ = w.Write(b) // else the client is gone
	}
}
