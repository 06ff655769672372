package logs

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// insertBatch stores a whole batch in one statement, so that it takes one round trip and one commit. It returns the ids that were new, with their numbers. Rows
// are written in the order of their keys, so that batches with the same ids or versions cannot deadlock.
const insertBatch = `
WITH entry AS (
	SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bytea[],
		$10::bytea[], $11::bigint[], $12::bytea[])
		AS e (id, file, version, created_us, trace_id, trace_parent, parent, error_reason, record, payload, used_us, stats)
), inserted AS (
	INSERT INTO log (id, file, version, created_us, trace_id, trace_parent, parent, error_reason, record)
	SELECT id, file, version, created_us, trace_id, trace_parent, parent, error_reason, record FROM entry ORDER BY id
	ON CONFLICT (id) DO NOTHING RETURNING seq, id, file, version
), payload AS (
	INSERT INTO log_payload (log, payload)
	SELECT i.seq, e.payload FROM inserted i JOIN entry e ON e.id = i.id WHERE e.payload IS NOT NULL
), used AS (
	INSERT INTO usage (file, version, logs_count, last_used_us)
	SELECT i.file, i.version, count(*), max(e.used_us) FROM inserted i JOIN entry e ON e.id = i.id
	GROUP BY i.file, i.version ORDER BY i.file, i.version
	ON CONFLICT (file, version) DO UPDATE SET logs_count = usage.logs_count + excluded.logs_count,
		last_used_us = greatest(usage.last_used_us, excluded.last_used_us)
), counted AS (
	INSERT INTO stat_journal (entries)
	SELECT string_agg(e.stats, ''::bytea) FROM inserted i JOIN entry e ON e.id = i.id HAVING count(*) > 0
)
SELECT id, seq FROM inserted`

const (
	noteRooted = `INSERT INTO log_changed (log, times) SELECT seq, 1 FROM unnest($1::bigint[]) AS r (seq) ORDER BY seq
		ON CONFLICT (log) DO UPDATE SET times = log_changed.times + 1`

	setAncestors = `UPDATE log l SET trace_id = NULLIF(a.trace_id, ''), record = a.record
		FROM unnest($1::bigint[], $2::text[], $3::bytea[]) AS a (seq, trace_id, record) WHERE l.seq = a.seq`
)

// postgresInserter stores batches in PostgreSQL.
type postgresInserter struct {
	db      *sqldb.Postgres
	dialect *sqldb.Dialect
}

func (p *postgresInserter) close() error { return nil }

// insert implements [inserter]. Of equal ids within a batch the first one wins; the others fail before the statement.
func (p *postgresInserter) insert(ctx context.Context, batch []*pendingLog) error {
	seen := make(map[string]bool, len(batch))
	rows, several := make([]*pendingLog, 0, len(batch)), false // several statements
	for _, e := range batch {
		if seen[e.id] {
			e.err = idTaken(e.id)
			continue
		}
		seen[e.id] = true
		rows, several = append(rows, e), several || e.traceParent != "" || len(e.riders) > 0 || e.part != nil
	}
	conn, err := p.db.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if !several {
		return insertRows(ctx, conn, rows)
	}
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if err := lockForRiders(ctx, tx, rows); err != nil {
			return err
		}
		rows, err := refuseNeedy(ctx, tx, rows)
		if err != nil {
			return err
		}
		for _, part := range byGeneration(rows) {
			if err := p.insertTraced(ctx, tx, part); err != nil {
				return err
			}
		}
		return rideRows(ctx, tx, rows)
	})
}

// querier is a connection or a transaction.
type querier interface {
	Query(ctx context.Context, text string, args ...any) (pgx.Rows, error)
}

func insertRows(ctx context.Context, q querier, rows []*pendingLog) error {
	n := len(rows)
	ids, files, versions := make([]string, n), make([]int64, n), make([]int64, n)
	created, used := make([]int64, n), make([]int64, n)
	traces, traceParents, parents, reasons := make([]*string, n), make([]*string, n), make([]*string, n), make([]*string, n)
	records, payloads, stats := make([][]byte, n), make([][]byte, n), make([][]byte, n)
	for i, e := range rows {
		ids[i], files[i], versions[i] = e.id, e.ref.File, e.ref.Version
		created[i], used[i] = e.created, e.used
		traces[i], traceParents[i], parents[i], reasons[i] = pointer(e.traceID), pointer(e.traceParent), pointer(e.parent), e.reason
		records[i], stats[i] = e.record, e.stats
		if len(e.payload) > 0 {
			payloads[i] = e.payload
		}
	}
	result, err := q.Query(ctx, insertBatch, ids, files, versions, created, traces, traceParents, parents, reasons, records, payloads, used, stats)
	if err != nil {
		return err
	}
	numbers := make(map[string]int64, n)
	var id string
	var seq int64
	_, err = pgx.ForEachRow(result, []any{&id, &seq}, func() error {
		numbers[id] = seq
		return nil
	})
	if err != nil {
		return err
	}
	var parted []*pendingLog
	for _, e := range rows {
		if _, ok := numbers[e.id]; !ok {
			e.err = idTaken(e.id)
		} else if e.part != nil {
			parted = append(parted, e)
		}
	}
	return insertParts(ctx, q, parted, numbers)
}

// shareParts keeps others from deleting parts until the transaction ends, and passes over those that somebody deletes now.
const (
	shareParts = `SELECT seq FROM log_part WHERE seq = ANY($1) ORDER BY seq FOR SHARE SKIP LOCKED`
	storeParts = `INSERT INTO log_part (log, base, data) SELECT log, base, data
		FROM unnest($1::bigint[], $2::bigint[], $3::bytea[]) AS p (log, base, data) ORDER BY log RETURNING log, seq`
)

// insertParts stores what rows, whose numbers are given by id, asked.
func insertParts(ctx context.Context, q querier, rows []*pendingLog, numbers map[string]int64) error {
	if len(rows) == 0 {
		return nil
	}
	bases, err := sharedParts(ctx, q, rows)
	if err != nil {
		return err
	}
	n := len(rows)
	logs, on, data, parts := make([]int64, n), make([]*int64, n), make([][]byte, n), make(map[int64]*part, n)
	for i, e := range rows {
		logs[i] = numbers[e.id]
		parts[logs[i]] = e.part.part
		var base int64
		if data[i], base = e.part.data(func(base int64) bool { return bases[base] }); base != 0 {
			on[i] = &base
		}
	}
	stored, err := q.Query(ctx, storeParts, logs, on, data)
	if err != nil {
		return err
	}
	var log, seq int64
	_, err = pgx.ForEachRow(stored, []any{&log, &seq}, func() error {
		parts[log].seq.Store(seq)
		return nil
	})
	return err
}

// sharedParts returns which parts that rows are changes to are there, and will be until the transaction ends.
func sharedParts(ctx context.Context, q querier, rows []*pendingLog) (map[int64]bool, error) {
	var wanted []int64
	for _, e := range rows {
		if e.part.base != nil {
			wanted = append(wanted, e.part.base.seq.Load())
		}
	}
	there := map[int64]bool{}
	if wanted == nil {
		return there, nil
	}
	found, err := q.Query(ctx, shareParts, wanted)
	if err != nil {
		return nil, err
	}
	var seq int64
	_, err = pgx.ForEachRow(found, []any{&seq}, func() error {
		there[seq] = true
		return nil
	})
	return there, err
}

// byGeneration divides rows, in order, so that no row is in the same part as its trace parent.
func byGeneration(rows []*pendingLog) [][]*pendingLog {
	var parts [][]*pendingLog
	first, within := 0, map[string]bool{}
	for i, e := range rows {
		if within[e.traceParent] {
			parts, first = append(parts, rows[first:i]), i
			clear(within)
		}
		within[e.id] = true
	}
	return append(parts, rows[first:])
}

func (p *postgresInserter) insertTraced(ctx context.Context, tx pgx.Tx, rows []*pendingLog) error {
	above, err := p.locked(ctx, tx, rows)
	if err != nil {
		return err
	}
	fit := make([]*pendingLog, 0, len(rows))
	for _, e := range rows {
		if e.above() {
			e.err = above.place(e)
		}
		if e.err == nil {
			fit = append(fit, e)
		}
	}
	if err := insertRows(ctx, tx, fit); err != nil {
		return err
	}
	for _, e := range fit {
		if e.err == nil && e.above() {
			above.cover(e.traceParent, e.traceID, e.start, e.end)
		}
	}
	return above.write(ctx, tx)
}

func (p *postgresInserter) locked(ctx context.Context, tx pgx.Tx, rows []*pendingLog) (lineage, error) {
	var ids []string
	for _, e := range rows {
		if e.above() {
			ids = append(ids, e.traceParent, e.traceID)
		}
	}
	found, err := tx.Query(ctx, lineageFrom+`= ANY($1)`+lineageSelect+p.dialect.InUp+lineageOrder+` FOR UPDATE OF l`, ids)
	if err != nil {
		return nil, err
	}
	above := lineage{}
	var seq int64
	var id, trace, parent string
	var record []byte
	_, err = pgx.ForEachRow(found, []any{&seq, &id, &trace, &parent, &record}, func() error {
		return above.add(seq, id, trace, parent, slices.Clone(record))
	})
	return above, err
}

func (above lineage) write(ctx context.Context, tx pgx.Tx) error {
	var seqs, rooted []int64
	var traces []string
	var records [][]byte
	for _, a := range above {
		if a.changed {
			seqs, traces, records = append(seqs, a.seq), append(traces, a.log.TraceID), append(records, a.record)
		}
		if a.rooted {
			rooted = append(rooted, a.seq)
		}
	}
	if seqs == nil {
		return nil
	}
	_, err := tx.Exec(ctx, setAncestors, seqs, traces, records)
	if err != nil || rooted == nil {
		return err
	}
	_, err = tx.Exec(ctx, noteRooted, rooted)
	return err
}

func pointer(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
