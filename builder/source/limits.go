package source

import "time"

// Limits bound what one source may cost. A zero field has the default.
type Limits struct {
	Files      int           // files of a tree; 500,000
	Depth      int           // directories below each other; 512
	Bytes      int64         // of all files together; 8 GiB
	FetchBytes int64         // over the network and in one file of a mirror, per repository; 4 GiB
	Memory     int64         // of each process of a fetch; 2 GiB
	Connect    time.Duration // until a host answers; 10 s
	Stall      time.Duration // without a byte in either direction; 60 s
	Fetch      time.Duration // a whole fetch; 10 min
}

const (
	mib = 1 << 20
	gib = 1 << 30
)

func (l Limits) withDefaults() Limits {
	set(&l.Files, 500_000)
	set(&l.Depth, 512)
	set(&l.Bytes, 8*gib)
	set(&l.FetchBytes, 4*gib)
	set(&l.Memory, 2*gib)
	set(&l.Connect, 10*time.Second)
	set(&l.Stall, time.Minute)
	set(&l.Fetch, 10*time.Minute)
	return l
}

func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
