package api

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

// Jenkinses are controllers, tried with what they have.
type Jenkinses interface {
	// Look tries a controller, and the downstream jobs of services. It changes
	// nothing.
	Look(ctx context.Context, c slipway.Controller, k slipway.ControllerKeys, downstream map[string]string) []rest.Finding
}

// jenkinsTime is how long a controller has to answer all that is tried.
const jenkinsTime = 25 * time.Second

func (s *server) listControllers(r *request) (any, error) {
	w, err := r.window()
	if err != nil {
		return nil, err
	}
	all, err := s.Record.Controllers(r.ctx(), "")
	return cut(w, all, func(c slipway.Controller) string { return byID(c.ID) }), err
}

// ownController gives the team's controller or, of no team, the platform's.
func (s *server) ownController(r *request) (slipway.Controller, error) {
	all, err := s.Record.Controllers(r.ctx(), r.team)
	if err != nil {
		return slipway.Controller{}, err
	}
	i := slices.IndexFunc(all, func(c slipway.Controller) bool { return c.Team == r.team })
	if i >= 0 {
		return all[i], nil
	}
	if r.team == "" {
		return slipway.Controller{}, notFound("the platform has no Jenkins controller")
	}
	return slipway.Controller{}, notFound("the team %.40q has no Jenkins controller of its own", r.team)
}

// showController shows the one that a team's builds are shown in.
func (s *server) showController(r *request) (any, error) {
	c, err := s.Record.ControllerOf(r.ctx(), r.team)
	if err != nil {
		return nil, err
	}
	waits, err := s.Record.JenkinsWaits(r.ctx(), c.ID)
	return rest.ControllerView{Controller: c, Waits: waits}, err
}

func (s *server) setController(r *request) (any, error) {
	var asked rest.NewController
	if err := r.body(&asked); err != nil {
		return nil, err
	}
	c := slipway.Controller{
		Team: r.team, URL: strings.TrimRight(asked.URL, "/"), User: asked.User, Folder: asked.Folder, CA: asked.CA, Reports: asked.Reports, Created: s.Now(),
	}
	if err := checkRoot(c.URL); err != nil {
		return nil, err
	}
	if err := checkController(c); err != nil {
		return nil, err
	}
	there, err := s.ownController(r)
	if err != nil && slipway.ErrorCode(err) != slipway.CodeNotFound {
		return nil, err
	}
	if there.URL != c.URL { // what an operator set up, a maintainer may change where it is
		if err := s.mayName(r, c.URL); err != nil {
			return nil, err
		}
	}
	if err := keepsToken(there, c, asked.Token); err != nil {
		return nil, err
	}
	id, err := s.Record.SetController(r.ctx(), c, slipway.ControllerKeys{Token: asked.Token})
	if err != nil {
		return nil, err
	}
	r.target = fmt.Sprint(id)
	all, err := s.Record.Controllers(r.ctx(), "")
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(c slipway.Controller) bool { return c.ID == id })
	if i < 0 {
		return nil, slipway.Errorf(slipway.CodeConflict, "the controller was removed meanwhile")
	}
	return all[i], nil
}

// keepsToken sees that a token that is there goes nowhere else than it did;
// there is the zero controller when there is none.
func keepsToken(there, c slipway.Controller, token string) error {
	if token == "" && (there.URL != c.URL || there.User != c.User) {
		return slipway.Errorf(slipway.CodeUsage, "there is no API token for %.100q at %.200q", c.User, c.URL).WithHint("send the token; it is sealed in the record and never shown")
	}
	return nil
}

func checkController(c slipway.Controller) error {
	switch {
	case c.User == "" || len(c.User) > 200 || strings.ContainsAny(c.User, ":\r\n\x00"):
		return slipway.Errorf(slipway.CodeUsage, "%.100q is not the name of a Jenkins user", c.User).WithHint("name the user whose API token it is")
	case c.Folder != "" && !validJob(c.Folder):
		return slipway.Errorf(slipway.CodeUsage, "%.200q is not the full name of a Jenkins folder", c.Folder).WithHint("write FOLDER or FOLDER/FOLDER")
	case c.Reports != "" && !slices.Contains([]slipway.ReportMode{slipway.ReportsFollow, slipway.ReportsExternal, slipway.ReportsNone}, c.Reports):
		return slipway.Errorf(slipway.CodeUsage, "%.40q is not a way to show builds", c.Reports).WithHint("use follow, external or none")
	case c.CA != "" && !certificates(c.CA):
		return slipway.Errorf(slipway.CodeUsage, "there is no certificate in the CA").WithHint("send a file in PEM form, with BEGIN CERTIFICATE in it")
	}
	return nil
}

// checkRoot refuses what is no root URL, and addresses like that of a cloud's
// metadata service. What a name leads to is looked at when it is asked.
func checkRoot(text string) error {
	u, err := url.Parse(text)
	if err != nil || !webURL(text) || u.RawQuery != "" || u.Fragment != "" || len(text) > maxLink {
		return slipway.Errorf(slipway.CodeUsage, "%.200q is not the root URL of a Jenkins", text).WithHint("write https://HOST, with the path below which Jenkins is, and without credentials")
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && a.Unmap().IsLinkLocalUnicast() {
		return slipway.Errorf(slipway.CodeUsage, "%.200q is a link-local address, where no Jenkins is", text)
	}
	return nil
}

func certificates(text string) bool {
	block, _ := pem.Decode([]byte(text))
	return block != nil && block.Type == "CERTIFICATE" && x509.NewCertPool().AppendCertsFromPEM([]byte(text))
}

// validJob tells whether a name can be the full name of a Jenkins job.
func validJob(name string) bool {
	if len(name) > 500 || strings.ContainsFunc(name, unicode.IsControl) || strings.ContainsAny(name, `\?*#:<>|"`) {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." || strings.TrimSpace(part) != part {
			return false
		}
	}
	return true
}

func (s *server) removeController(r *request) (any, error) {
	c, err := s.ownController(r)
	if err != nil {
		return nil, err
	}
	r.target = fmt.Sprint(c.ID)
	return nil, s.Record.RemoveController(r.ctx(), c.ID)
}

// tryController tries the controller that a team's builds are shown in, and
// the downstream jobs of its services.
func (s *server) tryController(r *request) (any, error) {
	select {
	case s.trials <- struct{}{}:
		defer func() { <-s.trials }()
	default:
		return nil, slipway.Errorf(slipway.CodeBusy, "%d connections are tried already", maxTrials).WithHint("try again in a moment")
	}
	c, err := s.Record.ControllerOf(r.ctx(), r.team)
	if err != nil {
		return nil, err
	}
	keys, err := s.Record.ControllerKeys(r.ctx(), c.ID)
	if err != nil {
		return nil, err
	}
	downstream, err := s.downstreams(r)
	if err != nil || s.Jenkinses == nil {
		return rest.ControllerCheck{Controller: c.ID, Findings: []rest.Finding{}}, err
	}
	ctx, stop := context.WithTimeout(r.ctx(), jenkinsTime)
	defer stop()
	return rest.ControllerCheck{Controller: c.ID, Findings: s.Jenkinses.Look(ctx, c, keys, downstream)}, nil
}

// downstreams gives the downstream jobs of a team's services, by their names.
func (s *server) downstreams(r *request) (map[string]string, error) {
	all := map[string]string{}
	if r.team == "" {
		return all, nil
	}
	services, err := s.Record.Services(r.ctx(), r.team)
	if err != nil {
		return nil, err
	}
	for _, v := range services {
		job, err := s.Record.Downstream(r.ctx(), v.Name)
		if err != nil {
			return nil, err
		}
		if job != "" {
			all[v.Name.String()] = job
		}
	}
	return all, nil
}

func (s *server) showDownstream(r *request) (any, error) {
	job, err := s.Record.Downstream(r.ctx(), r.service.Name)
	return rest.Downstream{Job: job}, err
}

func (s *server) setDownstream(r *request) (any, error) {
	var asked rest.Downstream
	if err := r.body(&asked); err != nil {
		return nil, err
	}
	if asked.Job != "" && !validJob(asked.Job) {
		return nil, slipway.Errorf(slipway.CodeUsage, "%.200q is not the full name of a Jenkins job", asked.Job).WithHint("write it as FOLDER/NAME, without /job/")
	}
	return asked, s.Record.SetDownstream(r.ctx(), r.service.Name, asked.Job)
}

func (s *server) listRuns(r *request) (any, error) {
	w, err := r.window()
	if err != nil {
		return nil, err
	}
	runs, err := s.Record.JenkinsRuns(r.ctx(), r.build.ID)
	return cut(w, runs, func(run slipway.JenkinsRun) string { return string(run.Kind) }), err
}
