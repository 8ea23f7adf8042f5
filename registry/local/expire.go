package local

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/distribution/distribution/v3"
	"github.com/distribution/reference"
	"github.com/opencontainers/go-digest"
	v1 "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/registry"
)

// DefaultUnused is how long a content image is kept that no build asks for.
const DefaultUnused = 30 * 24 * time.Hour

// Policy says what GC removes beside what no tag leads to. Immutable tags
// stay, with every layer of theirs: expiry only makes a build key unknown.
type Policy struct {
	Unused time.Duration // a content tag that no build made or found for so long goes; 0 is any
	DryRun bool          // remove nothing, and report what would go
}

// Expired is a content tag that a GC removed.
type Expired struct {
	Repository string    `json:"repository"`
	Tag        string    `json:"tag"`
	Used       time.Time `json:"used"`    // last, to within a day
	Stamped    bool      `json:"stamped"` // an image of this content is there, and stays
}

// expiry decides which content tags go.
type expiry struct {
	*Registry
	policy Policy
	kept   held
	now    time.Time
}

// expired lists the content tags that go. One that a client was told of
// within Config.Grace stays: its build is about to stamp it.
func (e expiry) expired(ctx context.Context) ([]Expired, error) {
	var all []Expired
	images, ok := e.images.(distribution.RepositoryEnumerator)
	if !ok {
		return nil, errNoEnumerator
	}
	err := images.Enumerate(ctx, func(name string) error {
		some, err := e.inRepository(ctx, name)
		all = append(all, some...)
		return err
	})
	return all, absent(err)
}

func (e expiry) inRepository(ctx context.Context, repository string) ([]Expired, error) {
	named, err := reference.WithName(repository)
	if err != nil {
		return nil, err
	}
	repo, err := e.images.Repository(ctx, named)
	if err != nil {
		return nil, err
	}
	tags, err := rootedTags{repo.Tags(ctx), e.kept, nil}.All(ctx)
	if err != nil {
		return nil, err
	}
	var found []Expired
	for _, tag := range tags {
		if !strings.HasPrefix(tag, contentPrefix()) {
			continue
		}
		d, err := repo.Tags(ctx).Get(ctx, tag)
		if err != nil || e.kept.has(d.Digest) {
			continue // a tag without a link is the collector's business
		}
		used, err := e.used(ctx, repository, tag)
		if err != nil {
			return nil, err
		}
		found = append(found, Expired{Repository: repository, Tag: tag, Used: used})
	}
	return e.decide(ctx, repo, tags, found)
}

// decide keeps of the candidates those that go: unused for as long as the
// policy says, or without an image since longer than any build takes.
func (e expiry) decide(ctx context.Context, repo distribution.Repository, tags []string, candidates []Expired) ([]Expired, error) {
	if len(candidates) == 0 {
		return nil, nil
	}
	stamped, err := stampedKeys(ctx, repo, tags)
	if err != nil {
		return nil, err
	}
	var gone []Expired
	for _, c := range candidates {
		c.Stamped = stamped[strings.TrimPrefix(c.Tag, contentPrefix())]
		age := e.now.Sub(c.Used)
		if age >= e.policy.Unused || (!c.Stamped && age >= e.leases.grace) {
			gone = append(gone, c)
		}
	}
	return gone, nil
}

// stampedKeys are the build keys that the repository's images are labelled
// with.
func stampedKeys(ctx context.Context, repo distribution.Repository, tags []string) (map[string]bool, error) {
	manifests, err := repo.Manifests(ctx)
	if err != nil {
		return nil, err
	}
	keys := map[string]bool{}
	for _, tag := range tags {
		if strings.HasPrefix(tag, contentPrefix()) {
			continue
		}
		d, err := repo.Tags(ctx).Get(ctx, tag)
		if err != nil {
			continue
		}
		key, err := keyOf(ctx, repo, manifests, d.Digest)
		if err != nil {
			return nil, err
		}
		keys[key] = true
	}
	return keys, nil
}

// keyOf reads the label of an image; "" for an image of somebody else, an
// index, or one that is damaged.
func keyOf(ctx context.Context, repo distribution.Repository, manifests distribution.ManifestService, d digest.Digest) (string, error) {
	m, err := manifests.Get(ctx, d)
	if err != nil {
		return "", ignoreUnknown(err)
	}
	_, raw, err := m.Payload()
	if err != nil {
		return "", err
	}
	var manifest v1.Manifest
	if !decoded(raw, &manifest) || !valid(manifest.Config.Digest) {
		return "", nil
	}
	text, err := repo.Blobs(ctx).Get(ctx, manifest.Config.Digest)
	if err != nil {
		return "", ignoreUnknown(err)
	}
	var config v1.Image
	if !decoded(text, &config) {
		return "", nil
	}
	return config.Config.Labels[slipway.LabelKey], nil
}

func valid(d digest.Digest) bool { return d.Validate() == nil }

func decoded(text []byte, into any) bool { return json.Unmarshal(text, into) == nil }

// ignoreUnknown lets what is not there, or no manifest at all, be no image.
func ignoreUnknown(err error) error {
	if errors.Is(err, distribution.ErrBlobUnknown) {
		return nil
	}
	if _, unknown := errors.AsType[distribution.ErrManifestUnknownRevision](err); unknown {
		return nil
	}
	if _, invalid := errors.AsType[distribution.ErrManifestVerification](err); invalid {
		return nil
	}
	return err
}

// untag removes the tags.
func (e expiry) untag(ctx context.Context, gone []Expired) error {
	for _, g := range gone {
		named, err := reference.WithName(g.Repository)
		if err != nil {
			return err
		}
		repo, err := e.images.Repository(ctx, named)
		if err != nil {
			return err
		}
		if err := absent(repo.Tags(ctx).Untag(ctx, g.Tag)); err != nil {
			return err
		}
	}
	return nil
}

func contentPrefix() string { return registry.ContentTag("") }
