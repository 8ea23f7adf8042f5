package contract

import (
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// What every image has in common.
const (
	// User runs every image; numeric, so that an orchestrator can see that it
	// is not root.
	User = "10001:10001"
	// Dir is the working directory and the program's home. Run images do not
	// have it, so the layers of the program never depend on theirs.
	Dir = "/app"
	// Port is the default of the variable PORT of a web service.
	Port = 8080
	// MaxLayers is the most layers above the run image: runtime,
	// dependencies, program.
	MaxLayers = 3
	// GzipLevel compresses every layer. One constant: the same content at two
	// levels is two layers.
	GzipLevel = 1
	// DefaultBudget is the most compressed bytes above the run image when no
	// stack says otherwise.
	DefaultBudget = 256 << 20
)

// epochSeconds is 2001-09-09 01:46:40 UTC: early enough to be plainly no
// build time, and not zero, which some tools take for "unset".
const epochSeconds = 1_000_000_000

// datedSpan is how far behind the epoch the time of a dated layer may lie, in
// seconds: about twenty years, so that it is never in the future.
const datedSpan = 630_000_000

// DatedBy is the one time of a dated layer whose service has input files of
// the given hash: other files, another time.
func DatedBy(tree string) time.Time {
	sum := sha256.Sum256([]byte(tree))
	return time.Unix(epochSeconds+int64(binary.BigEndian.Uint32(sum[:4])%datedSpan), 0).UTC()
}

// Epoch is the one time that every layer and every content image carries.
func Epoch() time.Time { return time.Unix(epochSeconds, 0).UTC() }
