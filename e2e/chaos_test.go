//go:build e2e

package e2e_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// The kills and the seed of the chaos test: `make chaos SEED=n KILLS=n`.
var (
	chaosSeed  = flag.Uint64("chaos.seed", 1, "seed of the chaos test")
	chaosKills = flag.Int("chaos.kills", 15, "kills of the chaos test")
)

// settle is how long everything may take to end once nothing is killed any
// more: leases run out, messages are tried again.
const settle = 5 * time.Minute

// roomy is what a worker's disk has left while nothing fills it, in bytes.
const roomy = 6 << 30

// TestChaos pushes changes while control plane, registry, workers and engines
// are killed, the queue's directory is deleted, disks fill, the registry and the
// forge refuse and a process hangs. In the end every push has its one build, its image, its status and
// its whole log, and nothing is left.
func TestChaos(t *testing.T) {
	t.Parallel()
	c := newChaos(t, rand.New(rand.NewPCG(*chaosSeed, 0)))
	for kills := 0; kills < *chaosKills; {
		if c.random.IntN(3) > 0 {
			c.push(t)
		}
		kills += c.act(t)
		c.wait(c.random.IntN(2500))
	}
	c.calm(t)
	for _, r := range c.repositories {
		if len(r.heads) == 0 {
			c.pushTo(t, r)
		}
	}
	c.settles(t)
	t.Logf("seed %d: %s", *chaosSeed, c.counted())
	c.everyHeadHasItsBuild(t)
	c.everySuccessHasItsImage(t)
	c.everyStatusWasTold(t)
	c.everyLogIsWhole(t)
	c.ends(t)
}

// act is one bad thing; it gives how many processes were killed.
func (c *chaos) act(t *testing.T) int {
	t.Helper()
	worker := c.workers[c.random.IntN(len(c.workers))]
	switch n := c.random.IntN(100); {
	case n < 25:
		c.kill(t, c.server)
	case n < 50:
		c.kill(t, worker)
	case n < 70:
		return c.killEngine(t, worker)
	case n < 76:
		c.kill(t, c.images)
	case n < 80:
		c.loseQueue(t)
	case n < 86:
		return c.fill(t, worker)
	case n < 91:
		c.shut(t)
		return 0
	case n < 95:
		c.refuse(t)
		return 0
	default:
		c.hang(t)
		return 0
	}
	return 1
}

// everyHeadHasItsBuild sees that of each commit that was pushed there is one
// build that succeeded, and none that the platform failed.
func (c *chaos) everyHeadHasItsBuild(t *testing.T) {
	t.Helper()
	for _, r := range c.repositories {
		for _, head := range r.heads {
			builds := c.builds(t, "?commit="+head)
			ended := map[string]int{}
			for _, b := range builds {
				ended[string(b.State)]++
				if b.State == "failed" {
					t.Errorf("build %d of %s failed, class %q: %s", b.ID, r.name, b.Class, b.Reason)
				}
			}
			if ended["succeeded"] != 1 || len(builds) != 1 {
				t.Errorf("the head %.8s of %s has %d builds: %v, want one that succeeded", head, r.name, len(builds), ended)
			}
		}
	}
}

func (c *chaos) everySuccessHasItsImage(t *testing.T) {
	t.Helper()
	last := map[string]string{}
	for _, b := range c.builds(t, "?state=succeeded") {
		if digest := c.manifest(t, b.Service.String(), b.Image.Tag); digest != b.Image.Digest {
			t.Errorf("the image of build %d, %s:%s, is %q in the registry, want %s", b.ID, b.Service, b.Image.Tag, digest, b.Image.Digest)
		}
		last[b.Commit] = b.Image.Digest
	}
	for _, r := range c.repositories {
		head := r.heads[len(r.heads)-1]
		if digest := c.manifest(t, "shop/"+r.name, "main"); digest != last[head] {
			t.Errorf("the tag main of %s is %s, want the image of its head, %s", r.name, digest, last[head])
		}
	}
}

// everyStatusWasTold sees that the last word on each commit is success, for
// the service and in all.
func (c *chaos) everyStatusWasTold(t *testing.T) {
	t.Helper()
	said := map[string]string{}
	for _, s := range c.forge.Statuses() {
		said[s.Commit+" "+s.Context] = s.State
	}
	for _, r := range c.repositories {
		for _, head := range r.heads {
			for _, about := range []string{"slipway", "slipway/" + r.name} {
				if got := said[head+" "+about]; got != "success" {
					t.Errorf("the forge was told %q of %s at %.8s, want success", got, about, head)
				}
			}
		}
	}
}

// everyLogIsWhole sees that the chunks of each attempt are there from the
// first on, and that the last attempt tells how it ended.
func (c *chaos) everyLogIsWhole(t *testing.T) {
	t.Helper()
	for _, b := range c.builds(t, "?state=succeeded") {
		next := map[int]int{}
		for _, id := range c.logIDs(t, b.ID) {
			var attempt, number int
			if _, err := fmt.Sscanf(id, "%d-%d", &attempt, &number); err != nil {
				t.Fatalf("the log of build %d has an entry %q: %v", b.ID, id, err)
			}
			if number != next[attempt] && number != next[attempt]+1 {
				t.Errorf("the log of attempt %d at build %d goes from %d to %d", attempt, b.ID, next[attempt], number)
			}
			next[attempt] = number
		}
	}
}

func (c *chaos) counted() string {
	var words []string
	for _, what := range []string{"pushes", "server", "worker", "engine", "registry", "queue lost", "disk full", "registry refused", "forge refused", "hangs"} {
		words = append(words, fmt.Sprintf("%s %d", what, c.counts[what]))
	}
	return strings.Join(words, ", ")
}
