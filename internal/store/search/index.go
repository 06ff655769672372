package search

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/store/blobs"
	"github.com/openloop-server/openloop/internal/store/facts"
	"github.com/openloop-server/openloop/internal/store/grams"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// maxChanged is how many changed Logs searches check one by one. Beyond that, the segments of these Logs are rebuilt.
const maxChanged = 1000

// FactSlots is the number of rows that the facts of a segment may have: row segment*FactSlots + column.
const FactSlots = 32

// claimLease is the age at which another process may take over an unfinished segment.
const claimLease = time.Minute

var errClaimLost = errors.New("the segment is not ours any more")

// IndexLogs prepares one segment of Logs for search: the oldest full one that is not prepared yet, or one whose Logs were mostly changed or
// deleted. It reports whether there was one. Logs that are not prepared are found too, but checked one by one. Call IndexLogs in the
// background every second or so, and repeat the call until it returns false. Several processes may call it.
func (db *Store) IndexLogs(ctx context.Context) (bool, error) {
	db.indexing.Lock()
	defer db.indexing.Unlock()
	segment, found, err := db.nextSegment(ctx)
	if err != nil || !found {
		return false, db.Fail("store.IndexLogs", err)
	}
	err = db.buildSegment(ctx, segment)
	if errors.Is(err, errClaimLost) {
		return false, nil // somebody else was faster, or the last Logs of the segment were deleted
	}
	return err == nil, db.Fail("store.IndexLogs", err)
}

// nextSegment returns the segment to build next.
func (db *Store) nextSegment(ctx context.Context) (segment int64, ok bool, err error) {
	var top int64
	if _, err := sqldb.Found(ctx, db.Read, `SELECT COALESCE(MAX(seq), 0) FROM log`, nil, &top); err != nil {
		return 0, false, err
	}
	full := (top + 1) >> grams.PlaceBits // the first segment that is not full
	stale := sqldb.Micros(db.Clock().Add(-claimLease))
	busy := map[int64]bool{} // being built by others
	emptied := int64(-1)     // half of its Logs were deleted
	bare := int64(-1)        // an older program built it, without facts
	err = sqldb.Each(ctx, db.Read, `SELECT segment, claim, facts, gone FROM log_segment ORDER BY segment`, nil, func(rows *sql.Rows) error {
		var number, claim, built int64
		var raw sql.RawBytes
		if err := rows.Scan(&number, &claim, &built, &raw); err != nil {
			return err
		}
		if built == 0 && claim == 0 {
			bare = number
		}
		gone, err := grams.ReadPlaceSet(raw)
		if gone.Len() > grams.Places/2 && claim == 0 {
			emptied = number
		}
		if claim > stale {
			busy[number] = true
		}
		if segment == number && (claim == 0 || busy[number]) {
			segment++
		}
		return err
	})
	if err != nil || segment < full {
		return segment, err == nil, err
	}
	if again := max(emptied, bare); again >= 0 {
		return again, true, nil
	}
	var changed, most int64
	err = sqldb.Each(ctx, db.Read, `SELECT log / 4096, COUNT(*) FROM log_changed WHERE log < $1 GROUP BY log / 4096`, []any{full << grams.PlaceBits}, func(rows *sql.Rows) error {
		var number, count int64
		if err := rows.Scan(&number, &count); err != nil {
			return err
		}
		if changed += count; count > most && !busy[number] {
			segment, most = number, count
		}
		return nil
	})
	return segment, changed > maxChanged && most > 0, err
}

// buildSegment builds a full segment. Until the segment is ready, searches check its Logs one by one.
func (db *Store) buildSegment(ctx context.Context, segment int64) error {
	claim, err := db.claimSegment(ctx, segment)
	if err != nil {
		return err
	}
	// Transactions in progress may still add Logs to the segment, or delete some without knowing of the claim.
	if err := db.awaitWriters(ctx); err != nil {
		return err
	}
	changed, err := changedLogs(ctx, db.Read, segment)
	if err != nil {
		return err
	}
	g, err := db.gatherSegment(ctx, segment)
	if err != nil {
		return err
	}
	for slot := 0; slot < grams.Slots; slot += grams.Slots / 8 { // in steps, so that others can write in between
		err := db.Change(ctx, "store.IndexLogs", func(ctx context.Context, tx *sqldb.Tx) error {
			return writeGrams(ctx, tx, segment, claim, &g.rows, slot, slot+grams.Slots/8)
		})
		if err != nil {
			return err
		}
	}
	return db.Change(ctx, "store.IndexLogs", func(ctx context.Context, tx *sqldb.Tx) error {
		if err := finishSegment(ctx, tx, segment, claim, g.entries, changed); err != nil {
			return err
		}
		return writeFacts(ctx, tx, segment, g.facts)
	})
}

const (
	claimSegment = `INSERT INTO log_segment (segment, claim, first_us, last_us, gone, owners, entries) VALUES ($1, $2, 0, 0, $3, $3, $3)
		ON CONFLICT (segment) DO UPDATE SET claim = excluded.claim, gone = excluded.gone, owners = excluded.owners, entries = excluded.entries, facts = 0
		WHERE log_segment.claim < $4`
	readySegment = `UPDATE log_segment SET claim = 0, first_us = $3, last_us = $4, owners = $5, entries = $6, facts = $2 WHERE segment = $1 AND claim = $2`
	holdSegment  = `UPDATE log_segment SET claim = claim WHERE segment = $1 AND claim = $2`
)

// claimSegment records that this process builds the segment. From then on, deletions of its Logs are recorded for it.
func (db *Store) claimSegment(ctx context.Context, segment int64) (claim int64, err error) {
	now := db.Clock()
	claim = max(sqldb.Micros(now), 1)
	return claim, db.Change(ctx, "store.IndexLogs", func(ctx context.Context, tx *sqldb.Tx) error {
		err := mustHold(ctx, tx, claimSegment, segment, claim, []byte{}, sqldb.Micros(now.Add(-claimLease)))
		if err != nil {
			return err
		}
		first := segment * grams.Slots
		if err := tx.Exec(ctx, `DELETE FROM log_gram WHERE place >= $1 AND place < $2`, first, first+grams.Slots); err != nil {
			return err
		}
		return tx.Exec(ctx, `DELETE FROM log_fact WHERE place >= $1 AND place < $2`, segment*FactSlots, (segment+1)*FactSlots)
	})
}

// mustHold executes the statement. It fails with errClaimLost unless the statement changes a row of ours.
func mustHold(ctx context.Context, tx *sqldb.Tx, text string, args ...any) error {
	return sqldb.Must(ctx, tx, errClaimLost, text+` RETURNING segment`, args)
}

const (
	writersPoll  = 2 * time.Millisecond
	writersPolls = 500
)

// awaitWriters waits until the transactions that write Logs now have ended. On SQLite there are none, because writers take turns.
func (db *Store) awaitWriters(ctx context.Context) error {
	if db.Dialect.Writers == "" {
		return nil
	}
	tick := time.NewTicker(writersPoll)
	defer tick.Stop()
	var before []string
	for i := range writersPolls {
		now, err := sqldb.Column[string](ctx, db.Read, db.Dialect.Writers)
		if err != nil {
			return err
		}
		if i == 0 {
			before = now
		}
		before = slices.DeleteFunc(before, func(w string) bool { return !slices.Contains(now, w) })
		if len(before) == 0 {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return errClaimLost // a transaction takes long; once the lease is over, somebody tries again
}

// changedLogs returns the changed Logs of a segment, and how often each has changed.
func changedLogs(ctx context.Context, q sqldb.Querier, segment int64) (map[int64]int64, error) {
	changed := map[int64]int64{}
	first := segment << grams.PlaceBits
	err := sqldb.Each(ctx, q, `SELECT log, times FROM log_changed WHERE log >= $1 AND log < $2`, []any{first, first + grams.Places}, func(rows *sql.Rows) error {
		var seq, times int64
		err := rows.Scan(&seq, &times)
		changed[seq] = times
		return err
	})
	return changed, err
}

// The Logs of a segment, and their texts for each field.
const (
	selectEntries  = `SELECT seq, id, file, version, created_us, CASE WHEN trace_id IS NULL THEN 0 ELSE 1 END FROM log WHERE seq >= $1 AND seq < $2 ORDER BY seq`
	selectRecords  = `SELECT seq, record FROM log WHERE seq >= $1 AND seq < $2 ORDER BY seq`
	selectPayloads = `SELECT log, payload FROM log_payload WHERE log >= $1 AND log < $2 ORDER BY log`
)

// gathered is what is stored of the Logs of a segment.
type gathered struct {
	entries []facts.Entry
	rows    grams.Rows
	facts   *facts.Builder
}

// gatherSegment reads the Logs of a segment. It goes field by field, so that only the grams of one field are in memory at a time.
func (db *Store) gatherSegment(ctx context.Context, segment int64) (*gathered, error) {
	g := &gathered{facts: facts.NewBuilder(grams.Places)}
	var b grams.Builder
	first := segment << grams.PlaceBits
	args := []any{first, first + grams.Places}
	gather := func(field grams.Field, text string, texts func(place int, blob []byte, yield func(string) bool) error) error {
		b.Reset(field)
		err := sqldb.Each(ctx, db.Read, text, args, func(rows *sql.Rows) error {
			var seq int64
			var blob sql.RawBytes
			if err := rows.Scan(&seq, &blob); err != nil {
				return err
			}
			place := int(seq - first)
			return texts(place, blob, func(text string) bool {
				b.Add(place, text)
				return true
			})
		})
		b.AppendTo(&g.rows)
		return err
	}
	err := gather(grams.Said, selectPayloads, func(_ int, payload []byte, yield func(string) bool) error { return blobs.SaidTexts(payload, yield) })
	if err != nil {
		return nil, err
	}
	err = gather(grams.Metadata, selectRecords, func(place int, record []byte, yield func(string) bool) error {
		if err := g.addFacts(place, record); err != nil {
			return err
		}
		return blobs.MetadataTexts(record, yield)
	})
	if err != nil {
		return nil, err
	}
	b.Reset(grams.ID)
	err = sqldb.Each(ctx, db.Read, selectEntries, args, func(rows *sql.Rows) error {
		var seq, traced int64
		var id string
		var e facts.Entry
		err := rows.Scan(&seq, &id, &e.Owner.File, &e.Owner.Version, &e.Created, &traced)
		e.Place, e.Owner.Traced = int(seq-first), traced == 1
		g.entries = append(g.entries, e)
		b.Add(e.Place, id)
		return err
	})
	b.AppendTo(&g.rows)
	return g, err
}

func (g *gathered) addFacts(place int, record []byte) error {
	l, err := blobs.DecodeRecord(record)
	if err == nil {
		g.facts.Add(place, l)
	}
	return err
}

// writeFacts writes the columns of a segment.
func writeFacts(ctx context.Context, tx *sqldb.Tx, segment int64, b *facts.Builder) error {
	var w sqldb.Where
	values := make([]string, facts.Columns)
	for c := range facts.Columns {
		values[c] = "(" + w.Param(segment*FactSlots+int64(c)) + ", " + w.Param(b.Blob(facts.Column(c))) + ")"
	}
	return tx.Exec(ctx, `INSERT INTO log_fact (place, facts) VALUES `+strings.Join(values, ", "), w.Args...)
}

// writeGrams writes the rows of the slots from up to, but not including, to.
func writeGrams(ctx context.Context, tx *sqldb.Tx, segment, claim int64, rows *grams.Rows, from, to int) error {
	if err := mustHold(ctx, tx, holdSegment, segment, claim); err != nil {
		return err
	}
	for ; from < to; from += grams.Slots / 16 {
		var w sqldb.Where
		var values []string
		for slot := from; slot < from+grams.Slots/16; slot++ {
			if lists := rows.Slot(slot); lists != nil {
				values = append(values, "("+w.Param(segment*grams.Slots+int64(slot))+", "+w.Param(lists)+")")
			}
		}
		if values == nil {
			continue
		}
		if err := tx.Exec(ctx, `INSERT INTO log_gram (place, lists) VALUES `+strings.Join(values, ", "), w.Args...); err != nil {
			return err
		}
	}
	return nil
}

// finishSegment marks a segment as ready. It forgets the changes of Logs that were seen before the Logs were read.
func finishSegment(ctx context.Context, tx *sqldb.Tx, segment, claim int64, entries []facts.Entry, changed map[int64]int64) error {
	var first, last int64
	if len(entries) > 0 {
		created := sqldb.Values(entries, func(e facts.Entry) int64 { return e.Created })
		first, last = slices.Min(created), slices.Max(created)
	}
	owners := facts.OwnersOf(entries)
	err := mustHold(ctx, tx, readySegment, segment, claim, first, last, facts.AppendOwners([]byte{}, owners), facts.AppendEntries([]byte{}, owners, entries))
	if err != nil {
		return err
	}
	for seq, times := range changed {
		if err := tx.Exec(ctx, `DELETE FROM log_changed WHERE log = $1 AND times = $2`, seq, times); err != nil {
			return err
		}
	}
	return nil
}
