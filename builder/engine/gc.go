package engine

import "strconv"

// gcPolicy is one rule of buildkitd's garbage collection.
type gcPolicy struct {
	All          bool     `toml:"all,omitempty"`
	Filters      []string `toml:"filters,omitempty"`
	KeepDuration string   `toml:"keepDuration,omitempty"`
	Reserved     string   `toml:"reservedSpace,omitempty"`
	MaxUsed      string   `toml:"maxUsedSpace,omitempty"`
	MinFree      string   `toml:"minFreeSpace,omitempty"`
}

// gcPolicies sizes the cache: at most budget bytes, or when budget is 0 six
// tenths of what is free now, between 4 and 200 GB. BuildKit's own first rule
// cuts cache mounts to 512 MB after two days, which throws the compilers'
// caches away each weekend; ours keeps them two weeks.
func gcPolicies(disk Disk, budget int64) []gcPolicy {
	if budget == 0 {
		budget = min(max(disk.Free*6/10, 4e9), 200e9)
	}
	bytes := func(tenths int64) string { return strconv.FormatInt(budget/10*tenths, 10) }
	return []gcPolicy{
		{Filters: []string{"type==source.local"}, KeepDuration: "72h", MaxUsed: bytes(1)},
		{Filters: []string{"type==exec.cachemount", "type==source.git.checkout"}, KeepDuration: "336h", MaxUsed: bytes(4)},
		{All: true, Reserved: bytes(2), MaxUsed: bytes(10), MinFree: strconv.FormatInt(disk.Total/20, 10)},
	}
}
