package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// fsync is the disk's own figure, beside which the others are to be read: a
// small append and its fsync where the data directory is.
func (l *lab) fsync() error {
	f, err := os.Create(filepath.Join(l.work, "fsync"))
	if err != nil {
		return err
	}
	const rounds = 200
	var took sample
	for range rounds {
		begun := time.Now()
		_, err := f.Write(make([]byte, 4096))
		if err = errors.Join(err, f.Sync()); err != nil {
			return errors.Join(err, f.Close())
		}
		took = append(took, float64(time.Since(begun).Microseconds())/1000)
	}
	l.report.add(row{
		what:   "this disk: append 4 KiB and fsync",
		figure: fmt.Sprintf("p50 %.2f ms, p99 %.2f ms n=%d", took.median(), took.quantile(0.99), rounds),
	})
	return f.Close()
}
