// Package search lists Logs by what they say, when they were made and what became of them. It prepares Logs for that in segments, in the
// background. It checks Logs that are not prepared yet one by one.
package search

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/openloop-server/openloop/internal/store/facts"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Store finds the Logs of a database. Its methods are safe for concurrent use.
type Store struct {
	*sqldb.DB
	indexing sync.Mutex // held by IndexLogs
	facts    *facts.Cache
}

// factsRoom is how many bytes of decoded facts are kept: all that a million Logs are usually narrowed by.
const factsRoom = 64 << 20

// New returns a Store for the Logs of db.
func New(db *sqldb.DB) *Store { return &Store{DB: db, facts: facts.NewCache(factsRoom)} }

// Segments keeps the prepared segments consistent with the deletion of Logs.
type Segments struct{ *sqldb.DB }

// NewSegments returns the segments of db.
func NewSegments(db *sqldb.DB) Segments { return Segments{db} }

// Deleted implements [logs.Index].
func (db Segments) Deleted(ctx context.Context, tx *sqldb.Tx, seqs []int64) error {
	gone := map[int64]*placeSet{}
	for _, seq := range seqs {
		segment := seq >> segmentBits
		if gone[segment] == nil {
			gone[segment] = new(placeSet)
		}
		gone[segment].add(int(seq & (segmentSize - 1)))
	}
	for _, segment := range slices.Sorted(maps.Keys(gone)) {
		var before []byte
		ok, err := sqldb.Found(ctx, tx, `SELECT gone FROM log_segment l WHERE segment = $1`+db.Dialect.LockLog, []any{segment}, &before)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		all, err := readPlaceSet(before)
		if err != nil {
			return err
		}
		all.or(gone[segment])
		if err := tx.Exec(ctx, `UPDATE log_segment SET gone = $2 WHERE segment = $1`, segment, all.appendTo(nil)); err != nil {
			return err
		}
	}
	if db.Dialect.LockLog != "" { // PostgreSQL never reuses a number
		return nil
	}
	// SQLite reuses the numbers of the newest Logs after their deletion, so the segment of the next Log must not be ready.
	return tx.Exec(ctx, `DELETE FROM log_segment WHERE segment >= (SELECT (COALESCE(MAX(seq), 0) + 1) / 4096 FROM log)`)
}
