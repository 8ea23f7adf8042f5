package slipway

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// BuildKey identifies the content of an image before it is built: the same
// key finds the image that exists. 64 hex digits.
type BuildKey string

// Short gives the first 12 digits, for names that people read.
func (k BuildKey) Short() string { return string(k)[:min(12, len(k))] }

// KeyInputs is everything that decides an image's content and nothing else.
type KeyInputs struct {
	Service  ServiceName
	Tree     string // hash of the input files: names, modes, blob ids
	Plan     Plan
	Stack    Stack  // resolved
	Platform string // "linux/amd64"
	Compiler string // revision of builder/compile
	Revision string // the commit, only for plans that stamp it into the program
	Trust    Trust  // a stranger's image is found by strangers only; "" is a member's
}

// Key hashes the inputs. Each part is written with its length, so that no
// two lists of parts give the same bytes.
func (in KeyInputs) Key() BuildKey {
	h := sha256.New()
	revision := ""
	if in.Plan.Stamped {
		revision = in.Revision
	}
	parts := []string{
		in.Service.String(), in.Tree, in.Plan.Digest(), in.Stack.Build.Digest, in.Stack.Run.Digest,
		in.Platform, in.Compiler, ContractVersion, revision,
	}
	if in.Trust == TrustStranger {
		parts = append(parts, string(in.Trust))
	}
	for _, part := range parts {
		fmt.Fprintf(h, "%d:%s\n", len(part), part)
	}
	return BuildKey(hex.EncodeToString(h.Sum(nil)))
}
