package versions

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// stagedChunks is how many chunks of a large edit one transaction stores. Other writers wait about 20 ms for it.
const stagedChunks = 8

// staged is the part of an edit that is stored before the edit's own transaction. It is stored in several transactions, so that other writers wait
// for none of them long. No version holds staged rows until the edit's transaction makes one, so nobody sees them. After a failure they are
// deleted. Rows that a killed process leaves behind stay unseen. Saving the same datapoints into the same Dataset finds them again.
type staged struct {
	file   int64
	fileID string
	hidden bool // the File is new: it is a deleted File without a path until the edit's transaction

	seqs   map[file.Digest]int64
	made   []int64 // the seqs that were not there before
	chunks []int64
}

// stage stores the new datapoints and chunks of the plan, if there are many.
func (e *datasetEdit) stage(ctx context.Context, db *Store) error {
	fresh := slices.DeleteFunc(slices.Clone(e.chunks), func(c chunk) bool { return c.seq != 0 })
	if len(fresh) <= stagedChunks {
		return nil
	}
	e.staged = &staged{seqs: map[file.Digest]int64{}}
	if err := e.staged.begin(ctx, db, e); err != nil {
		return err
	}
	for part := range slices.Chunk(e.chunks, stagedChunks) {
		if err := e.staged.add(ctx, db, part); err != nil {
			return err
		}
	}
	return nil
}

// begin finds the File, or makes a hidden one.
func (s *staged) begin(ctx context.Context, db *Store, e *datasetEdit) error {
	c := liveFile(file.DatasetKind, file.Ref{ID: e.ID, Path: e.Path})
	ok, err := sqldb.Found(ctx, db.Read, `SELECT f.seq, f.id FROM file f`+c.String(), c.Args, &s.file, &s.fileID)
	if err != nil || ok {
		return err
	}
	if e.ID != "" {
		return whyNot(ctx, db.Read, file.DatasetKind, file.Ref{ID: e.ID})
	}
	s.hidden = true
	return db.Change(ctx, "store.SaveDataset", func(ctx context.Context, tx *sqldb.Tx) error {
		now := sqldb.Micros(db.Now())
		s.fileID = e.Past.File(ids.New(file.DatasetKind.Spec().ID, sqldb.FromMicros(now)))
		_, err := sqldb.Found(ctx, tx, `INSERT INTO file (id, kind, path, name_folded, directory_id, description, readme, tags, created_us, updated_us, created_by, deleted_us)
			VALUES ($1, $2, '', '', '', $3, $3, $4, $5, $5, '', $5) RETURNING seq`,
			[]any{s.fileID, string(file.DatasetKind), []byte{}, []byte("[]"), now}, &s.file)
		return err
	})
}

func (s *staged) add(ctx context.Context, db *Store, chunks []chunk) error {
	var w saving
	err := db.Change(ctx, "store.SaveDataset", func(ctx context.Context, tx *sqldb.Tx) error {
		w = saving{changing: &changing{tx: tx, db: db.DB}, file: s.file, newFile: s.hidden}
		if err := w.lockSeq(ctx, s.file); err != nil {
			return err
		}
		return w.storeChunks(ctx, chunks)
	})
	if err != nil {
		return err
	}
	s.made = append(s.made, sqldb.Values(w.made, func(m *member) int64 { return m.seq })...)
	s.chunks = append(s.chunks, w.chunks...)
	for _, c := range chunks {
		for i := range c.members {
			s.seqs[c.members[i].digest] = c.members[i].seq
		}
	}
	return nil
}

// lockSeq locks a File by the seq of its row, deleted or not.
func (c *changing) lockSeq(ctx context.Context, seq int64) error {
	_, err := c.find(ctx, `SELECT f.id FROM file f WHERE f.seq = $1`+c.db.Dialect.LockRows, []any{seq})
	c.locked()
	return err
}

// seq returns the seq of a stored datapoint, or 0.
func (s *staged) seq(d file.Digest) int64 {
	if s == nil {
		return 0
	}
	return s.seqs[d]
}

// lost reports whether the staged rows are useless for w: the File is another one, or a failed edit has deleted a datapoint that this edit
// had found. lost then forgets them, and they are stored again.
func (s *staged) lost(ctx context.Context, w *saving) (bool, error) {
	if s == nil {
		return false, nil
	}
	if s.file == w.file {
		there, err := s.there(ctx, w)
		if there || err != nil {
			return false, err
		}
	}
	clear(s.seqs)
	return true, nil
}

// there reports whether all staged datapoints still exist. Datapoints that were stored together have consecutive seqs, so few queries are needed.
func (s *staged) there(ctx context.Context, w *saving) (bool, error) {
	seqs := slices.Sorted(maps.Values(s.seqs))
	for len(seqs) > 0 {
		n := 1
		for n < len(seqs) && seqs[n] == seqs[n-1]+1 {
			n++
		}
		var count int
		if _, err := w.find(ctx, `SELECT COUNT(*) FROM datapoint WHERE seq BETWEEN $1 AND $2`, []any{seqs[0], seqs[n-1]}, &count); err != nil || count != n {
			return false, err
		}
		seqs = seqs[n:]
	}
	return true, nil
}

// unstageTimeout is the longest time for deleting what a failed edit has staged.
const unstageTimeout = time.Minute

// unstage deletes staged rows that no version holds. It continues after the caller has gone. Nobody sees rows that it fails to delete.
func (e *datasetEdit) unstage(ctx context.Context, db *Store) {
	s := e.staged
	if s == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), unstageTimeout)
	defer cancel()
	if err := s.deleteAll(ctx, db); err != nil {
		db.Logger.Warn("datapoints of a failed import are left over", "file", s.fileID, "error", err)
	}
}

func (s *staged) deleteAll(ctx context.Context, db *Store) error {
	for part := range slices.Chunk(s.made, stagedChunks*maxChunk) {
		if err := s.delete(ctx, db, part, nil); err != nil {
			return err
		}
	}
	for part := range slices.Chunk(s.chunks, sqldb.MaxList) {
		if err := s.delete(ctx, db, nil, part); err != nil {
			return err
		}
	}
	if !s.hidden {
		return nil
	}
	return db.Change(ctx, "store.SaveDataset", func(ctx context.Context, tx *sqldb.Tx) error {
		return tx.Exec(ctx, `DELETE FROM file WHERE seq = $1 AND path = '' AND deleted_us IS NOT NULL`, s.file)
	})
}

// delete deletes, in one transaction, those of the datapoints and chunks that no version holds.
func (s *staged) delete(ctx context.Context, db *Store, datapoints, chunks []int64) error {
	return db.Change(ctx, "store.SaveDataset", func(ctx context.Context, tx *sqldb.Tx) error {
		c := changing{tx: tx, db: db.DB}
		if err := c.lockSeq(ctx, s.file); err != nil {
			return err
		}
		held, err := c.heldBy(ctx, s.file, len(datapoints) > 0)
		if err != nil {
			return err
		}
		for table, seqs := range map[string][]int64{"datapoint": datapoints, "datapoint_chunk": chunks} {
			seqs = slices.DeleteFunc(slices.Clone(seqs), func(seq int64) bool { return held[seq] })
			if err := sqldb.ExecIn(ctx, tx, `DELETE FROM `+table+` WHERE seq`, seqs, ``); err != nil {
				return err
			}
		}
		return nil
	})
}

// heldBy returns the seqs of the chunks in the versions of a Dataset or, if datapoints is set, of the datapoints in these chunks.
func (c *changing) heldBy(ctx context.Context, fileSeq int64, datapoints bool) (map[int64]bool, error) {
	var refs []chunkRef
	held := map[int64]bool{}
	err := sqldb.Each(ctx, c.tx, `SELECT chunks FROM dataset_version WHERE file = $1`, []any{fileSeq}, func(rows *sql.Rows) error {
		var blob sql.RawBytes
		if err := rows.Scan(&blob); err != nil {
			return err
		}
		some, err := decodeRefs(blob)
		for _, r := range some {
			if !held[r.seq] {
				held[r.seq] = true
				refs = append(refs, r)
			}
		}
		return err
	})
	if err != nil || !datapoints {
		return held, err
	}
	clear(held)
	chunks, err := readChunks(ctx, c.tx, refs)
	for _, chunk := range chunks {
		for i := range chunk.members {
			held[chunk.members[i].seq] = true
		}
	}
	return held, err
}
