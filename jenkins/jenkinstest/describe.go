package jenkinstest

import (
	"slices"
	"strconv"
)

// describe is a job, or a folder with what is in it, one level deep.
func (s *Server) describe(i *item, inside bool) object {
	o := object{
		"_class": i.class(), "name": i.name, "fullName": i.full, "url": s.options.Root + "/",
		"description": nil, "actions": []object{},
	}
	if i != s.root {
		o["url"] = s.options.Root + pathOf(i.full) + "/"
	}
	if i.folder {
		jobs := []object{}
		if inside {
			for _, k := range i.kids {
				jobs = append(jobs, s.describe(k, len(k.kids) > 0))
			}
		}
		o["jobs"] = jobs
	} else {
		s.describeJob(i, o)
	}
	if s.options.Hudson {
		delete(o, "_class")
		delete(o, "fullName")
	}
	return o
}

func (s *Server) describeJob(i *item, o object) {
	definitions := []object{}
	for _, p := range i.config.parameters {
		definitions = append(definitions, object{"_class": "hudson.model." + p.Class, "name": p.Name, "type": p.Class})
	}
	o["property"] = []object{{"_class": "hudson.model.ParametersDefinitionProperty", "parameterDefinitions": definitions}}
	o["color"], o["inQueue"], o["buildable"] = "blue", false, !i.config.disabled
	for _, q := range s.queue {
		if q.job == i && q.waits() {
			o["inQueue"], o["queueItem"] = true, object{"id": q.id}
		}
	}
	builds := []object{}
	for _, r := range slices.Backward(i.runs[max(len(i.runs)-100, 0):]) { // it gives no more
		builds = append(builds, s.runJSON(i, r))
	}
	o["builds"] = builds
	if len(builds) > 0 {
		o["lastBuild"] = builds[0]
	}
}

func (s *Server) runJSON(i *item, r *run) object {
	var result any
	if r.result != "" {
		result = r.result
	}
	o := object{
		"_class": "hudson.model.FreeStyleBuild", "number": r.number, "queueId": r.item, "building": r.result == "",
		"url":    s.options.Root + pathOf(i.full) + "/" + strconv.Itoa(r.number) + "/",
		"result": result, "timestamp": r.started.UnixMilli(), "duration": r.duration.Milliseconds(),
		"displayName": r.name, "description": r.description, "actions": s.actions(i, r.parameters),
	}
	if s.options.Hudson {
		delete(o, "queueId")
	}
	return o
}

// actions give the parameters, a password without its value, beside the cause.
func (s *Server) actions(i *item, parameters map[string]string) []object {
	list := []object{}
	for _, p := range i.config.parameters {
		value, ok := parameters[p.Name]
		o := object{"_class": "hudson.model.StringParameterValue", "name": p.Name, "value": value}
		if p.Class == "PasswordParameterDefinition" {
			o = object{"_class": "hudson.model.PasswordParameterValue", "name": p.Name}
		}
		if ok {
			list = append(list, o)
		}
	}
	return []object{
		{"_class": "hudson.model.CauseAction", "causes": []object{{"_class": "hudson.model.Cause$UserIdCause", "userId": s.options.User}}},
		{},
		{"_class": "hudson.model.ParametersAction", "parameters": list},
	}
}

func (s *Server) computers() object {
	executors := []object{}
	s.root.walk(func(i *item) {
		for _, r := range i.runs {
			if r.result == "" {
				executors = append(executors, object{"currentExecutable": s.runJSON(i, r)})
			}
		}
	})
	idle := object{"currentExecutable": nil}
	return object{"_class": "hudson.model.ComputerSet", "computer": []object{
		{"_class": "hudson.model.Hudson$MasterComputer", "executors": append(executors, idle), "oneOffExecutors": []object{}},
	}}
}
