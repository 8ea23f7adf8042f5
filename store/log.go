package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"github.com/slipway-ci/slipway"
)

// MaxChunk is the most bytes of a chunk of a log.
const MaxChunk = 64 << 10

// Append adds a chunk to the log of a current attempt. Chunks are numbered
// from 1 and may come in any order and more than once; a stale attempt is
// CodeConflict.
func (s *Store) Append(ctx context.Context, a slipway.Attempt, number int, data []byte) error {
	if number < 1 || len(data) > MaxChunk {
		return slipway.Errorf(slipway.CodeUsage, "chunk %d of %d bytes cannot be part of a log", number, len(data))
	}
	packed := s.packer.in.EncodeAll(data, nil)
	return s.writer.tx(ctx, func(t tx) error {
		var one int
		if err := t.row(ctx, `SELECT 1 FROM builds WHERE `+current+t.dialect.forShare(), a.Build, a.Number).Scan(&one); err != nil {
			return t.staleOr(err, a)
		}
		_, err := t.exec(ctx, `INSERT INTO logs (build, attempt, number, data) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`, a.Build, a.Number, number, packed)
		return err
	})
}

// Log gives up to most chunks of a build's log that come after one.
func (s *Store) Log(ctx context.Context, build int64, after slipway.Chunk, most int) (chunks []slipway.Chunk, err error) {
	err = s.reader().each(ctx, func(rows *sql.Rows) error {
		var c slipway.Chunk
		var packed []byte
		if err := rows.Scan(&c.Attempt, &c.Number, &packed); err != nil {
			return err
		}
		if c.Data, err = s.packer.out.DecodeAll(packed, nil); err != nil {
			return fmt.Errorf("chunk %d of attempt %d at build %d: %w", c.Number, c.Attempt, build, err)
		}
		chunks = append(chunks, c)
		return nil
	}, `SELECT attempt, number, data FROM logs WHERE build = ? AND (attempt, number) > (?, ?) ORDER BY attempt, number LIMIT ?`,
		build, after.Attempt, after.Number, most)
	return chunks, err
}

// whole sees that the chunks 1 to chunks of an attempt are there.
func (t tx) whole(ctx context.Context, a slipway.Attempt, chunks int) error {
	var there int
	err := t.row(ctx, `SELECT COUNT(*) FROM logs WHERE build = ? AND attempt = ? AND number <= ?`, a.Build, a.Number, chunks).Scan(&there)
	if err == nil && there < chunks {
		return slipway.Errorf(slipway.CodeConflict, "the log of attempt %d at build %d has %d of %d chunks", a.Number, a.Build, there, chunks).
			WithHint("send what is missing, then report the end again")
	}
	return err
}

// staleOr turns "no row" into what it means for an attempt.
func (t tx) staleOr(err error, a slipway.Attempt) error {
	if errors.Is(err, sql.ErrNoRows) {
		return stale(a)
	}
	return err
}

// packer makes logs small. It is safe for concurrent use.
type packer struct {
	in  *zstd.Encoder
	out *zstd.Decoder
}

func newPacker() (p packer, err error) {
	if p.in, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest)); err != nil {
		return p, err
	}
	p.out, err = zstd.NewReader(nil, zstd.WithDecoderMaxMemory(MaxChunk))
	return p, err
}

// forRemoval waits for whoever has made rows that refer to the one that was
// read, and keeps others from making any; forUpdate and forShare keep it as it
// is until the transaction ends. SQLite has one writer.
func (d dialect) forRemoval() string {
	if d.dollar {
		return " FOR UPDATE"
	}
	return ""
}

func (d dialect) forUpdate() string {
	if d.dollar {
		return " FOR NO KEY UPDATE" // rows that only refer to it may be made meanwhile
	}
	return ""
}

func (d dialect) forShare() string {
	if d.dollar {
		return " FOR SHARE"
	}
	return ""
}
