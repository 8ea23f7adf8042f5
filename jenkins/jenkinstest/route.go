package jenkinstest

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// route finds what a path means.
func (s *Server) route(w http.ResponseWriter, r *http.Request, parts []string) {
	at, parts := s.walk(parts)
	what := r.Method + " " + strings.Join(parts, "/")
	switch {
	case at == nil:
	case at == s.root && (what == "GET " || what == "GET queue"):
		if s.options.Hudson {
			w.Header().Set("X-Hudson", "3.3.2") // there and nowhere else
		}
		page(w, http.StatusOK, "Dashboard")
		return
	case at == s.root && s.routeRoot(w, r, what, parts):
		return
	case at != s.root && s.routeJob(w, r, at, what):
		return
	case at.folder && s.routeFolder(w, r, at, what):
		return
	case len(parts) > 1 && s.routeRun(w, r, at, parts):
		return
	}
	page(w, http.StatusNotFound, "Not Found")
}

// walk goes from folder to folder; nil is nowhere. Stapler decodes each part
// of a path once.
func (s *Server) walk(escaped []string) (at *item, rest []string) {
	for _, p := range escaped {
		plain, err := url.PathUnescape(p)
		if err != nil {
			return nil, nil
		}
		rest = append(rest, plain)
	}
	at = s.root
	for len(rest) >= 2 && rest[0] == "job" && at != nil && at.folder {
		at, rest = at.kid(rest[1]), rest[2:]
	}
	return at, rest
}

func (s *Server) routeRoot(w http.ResponseWriter, r *http.Request, what string, parts []string) bool {
	switch {
	case what == "GET api/json":
		o := s.describe(s.root, true)
		o["_class"] = "hudson.model.Hudson"
		o["primaryView"] = object{"_class": "hudson.model.AllView", "name": "all", "url": s.options.Root + "/"}
		writeJSON(w, r, o)
	case what == "GET whoAmI/api/json" && !s.options.Hudson:
		name := s.options.User
		if name == "" {
			name = "anonymous"
		}
		writeJSON(w, r, object{"_class": "hudson.security.WhoAmI", "name": name, "anonymous": s.options.User == "", "authenticated": true})
	case what == "GET crumbIssuer/api/json":
		s.giveCrumb(w, r)
	case what == "GET queue/api/json":
		writeJSON(w, r, s.queueJSON())
	case what == "POST queue/cancelItem":
		s.cancelItem(w, r)
	case what == "GET computer/api/json":
		writeJSON(w, r, s.computers())
	case len(parts) == 5 && parts[0] == "queue" && parts[1] == "item" && !s.options.Hudson:
		s.itemJSON(w, r, parts[2])
	default:
		return false
	}
	return true
}

func (s *Server) routeFolder(w http.ResponseWriter, r *http.Request, at *item, what string) bool {
	switch what {
	case "POST createItem":
		s.create(w, r, at)
	case "GET newJob":
		page(w, http.StatusOK, "Enter an item name")
	default:
		return false
	}
	return true
}

func (s *Server) create(w http.ResponseWriter, r *http.Request, at *item) {
	name := r.URL.Query().Get("name")
	body, _ := io.ReadAll(r.Body)
	c, err := rewrite(body)
	switch {
	case name == "" || strings.ContainsAny(name, `?*/\%!@#$^&|<>[]:;`):
		refuse(w, http.StatusBadRequest, "‘"+name+"’ is an unsafe name")
	case at.kid(name) != nil:
		refuse(w, http.StatusBadRequest, "A job already exists with the name ‘"+name+"’")
	case err != nil || s.options.Hudson && c.root == folderClass:
		page(w, http.StatusInternalServerError, "Oops! A problem occurred while processing the request.")
	default:
		at.add(name, c)
		w.WriteHeader(http.StatusOK)
	}
}

func refuse(w http.ResponseWriter, status int, words string) {
	w.Header().Set("X-Error", words)
	page(w, status, words)
}

func (s *Server) routeJob(w http.ResponseWriter, r *http.Request, at *item, what string) bool {
	switch what {
	case "GET ":
		page(w, http.StatusOK, at.name)
	case "GET api/json":
		writeJSON(w, r, s.describe(at, true))
	case "GET config.xml":
		w.Header().Set("Content-Type", "application/xml")
		_, _ = io.WriteString(w, at.config.text)
	case "POST config.xml":
		body, _ := io.ReadAll(r.Body)
		c, err := rewrite(body)
		if err != nil {
			page(w, http.StatusInternalServerError, "Oops! "+err.Error())
			break
		}
		at.config = c
		w.WriteHeader(http.StatusOK)
	case "POST doDelete":
		folder, name := s.above(at.full)
		folder.drop(name)
		s.redirect(w, "/")
	case "POST buildWithParameters":
		s.build(w, r, at)
	case "POST postBuildResult":
		s.external(w, r, at)
	default:
		return false
	}
	return true
}

func (s *Server) routeRun(w http.ResponseWriter, r *http.Request, at *item, parts []string) bool {
	number, err := strconv.Atoi(parts[0])
	if err != nil {
		return false
	}
	run := at.run(number)
	if run == nil {
		return false
	}
	switch r.Method + " " + strings.Join(parts[1:], "/") {
	case "GET api/json":
		writeJSON(w, r, s.runJSON(at, run))
	case "GET logText/progressiveText":
		run.progressive(w, r)
	case "GET consoleText":
		w.Header().Set("Content-Type", "text/plain;charset=utf-8")
		_, _ = w.Write(run.log)
	case "POST stop":
		if run.result == "" {
			run.cancel()
		}
		s.redirect(w, pathOf(at.full)+"/"+parts[0]+"/")
	case "POST configSubmit":
		run.configure(w, r)
		s.redirect(w, pathOf(at.full)+"/"+parts[0]+"/")
	default:
		return false
	}
	return true
}
