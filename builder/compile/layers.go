package compile

import (
	"strings"
	"time"

	"github.com/moby/buildkit/client/llb"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks/contract"
)

// assemble gives the image's file system: the run image with the plan's
// layers merged on top. A merge, unlike a chain of copies, leaves the layers
// independent of the run image, which is what makes a rebase possible.
func assemble(in Input, outputs map[slipway.Output]llb.State) llb.State {
	states := []llb.State{stackImage(in, in.Stack.Run, "run image")}
	for _, l := range in.Plan.Layers {
		states = append(states, layer(in, l, outputs))
	}
	return llb.Merge(states, llb.WithCustomName("[image] "+in.Service.String()))
}

// stackImage is pulled by the daemon, or comes through the session when the
// daemon cannot reach the registry that has it.
func stackImage(in Input, image slipway.StackImage, purpose string) llb.State {
	name := llb.WithCustomName("[" + purpose + "] " + image.Name)
	if in.Store != "" {
		return llb.OCILayout(image.String(), llb.OCIStore(in.Session, in.Store), name)
	}
	return llb.Image(image.String(), llb.ResolveModePreferLocal, name)
}

func layer(in Input, l slipway.Layer, outputs map[slipway.Output]llb.State) llb.State {
	from, dir := sourceState(in, l.Source, "layer"), "/"
	if l.From != nil {
		from = outputs[slipway.Output{Step: l.From.Step, Mount: l.From.Mount}]
		dir = "/" + l.From.Path
	}
	return llb.Scratch().File(
		llb.Copy(from, dir, strings.TrimSuffix(l.To, "/")+"/", &llb.CopyInfo{
			CreateDestPath:      true,
			CopyDirContentsOnly: true,
			CreatedTime:         new(layerTime(in, l)),
			ChownOpt:            &llb.ChownOpt{User: &llb.UserOpt{UID: 0}, Group: &llb.UserOpt{UID: 0}},
			Mode:                &llb.ChmodOpt{ModeStr: "u=rwX,go=rX"},
		}),
		llb.WithCustomName("[layer] "+string(l.Role)))
}

// layerTime is the one time of everything in a layer.
func layerTime(in Input, l slipway.Layer) time.Time {
	if l.Dated {
		return contract.DatedBy(in.Tree)
	}
	return contract.Epoch()
}

// sourceState is the files that a source selects, sent through the session.
// The shared key keeps one copy per scope and purpose on the daemon, so that
// only changed files are sent; it never leaves the scope.
func sourceState(in Input, s *slipway.Source, purpose string) llb.State {
	if s == nil {
		return llb.Scratch()
	}
	opts := []llb.LocalOption{
		llb.SessionID(in.Session),
		llb.LocalUniqueID("slipway"), // the session's id already tells two builds apart; a random one would make Marshal impure
		llb.SharedKeyHint(scope(in) + ":" + purpose),
		llb.WithCustomName("[source] " + purpose),
	}
	if len(s.Include) > 0 {
		opts = append(opts, llb.IncludePatterns(s.Include))
	}
	if len(s.Exclude) > 0 {
		opts = append(opts, llb.ExcludePatterns(s.Exclude))
	}
	return llb.Local(SourceName, opts...)
}

// SourceName is the name under which the session serves the tree.
const SourceName = "source"
