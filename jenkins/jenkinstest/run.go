package jenkinstest

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strconv"
	"time"
)

// run is what Jenkins calls a build.
type run struct {
	number      int
	item        int64
	parameters  map[string]string
	started     time.Time
	duration    time.Duration
	result      string // "" while it runs
	name        string
	description string
	log         []byte
	cancel      context.CancelFunc
	restarted   bool // nothing that its step says matters any more
}

// Step is what a job does, in place of a shell: it gives the result. It
// should end when the context does, which is when the run is aborted.
type Step func(ctx context.Context, r Running) (result string)

// Running is a run for its step.
type Running struct {
	Job        string
	Number     int
	Parameters map[string]string

	server *Server
	run    *run
}

// Write writes to the console.
func (r Running) Write(p []byte) (int, error) {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	if !r.run.restarted && r.run.result == "" {
		r.run.log = append(r.run.log, p...)
	}
	return len(p), nil
}

// Steps sets what the job does. One that does nothing succeeds.
func (s *Server) Steps(full string, step Step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.root.find(full); i != nil {
		i.step = step
	}
}

// Note is a console note as Jenkins writes it before a line that it decorates.
const Note = "\x1b[8mha:////4NoteOfTheTestsAAAAlR+LCAAAAAAAAP9b85aBtbiIQTGjNKU4P0+vIKc0PTOvWK8kNSc1KTU3FQBRDNuJ\x1b[0m"

// start makes a run of an item that leaves the queue.
func (s *Server) start(q *queued) *run {
	i := q.job
	r := &run{number: 1, item: q.id, parameters: q.parameters, started: s.options.Now()}
	if len(i.runs) > 0 {
		r.number = i.runs[len(i.runs)-1].number + 1
	}
	r.name = "#" + strconv.Itoa(r.number)
	r.log = []byte("Started by user " + Note + s.options.User + "\n")
	ctx, cancel := context.WithCancel(s.ctx)
	r.cancel = cancel
	i.runs = append(i.runs, r)
	step := i.step
	if step == nil && s.options.Shell {
		step = s.shell(i.config.commands)
	}
	s.runs.Go(func() {
		defer cancel()
		result := "SUCCESS"
		if step != nil {
			result = step(ctx, Running{Job: i.full, Number: r.number, Parameters: r.parameters, server: s, run: r})
		}
		s.finish(ctx, r, result)
	})
	return r
}

func (s *Server) finish(ctx context.Context, r *run, result string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() != nil {
		result = "ABORTED"
		r.log = append(r.log, "Build was aborted\n"...)
	}
	r.result, r.duration = result, s.options.Now().Sub(r.started)
	r.log = append(r.log, "Finished: "+result+"\n"...)
}

// progressive gives the console from an offset on, without its notes and with
// two bytes at the end of each line; the offsets are the file's.
func (r *run) progressive(w http.ResponseWriter, req *http.Request) {
	start, _ := strconv.Atoi(req.URL.Query().Get("start"))
	start = min(max(start, 0), len(r.log))
	w.Header().Set("Content-Type", "text/plain;charset=utf-8")
	w.Header().Set("X-Text-Size", strconv.Itoa(len(r.log)))
	if r.result == "" {
		w.Header().Set("X-More-Data", "true")
	}
	text := bytes.ReplaceAll(r.log[start:], []byte(Note), nil)
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	_, _ = w.Write(bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")))
}

func (r *run) configure(w http.ResponseWriter, req *http.Request) {
	var form struct{ DisplayName, Description string }
	if err := json.Unmarshal([]byte(req.FormValue("json")), &form); err != nil {
		page(w, http.StatusBadRequest, "This page expects a form submission")
		return
	}
	r.name, r.description = form.DisplayName, form.Description
}

// external takes the end of something that ran elsewhere.
func (s *Server) external(w http.ResponseWriter, req *http.Request, at *item) {
	var told struct {
		Log      string `xml:"log"`
		Result   int    `xml:"result"`
		Duration int64  `xml:"duration"`
		Name     string `xml:"displayName"`
		Words    string `xml:"description"`
	}
	err := xml.NewDecoder(req.Body).Decode(&told)
	log, hexErr := hex.DecodeString(told.Log)
	if !at.external || err != nil || hexErr != nil {
		page(w, http.StatusInternalServerError, "Oops!")
		return
	}
	r := &run{
		number: len(at.runs) + 1, started: s.options.Now(), duration: time.Duration(told.Duration) * time.Millisecond,
		result: "SUCCESS", name: told.Name, description: told.Words, log: log, cancel: func() {},
	}
	if told.Result != 0 {
		r.result = "FAILURE"
	}
	at.runs = append(at.runs, r)
	w.WriteHeader(http.StatusOK)
}

// Seen is a run as a test sees it.
type Seen struct {
	Number            int
	Result            string
	Name, Description string
	Parameters        map[string]string
	Log               string
	Duration          time.Duration
}

// Runs lists a job's runs, the oldest first.
func (s *Server) Runs(full string) []Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := []Seen{}
	if i := s.root.find(full); i != nil {
		for _, r := range i.runs {
			seen = append(seen, Seen{r.number, r.result, r.name, r.description, r.parameters, string(r.log), r.duration})
		}
	}
	return seen
}
