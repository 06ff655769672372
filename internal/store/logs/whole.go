package logs

import (
	"context"
	"database/sql"
	"errors"

	"github.com/openloop-server/openloop/internal/store/blobs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// WholeLogs reads Logs with what others of their conversations hold of them. The zero WholeLogs has read none. A Log that it scanned is whole once it has
// finished.
type WholeLogs struct {
	open  []openLog
	asked []byte // of the Log that was read last
}

// openLog is a Log whose part is changes to another.
type openLog struct {
	payload *trace.Payload
	base    int64
	data    []byte
}

// Scan reads a row of extra columns followed by [Columns].
func (w *WholeLogs) Scan(rows *sql.Rows, extra ...any) (*trace.Log, error) {
	var payload, data []byte
	var base sql.NullInt64
	l, err := scan(rows, extra, []any{&payload, &base, &data})
	if err != nil {
		return nil, err
	}
	if l.Payload, err = blobs.ReadPayload(payload); err != nil || data == nil {
		return l, err
	}
	if base.Valid {
		w.open = append(w.open, openLog{&l.Payload, base.Int64, data})
		return l, nil
	}
	w.asked = data
	return l, blobs.ReadInto(data, &l.Payload)
}

// errChanged says that a part was deleted between two reads, with the Log that it belonged to.
var errChanged = errors.New("a Log was changed while it was read")

// ReadWhole reads Logs with f: first as they are, and if one was changed meanwhile, all from one moment.
func ReadWhole(ctx context.Context, db *sqldb.DB, f func(sqldb.Querier) error) error {
	err := f(db.Read)
	if errors.Is(err, errChanged) {
		err = db.View(ctx, func(tx *sqldb.Tx) error { return f(tx) })
	}
	return err
}

// Finish makes the Logs whole that were scanned since it was called last. See [ReadWhole] for who reads from several moments.
func (w *WholeLogs) Finish(ctx context.Context, q sqldb.Querier, d *sqldb.Dialect) error {
	if len(w.open) == 0 {
		return nil
	}
	c, err := readChain(ctx, q, d, sqldb.Values(w.open, func(o openLog) int64 { return o.base }))
	if err != nil {
		return err
	}
	for _, o := range w.open {
		if w.asked, err = c.changed(o.base, o.data); err != nil {
			return err
		}
		if err := blobs.ReadInto(w.asked, o.payload); err != nil {
			return err
		}
	}
	w.open = nil
	return nil
}

// chain is parts by their numbers, with all that they are changes to.
type chain map[int64]*link

type link struct {
	base  int64 // 0 for a whole part
	data  []byte
	whole bool
}

// readChain reads parts.
func readChain(ctx context.Context, q sqldb.Querier, d *sqldb.Dialect, seqs []int64) (chain, error) {
	const up = `WITH RECURSIVE up (seq, base) AS (SELECT seq, base FROM log_part WHERE seq`
	rest := ` UNION SELECT b.seq, b.base FROM up JOIN log_part b ON b.seq = up.base) SELECT seq, COALESCE(base, 0), data FROM log_part WHERE seq ` + d.InUp
	c := chain{}
	return c, sqldb.EachIn(ctx, q, up, seqs, rest, func(rows *sql.Rows) error {
		var seq int64
		l := new(link)
		if err := rows.Scan(&seq, &l.base, &l.data); err != nil {
			return err
		}
		l.whole = l.base == 0
		c[seq] = l
		return nil
	})
}

// part returns a part as it was asked.
func (c chain) part(seq int64) ([]byte, error) {
	l := c[seq]
	switch {
	case l == nil:
		return nil, errChanged
	case l.whole:
		return l.data, nil
	}
	data, err := c.changed(l.base, l.data)
	if err == nil {
		l.data, l.whole = data, true
	}
	return data, err
}

// changed returns what data is as changes to a part.
func (c chain) changed(base int64, data []byte) ([]byte, error) {
	from, err := c.part(base)
	if err != nil {
		return nil, err
	}
	return blobs.Changed(from, data)
}

// leaveParts deletes the parts of Logs with these numbers that no other part needs, and keeps the others for those.
func leaveParts(ctx context.Context, tx *sqldb.Tx, d *sqldb.Dialect, logs []int64) error {
	parts, err := sqldb.ColumnIn[int64](ctx, tx, `SELECT seq FROM log_part WHERE log`, logs, ` ORDER BY seq`+d.LockRows)
	if err != nil || len(parts) == 0 {
		return err
	}
	if err := sqldb.ExecIn(ctx, tx, `UPDATE log_part SET log = NULL WHERE log`, logs, ``); err != nil {
		return err
	}
	const needless = ` AND log IS NULL AND NOT EXISTS (SELECT 1 FROM log_part n WHERE n.base = log_part.seq) RETURNING base`
	for len(parts) > 0 {
		bases, err := sqldb.ColumnIn[sql.NullInt64](ctx, tx, `DELETE FROM log_part WHERE seq`, parts, needless)
		if err != nil {
			return err
		}
		parts = parts[:0]
		for _, b := range bases {
			if b.Valid {
				parts = append(parts, b.Int64)
			}
		}
		if len(parts) == 0 {
			return nil
		}
		if _, err := sqldb.ColumnIn[int64](ctx, tx, `SELECT seq FROM log_part WHERE seq`, parts, ` ORDER BY seq`+d.LockRows); err != nil {
			return err
		}
	}
	return nil
}
