package adapters

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/debian"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// startScript is the script of the repository that a plan starts, by itself
// or by a shell; "" for none.
func startScript(plan slipway.Plan, s repo.Service) string {
	for i, word := range plan.Start[:min(len(plan.Start), 2)] {
		file := path.Join(s.Dir, word)
		if path.Ext(word) != ".sh" && (i > 0 || !strings.Contains(word, "/")) || path.IsAbs(word) || !repo.IsFile(s.Tree, file) {
			continue
		}
		if data, _, err := repo.Read(s.Tree, file); err == nil && (bytes.HasPrefix(data, []byte("#!")) || path.Ext(word) == ".sh") {
			return file
		}
	}
	return ""
}

// withScript gives the image what the script needs that it starts with: bash,
// which no run image has. What the system would not start is refused here,
// where the message can say why.
func withScript(plan slipway.Plan, s repo.Service) (slipway.Plan, error) {
	if len(plan.Start) == 0 || plan.Dockerfile != nil {
		return plan, nil
	}
	file, line := startScript(plan, s), ""
	bash := path.Base(plan.Start[0]) == "bash"
	if file != "" {
		data, _, _ := repo.Read(s.Tree, file) // it was read before
		line, _, _ = strings.Cut(string(data), "\n")
		alone := path.Join(s.Dir, plan.Start[0]) == file
		if err := startable(s, file, line, alone); err != nil {
			return plan, err
		}
		bash = bash || alone && strings.HasPrefix(line, "#!") && strings.Contains(line, "bash")
	}
	if (bash || file != "") && !slices.Contains(shells(), plan.Base) {
		return plan, slipway.Errorf(slipway.CodeInvalid, "%s is started by a shell, which the run image of a %s service does not have", repo.Show(file), plan.Language).
			WithHint("start the program itself: `commands: {start: …}` in slipway.yaml; what comes before a release starts is `commands.release`").WithClass(slipway.ClassCode)
	}
	if bash {
		plan = debian.AddRun(plan, []string{"bash"})
		e := slipway.Evidence{File: s.Dir, Found: strings.Join(plan.Start, " "), Means: "bash of Debian is in the image, in a layer of its own", Knob: "#!/bin/sh, where the script is one for every shell"}
		if line != "" {
			e.File, e.Line, e.Found = file, 1, strings.TrimSpace(line)
		}
		plan.Evidence = append(plan.Evidence, e)
	}
	return plan, nil
}

// startable refuses a script that a shell would not read or, where it stands
// alone, the system would not start.
func startable(s repo.Service, file, line string, alone bool) error {
	if strings.HasSuffix(line, "\r") {
		return slipway.Errorf(slipway.CodeInvalid, "%s:1 ends in CRLF, which a shell takes for a part of its words", repo.Quote(file)).
			WithHint("write the file with LF alone, and `%s text eol=lf` into .gitattributes", repo.Quote(file)).WithClass(slipway.ClassCode)
	}
	if !alone {
		return nil
	}
	info, err := fs.Stat(s.Tree, file)
	if err == nil && info.Mode().Perm() != 0 && info.Mode().Perm()&0o111 == 0 {
		return slipway.Errorf(slipway.CodeInvalid, "%s is started and is not executable", repo.Quote(file)).
			WithHint("`git update-index --chmod=+x %s`, and commit", repo.Quote(file)).WithClass(slipway.ClassCode)
	}
	return nil
}
