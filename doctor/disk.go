package doctor

import "fmt"

// Disk is the room on a file system.
type Disk struct {
	Free   uint64 // bytes that this user may still write
	Inodes uint64 // files that may still be made
	Total  uint64 // inodes there are at all; 0 where the file system has no such limit
}

// String says how much is left, in GiB and files.
func (d Disk) String() string {
	free := fmt.Sprintf("%.1f GiB free", float64(d.Free)/gib)
	if d.Total == 0 {
		return free
	}
	return fmt.Sprintf("%s, room for %d files", free, d.Inodes)
}
