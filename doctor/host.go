package doctor

import "context"

// Options say what is going to be used.
type Options struct {
	DataDir   string   // absolute; need not exist yet
	Buildkitd string   // path of the daemon to spawn; "" when a remote daemon is used
	Buildkit  string   // version of the client, "v0.34.2", which the daemon must have; "" not compared
	Rootless  bool     // the engine is to run without root
	Listen    []string // addresses that will be listened on, "127.0.0.1:8080"
}

// Host looks at this machine with the checks of Checks.
func Host(ctx context.Context, user string, o Options) []Finding {
	return Run(ctx, Here(user).Checks(o), nil)
}

// Checks lists what is to be looked at for these options, in the order in
// which a person would mend it. A remote daemon needs little of this machine.
func (m Machine) Checks(o Options) []Check {
	checks := []Check{
		{"data directory", func(context.Context) Finding { return m.dataDir(o.DataDir) }},
		{"disk space", func(context.Context) Finding { return m.space(o.DataDir) }},
		{"clock", func(context.Context) Finding { return m.clock(o) }},
		{"ports", func(context.Context) Finding { return m.ports(o.Listen) }},
		{"git", m.git},
	}
	if o.Buildkitd == "" {
		return checks
	}
	checks = append(checks,
		Check{"kernel", func(context.Context) Finding { return m.kernel(o.Rootless) }},
		Check{"overlay", func(context.Context) Finding { return m.overlay(o.Rootless) }},
		Check{"namespaces", func(context.Context) Finding { return m.namespaces() }},
		Check{"cgroups", func(context.Context) Finding { return m.cgroups(o.Rootless) }},
		Check{"open files", func(context.Context) Finding { return m.openFiles() }},
		Check{"runc", m.runc},
		Check{"buildkitd", func(ctx context.Context) Finding { return m.buildkitd(ctx, o) }},
		Check{"mmdebstrap", m.mmdebstrap},
	)
	if !o.Rootless {
		return append(checks, Check{"privileges", func(context.Context) Finding { return m.privileges() }})
	}
	return append(checks,
		Check{"user namespaces", func(context.Context) Finding { return m.userNamespaces() }},
		Check{"user ids", func(context.Context) Finding { return m.userIDs() }},
		Check{"rootless programs", func(context.Context) Finding { return m.rootlessPrograms() }},
	)
}
