package dispatch_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/dispatch"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

const platform = "linux/amd64"

// waits is a build that waits since its id's second after noon.
func waits(id int64, team, name string, change ...func(*slipway.ActiveBuild)) slipway.ActiveBuild {
	b := slipway.ActiveBuild{Build: slipway.Build{
		ID: id, Service: slipway.ServiceName{Team: team, Name: name}, State: slipway.BuildQueued,
		Ref: fmt.Sprintf("refs/heads/b%d", id), Trust: slipway.TrustMember, Created: noon.Add(time.Duration(id) * time.Second),
	}}
	for _, c := range change {
		c(&b)
	}
	return b
}

func runs(b *slipway.ActiveBuild) { b.State, b.Worker, b.Started = slipway.BuildRunning, "w1", noon }

func stranger(b *slipway.ActiveBuild) { b.Trust = slipway.TrustStranger }

func worker(name string, slots int, change ...func(*slipway.Worker)) slipway.Worker {
	w := slipway.Worker{Seen: noon, WorkerReport: slipway.WorkerReport{
		Name: name, Protocol: slipway.Protocol, Platform: platform, Trust: []slipway.Trust{slipway.TrustMember}, Slots: slots,
	}}
	for _, c := range change {
		c(&w)
	}
	return w
}

func scene(workers []slipway.Worker, builds ...slipway.ActiveBuild) dispatch.Scene {
	return dispatch.Scene{Now: noon, Platform: platform, Workers: workers, Builds: builds}
}

// ids gives the builds of an order.
func ids(placed []dispatch.Placement) []int64 {
	got := []int64{}
	for _, p := range placed {
		got = append(got, p.Build.ID)
	}
	return got
}

func TestOrder(t *testing.T) {
	t.Parallel()
	one, four := []slipway.Worker{worker("w1", 1)}, []slipway.Worker{worker("w1", 4)}
	urgent := func(b *slipway.ActiveBuild) { b.Priority = dispatch.Urgent }
	high := func(b *slipway.ActiveBuild) { b.Priority = 10 }
	main := func(b *slipway.ActiveBuild) { b.Ref = "refs/heads/main" }
	limited := func(n int) func(*slipway.ActiveBuild) { return func(b *slipway.ActiveBuild) { b.Limit = n } }
	flood := []slipway.ActiveBuild{waits(1, "a", "x"), waits(2, "a", "x"), waits(3, "a", "x"), waits(4, "a", "x"), waits(5, "b", "y")}
	for name, test := range map[string]struct {
		scene dispatch.Scene
		want  []int64
	}{
		"age within a team":                         {scene(four, waits(2, "a", "x"), waits(1, "a", "x")), []int64{1, 2}},
		"priority before age":                       {scene(four, waits(1, "a", "x"), waits(2, "a", "x", high)), []int64{2, 1}},
		"teams take turns":                          {scene(four, flood...), []int64{1, 5, 2, 3}},
		"what runs counts for the turn":             {scene(four, append(flood, waits(9, "a", "z", runs), waits(10, "a", "z", runs))...), []int64{5, 1}},
		"another team's priority is its own affair": {scene(four, append(flood, waits(6, "b", "y", high), waits(7, "b", "y", high))...), []int64{1, 6, 2, 7}},
		"an operator's own is first":                {scene(one, append(flood, waits(8, "b", "y", urgent))...), []int64{8}},
		"no more than slots":                        {scene(one, flood...), []int64{1}},
		"one of a ref":                              {scene(four, waits(1, "a", "x", main), waits(2, "a", "x", main)), []int64{1}},
		"the same ref of another service":           {scene(four, waits(1, "a", "x", main), waits(2, "a", "y", main)), []int64{1, 2}},
		"a pull request is a ref of its own":        {scene(four, waits(1, "a", "x", main), waits(2, "a", "x", main, func(b *slipway.ActiveBuild) { b.Pull = 3 })), []int64{1, 2}},
		"a service's limit instead":                 {scene(four, waits(1, "a", "x", main, limited(2)), waits(2, "a", "x", main, limited(2)), waits(3, "a", "x", limited(2))), []int64{1, 2}},
		"what waits for a limit holds up nobody":    {scene(four, waits(1, "a", "x", main, runs), waits(2, "a", "x", main), waits(3, "a", "x")), []int64{3}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, ids(dispatch.Order(test.scene))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Weights divide slots; teams that are served share a single slot over time.
func TestOrder_Shares(t *testing.T) {
	t.Parallel()
	builds := []slipway.ActiveBuild{}
	for i := range int64(60) {
		builds = append(builds, waits(i+1, "flood", "x"))
	}
	for i := range int64(20) {
		builds = append(builds, waits(i+100, "b", "y"), waits(i+200, "c", "z"))
	}
	s := scene([]slipway.Worker{worker("w1", 1)}, builds...)
	s.Limits.Weight = map[string]int{"c": 2}
	shares, got := dispatch.NewShares(), map[string]int{}
	for range 40 {
		s.Served = shares.Served(s.Builds)
		placed := dispatch.Order(s)
		if len(placed) != 1 {
			t.Fatal(placed)
		}
		shares.Serve(placed[0].Build.Service, s.Limits)
		got[placed[0].Build.Service.Team]++
		s.Builds = slices.DeleteFunc(s.Builds, func(b slipway.ActiveBuild) bool { return b.ID == placed[0].Build.ID })
	}
	if diff := cmp.Diff(map[string]int{"flood": 10, "b": 10, "c": 20}, got); diff != "" {
		t.Error(diff)
	}
}

// randomScene is a workshop at some moment.
func randomScene(r *rand.Rand) dispatch.Scene {
	s := scene(nil)
	s.Limits = dispatch.Limits{Team: map[string]int{"a": 1 + r.IntN(4)}, Weight: map[string]int{"b": 1 + r.IntN(3)}, Pool: map[slipway.Trust]int{slipway.TrustStranger: r.IntN(3)}}
	for i := range r.IntN(5) {
		s.Workers = append(s.Workers, worker(fmt.Sprintf("w%d", i), r.IntN(4), func(w *slipway.Worker) {
			if r.IntN(3) == 0 {
				w.Trust = append(w.Trust, slipway.TrustStranger)
			}
			if r.IntN(5) == 0 {
				w.Sick = "the disk is full"
			}
			w.Drain = r.IntN(6) == 0
			if r.IntN(6) == 0 {
				w.Seen = noon.Add(-time.Minute)
			}
		}))
	}
	for id := range int64(r.IntN(40)) {
		s.Builds = append(s.Builds, waits(id+1, string(rune('a'+r.IntN(4))), string(rune('x'+r.IntN(2))), func(b *slipway.ActiveBuild) {
			b.Ref = fmt.Sprintf("refs/heads/b%d", r.IntN(6))
			b.Priority = []int{0, 0, 0, 5, dispatch.Urgent}[r.IntN(5)]
			b.Limit = r.IntN(3)
			if r.IntN(4) == 0 {
				b.Trust = slipway.TrustStranger
			}
			if r.IntN(4) == 0 {
				b.OfferedTo, b.Offered = fmt.Sprintf("w%d", r.IntN(5)), noon.Add(-time.Duration(r.IntN(10))*time.Second)
			}
		}))
	}
	return s
}

func TestOrder_Properties(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		s := randomScene(r)
		first := dispatch.Order(s)
		r.Shuffle(len(s.Builds), func(i, j int) { s.Builds[i], s.Builds[j] = s.Builds[j], s.Builds[i] })
		r.Shuffle(len(s.Workers), func(i, j int) { s.Workers[i], s.Workers[j] = s.Workers[j], s.Workers[i] })
		if diff := cmp.Diff(first, dispatch.Order(s)); diff != "" {
			t.Fatalf("seed %d: the order depends on how the scene is sorted:\n%s", seed, diff)
		}
		within(t, seed, s, first)
		everyoneIsTold(t, seed, s)
	}
}

// within sees that no limit is exceeded by what is placed.
func within(t *testing.T, seed uint64, s dispatch.Scene, placed []dispatch.Placement) {
	t.Helper()
	team, pool, slots := map[string]int{}, map[slipway.Trust]int{}, map[string]int{}
	service, ref := map[string]int{}, map[string]int{}
	count := func(b slipway.ActiveBuild, worker string) {
		team[b.Service.Team]++
		pool[b.Trust]++
		slots[worker]++
		service[b.Service.String()]++
		ref[b.Service.String()+b.Ref]++
	}
	for _, b := range s.Builds {
		if b.OfferedTo != "" && noon.Sub(b.Offered) < 5*time.Second {
			count(b, b.OfferedTo)
		}
	}
	for _, p := range placed {
		count(p.Build, p.Worker)
		i := slices.IndexFunc(s.Workers, func(w slipway.Worker) bool { return w.Name == p.Worker })
		w, most := s.Workers[i], map[bool]int{true: 1 << 10}
		switch b := p.Build; {
		case slots[w.Name] > w.Slots, w.Sick != "", w.Drain, w.Seen != noon, !slices.Contains(w.Trust, b.Trust):
			t.Fatalf("seed %d: build %d is given to %+v", seed, b.ID, w)
		case most[b.Service.Team != "a"]+s.Limits.Team["a"] < team[b.Service.Team]:
			t.Fatalf("seed %d: %d of the team %s", seed, team[b.Service.Team], b.Service.Team)
		case b.Trust == slipway.TrustStranger && pool[b.Trust] > s.Limits.Pool[b.Trust]:
			t.Fatalf("seed %d: %d of strangers", seed, pool[b.Trust])
		case b.Limit > 0 && service[b.Service.String()] > b.Limit, b.Limit == 0 && ref[b.Service.String()+b.Ref] > 1:
			t.Fatalf("seed %d: %d of %s, %d of %s", seed, service[b.Service.String()], b.Service, ref[b.Service.String()+b.Ref], b.Ref)
		}
	}
}

// everyoneIsTold sees that each build that waits has one position and a reason.
func everyoneIsTold(t *testing.T, seed uint64, s dispatch.Scene) {
	t.Helper()
	view := dispatch.View(s)
	told := map[int64]bool{}
	for i, w := range view {
		if w.Position != i+1 || w.Reason == "" || told[w.Build] {
			t.Fatalf("seed %d: %+v at %d", seed, w, i)
		}
		told[w.Build] = true
	}
	if len(told) != len(s.Builds) {
		t.Fatalf("seed %d: %d of %d builds are told", seed, len(told), len(s.Builds))
	}
}

// Whoever waits starts, however many others push all the time.
func TestOrder_NobodyStarves(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 2))
		slots := 1 + r.IntN(3)
		s := scene([]slipway.Worker{worker("w1", slots)}, waits(1, "quiet", "x"))
		shares, next := dispatch.NewShares(), int64(2)
		s.Builds[0].Created = noon.Add(time.Hour)
		for round := 0; ; round++ {
			if round > 3*10 { // loud teams, each served no more than thrice before
				t.Fatalf("seed %d: the quiet team starves", seed)
			}
			for range 5 {
				s.Builds = append(s.Builds, waits(next, fmt.Sprintf("loud%d", r.IntN(5)), "y"))
				next++
			}
			s.Served = shares.Served(s.Builds)
			for _, p := range dispatch.Order(s) {
				shares.Serve(p.Build.Service, s.Limits)
				i := slices.IndexFunc(s.Builds, func(b slipway.ActiveBuild) bool { return b.ID == p.Build.ID })
				runs(&s.Builds[i])
			}
			if s.Builds[0].State == slipway.BuildRunning {
				break
			}
			s.Builds = slices.DeleteFunc(s.Builds, func(b slipway.ActiveBuild) bool { return b.State == slipway.BuildRunning && r.IntN(2) == 0 })
		}
	}
}
