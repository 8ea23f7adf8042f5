package jenkinstest

import (
	"maps"
	"net/http"
	"strconv"
	"time"
)

// forgotten is how long Jenkins knows an item that has left its queue.
const forgotten = 5 * time.Minute

// queued is an item of the queue.
type queued struct {
	id         int64
	job        *item
	parameters map[string]string
	since      time.Time
	left       time.Time
	cancelled  bool
	run        *run
}

func (q *queued) waits() bool { return q.run == nil && !q.cancelled }

// Hold keeps what comes from now on in the queue, until it is called with no.
func (s *Server) Hold(yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hold = yes
	if yes {
		return
	}
	for _, q := range s.queue {
		s.leave(q)
	}
}

// Forget makes Jenkins forget the items that have left its queue, as it does
// after 5 minutes.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := []*queued{}
	for _, q := range s.queue {
		if q.waits() {
			kept = append(kept, q)
		}
	}
	s.queue = kept
}

// build puts a job into the queue. The same with the same parameters that
// waits already is the same.
func (s *Server) build(w http.ResponseWriter, r *http.Request, at *item) {
	_ = r.ParseForm()
	switch {
	case at.folder || at.external:
		page(w, http.StatusNotFound, "Not Found")
		return
	case at.config.disabled:
		page(w, http.StatusConflict, at.full+" is not buildable")
		return
	case len(at.config.parameters) == 0:
		page(w, http.StatusInternalServerError, "Oops! A problem occurred while processing the request.")
		return
	}
	parameters := map[string]string{}
	for _, p := range at.config.parameters { // what the job does not know is lost
		parameters[p.Name] = p.Default
		if given, ok := r.Form[p.Name]; ok {
			parameters[p.Name] = given[0]
		}
	}
	q := s.enqueue(at, parameters)
	if s.options.Hudson {
		s.redirect(w, pathOf(at.full)+"/")
		return
	}
	w.Header().Set("Location", s.options.Root+"/queue/item/"+strconv.FormatInt(q.id, 10)+"/")
	w.WriteHeader(http.StatusCreated)
}

func (s *Server) enqueue(at *item, parameters map[string]string) *queued {
	for _, q := range s.queue {
		if q.waits() && q.job == at && maps.Equal(q.parameters, parameters) {
			return q
		}
	}
	q := &queued{id: s.nextItem, job: at, parameters: parameters, since: s.options.Now()}
	s.nextItem++
	s.queue = append(s.queue, q)
	if !s.hold {
		s.leave(q)
	}
	return q
}

// leave starts an item that waits, unless its job is tied to an agent: there
// is none.
func (s *Server) leave(q *queued) {
	if q.waits() && q.job.config.label == "" {
		q.left = s.options.Now()
		q.run = s.start(q)
	}
}

func (s *Server) known(q *queued) bool {
	return q.waits() || s.options.Now().Sub(q.left) < forgotten
}

func (s *Server) queueJSON() object {
	items := []object{}
	for _, q := range s.queue {
		if q.waits() {
			items = append(items, s.queuedJSON(q))
		}
	}
	return object{"_class": "hudson.model.Queue", "items": items}
}

func (s *Server) itemJSON(w http.ResponseWriter, r *http.Request, id string) {
	for _, q := range s.queue {
		if strconv.FormatInt(q.id, 10) == id && s.known(q) {
			writeJSON(w, r, s.queuedJSON(q))
			return
		}
	}
	page(w, http.StatusNotFound, "Not Found")
}

func (s *Server) queuedJSON(q *queued) object {
	o := object{
		"_class": "hudson.model.Queue$WaitingItem", "id": q.id, "why": nil, "inQueueSince": q.since.UnixMilli(),
		"url":     "queue/item/" + strconv.FormatInt(q.id, 10) + "/",
		"task":    object{"_class": q.job.class(), "name": q.job.name, "url": s.options.Root + pathOf(q.job.full) + "/"},
		"actions": s.actions(q.job, q.parameters),
	}
	if s.options.Hudson {
		delete(o, "id")
	}
	switch {
	case q.waits() && q.job.config.label != "":
		o["why"] = "There are no nodes with the label ‘" + q.job.config.label + "’"
	case q.waits():
		o["why"] = "Waiting for next available executor"
	default:
		o["_class"], o["cancelled"] = "hudson.model.Queue$LeftItem", q.cancelled
		if q.run != nil {
			o["executable"] = s.runJSON(q.job, q.run)
		}
	}
	return o
}

func (s *Server) cancelItem(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("id")
	for _, q := range s.queue {
		switch {
		case strconv.FormatInt(q.id, 10) != id || !s.known(q):
		case q.waits():
			q.cancelled, q.left = true, s.options.Now()
			w.WriteHeader(http.StatusNoContent)
			return
		default:
			refuse(w, http.StatusInternalServerError, "Could not cancel run for id "+id)
			return
		}
	}
	refuse(w, http.StatusNotFound, "Provided id ("+id+") not found")
}
