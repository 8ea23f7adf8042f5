package buildpacks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/opencontainers/go-digest"

	"github.com/slipway-ci/slipway"
)

// lockVersion is the form of the file that this release writes.
const lockVersion = 1

// Locked is what is known of an image on this machine.
type Locked struct {
	Digest string `json:"digest"`           // of its manifest, "sha256:…"
	Recipe string `json:"recipe,omitempty"` // fingerprint of what it was made from; empty for an image made elsewhere
}

// Lock is the file that says which digest each stack image has here. Safe for
// concurrent use in one process; the data directory's own lock keeps others
// away.
type Lock struct {
	path   string
	mu     sync.Mutex
	images map[string]Locked
}

type lockFile struct {
	Version int               `json:"version"`
	Images  map[string]Locked `json:"images"`
}

// OpenLock reads the lock at path. A file that is not there is an empty lock;
// one that cannot be understood is an error that says what to do, and nothing
// is written over it.
func OpenLock(path string) (*Lock, error) {
	l := &Lock{path: path, images: map[string]Locked{}}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUnavailable, "the stack lock %s cannot be read", path).Because(err)
	}
	file, err := decodeLock(data)
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUnavailable, "the stack lock %s is damaged", path).
			WithHint("move it away and run `slipway stack build`, which finds the images that are there").Because(err)
	}
	maps.Copy(l.images, file.Images)
	return l, nil
}

func decodeLock(data []byte) (lockFile, error) {
	var file lockFile
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&file); err != nil {
		return lockFile{}, err
	}
	if file.Version != lockVersion {
		return lockFile{}, fmt.Errorf("version %d, this release reads %d", file.Version, lockVersion)
	}
	for name, image := range file.Images {
		if err := digest.Digest(image.Digest).Validate(); err != nil {
			return lockFile{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	return file, nil
}

// Names gives the names of the images that are recorded, sorted.
func (l *Lock) Names() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(maps.Keys(l.images))
}

// Image gives what is recorded of an image.
func (l *Lock) Image(name string) (Locked, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	image, ok := l.images[name]
	return image, ok
}

// Record writes an image into the file, which is replaced in one step: after
// a crash it is the old or the new one.
func (l *Lock) Record(name string, image Locked) error {
	if err := digest.Digest(image.Digest).Validate(); err != nil {
		return fmt.Errorf("record %s with digest %q: %w", name, image.Digest, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	images := maps.Clone(l.images)
	images[name] = image
	if err := l.write(lockFile{Version: lockVersion, Images: images}); err != nil {
		return slipway.Errorf(slipway.CodeUnavailable, "the stack lock %s cannot be written", l.path).Because(err)
	}
	l.images = images
	return nil
}

func (l *Lock) write(file lockFile) error {
	data, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(l.path), filepath.Base(l.path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) //nolint:errcheck // gone after the rename
	_, err = tmp.Write(append(data, '\n'))
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), l.path)
}

// Resolve fills the digests into a stack. CodeNotFound names the image that
// has none here.
func (l *Lock) Resolve(s slipway.Stack) (slipway.Stack, error) {
	for _, image := range []*slipway.StackImage{&s.Build, &s.Run} {
		known, ok := l.Image(image.Name)
		if !ok {
			return s, unresolved(s, image.Name)
		}
		image.Digest = known.Digest
	}
	return s, nil
}

func unresolved(s slipway.Stack, image string) error {
	made := slipway.Errorf(slipway.CodeNotFound, "stack image %s has not been made here", image)
	switch {
	case s.Profile == ProfileAssembled && s.Version == "":
		return made.WithHint("make it: `slipway stack build %s`", s.Name)
	case s.Profile == ProfileAssembled:
		return made.WithHint("make it: `slipway stack build %s@%s`", strings.TrimSuffix(s.Name, "-"+s.Version), s.Version)
	case Own(image):
		return made.WithHint("make it: `slipway stack build %s`", recipeOf(image))
	}
	return slipway.Errorf(slipway.CodeNotFound, "stack image %s has not been looked up here", image).
		WithHint("when its registry cannot be reached, use the %s profile: `slipway stack build`", ProfileAssembled)
}

// Own tells whether an image is one that Slipway makes itself, in whatever
// profile.
func Own(image string) bool { return strings.HasPrefix(image, ownImages) }

// recipeOf gives the recipe of an image of Slipway's own that has no version.
func recipeOf(image string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(image, ownImages), ":")
	return name
}

// ownImages is what the names of images begin with that Slipway makes itself.
const ownImages = "slipway.internal/stacks/"
