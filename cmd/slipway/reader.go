package main

import (
	"context"
	"errors"
	"os"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/registry"
)

// reader finds images by what a person writes: an archive's file name, an
// image built here, or a reference to any registry. It keeps open what the
// images still read from.
type reader struct {
	app      *app
	platform *platform
	archive  *registry.Archive
}

// Close ends the reading; images that were read are of no use after it.
func (r *reader) Close() {
	if r.archive != nil {
		_ = r.archive.Close()
	}
	if r.platform != nil {
		_ = r.platform.Close()
	}
}

func (r *reader) read(ctx context.Context, ref string) (v1.Image, error) {
	if info, err := os.Stat(ref); err == nil && info.Mode().IsRegular() {
		archive, err := registry.ReadOCI(ref)
		if err != nil {
			return nil, err
		}
		r.archive = archive
		return archive, nil
	}
	if looksLikeFile(ref) {
		return nil, slipway.Errorf(slipway.CodeNotFound, "there is no archive %q", ref).
			WithHint("check the spelling; an image is given as REGISTRY/PATH:TAG, or TEAM/NAME:TAG when it was built here")
	}
	if name, ours := strings.CutPrefix(ref, internalRegistry+"/"); ours || isLocalName(ref) {
		return r.ours(ctx, name)
	}
	img, err := registry.Fetch(ctx, outside(ref))
	if code := slipway.ErrorCode(err); !strings.Contains(ref, "/") && code != slipway.CodeUsage {
		err = hinted(err, "an image that was built here has a team in its name: local/%s:TAG, if nobody gave one; any other one may need its registry's host", withoutTag(ref))
	}
	return img, err
}

// hinted gives an error another hint; nil stays nil.
func hinted(err error, format string, args ...any) error {
	if e, ok := errors.AsType[*slipway.Error](err); ok {
		return e.WithHint(format, args...)
	}
	return err
}

// looksLikeFile tells a file's name from a reference, which begins with
// neither a slash nor a dot and has a tag where a file has its suffix.
func looksLikeFile(ref string) bool {
	return strings.HasPrefix(ref, "/") || strings.HasPrefix(ref, ".") || strings.HasSuffix(ref, ".tar")
}

// isLocalName tells TEAM/NAME[:TAG][@DIGEST] from a reference with a
// registry's host: a host has a dot or a port, a team has neither.
func isLocalName(ref string) bool {
	team, rest, ok := strings.Cut(ref, "/")
	return ok && slipway.ValidLabel(team) && team != "localhost" && !strings.Contains(rest, "/")
}

// ours reads from the embedded registry.
func (r *reader) ours(ctx context.Context, name string) (v1.Image, error) {
	if r.platform == nil {
		p, err := r.app.open(engineFlags{})
		if err != nil {
			return nil, err
		}
		r.platform = p
	}
	img, err := r.platform.fetch(ctx, name)
	if slipway.ErrorCode(err) == slipway.CodeNotFound && withoutTag(name) == name && !strings.Contains(name, "@") {
		err = hinted(err, "name the tag, too: %s:TAG, as the build printed it", name)
	}
	return img, err
}

// baseOf reads the run image that an image says it stands on. One that
// cannot be read is nil: the report then says that it was not compared.
func (r *reader) baseOf(ctx context.Context, img v1.Image) v1.Image {
	config, err := img.ConfigFile()
	if err != nil {
		return nil
	}
	name, digest := config.Config.Labels[slipway.LabelBaseName], config.Config.Labels[slipway.LabelBaseDigest]
	if name == "" || digest == "" {
		return nil
	}
	base, err := r.read(ctx, withoutTag(name)+"@"+digest)
	if err != nil {
		return nil
	}
	return base
}

// withoutTag cuts the tag off a reference; a colon before the last slash is
// a port's.
func withoutTag(name string) string {
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		return name[:i]
	}
	return name
}
