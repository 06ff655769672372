package store

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// insertBatch is a whole batch in one statement, so that it is one round trip and one commit. It returns the ids that were new. Rows
// are written in the order of their keys, so that batches with the same ids, or of the same versions, do not wait for each other in a
// circle.
const insertBatch = `
WITH entry AS (
	SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bytea[],
		$10::bytea[], $11::bigint[])
		AS e (id, file, version, created_us, trace_id, trace_parent, parent, error_reason, record, payload, used_us)
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
)
SELECT id FROM inserted`

const (
	lockParents = `SELECT id, COALESCE(trace_id, '') FROM log WHERE id = ANY($1) ORDER BY id FOR UPDATE`
	makeRoots   = `UPDATE log SET trace_id = id WHERE id = ANY($1) AND trace_id IS NULL`
)

// insertLogs implements [backend]. Ids repeated within the batch are sorted out before: the first wins.
func (p *postgresDB) insertLogs(ctx context.Context, batch []*entry) error {
	seen := make(map[string]bool, len(batch))
	rows, traced := make([]*entry, 0, len(batch)), false
	for _, e := range batch {
		if seen[e.id] {
			e.err = idTaken(e.id)
			continue
		}
		seen[e.id] = true
		rows, traced = append(rows, e), traced || e.traceParent != ""
	}
	if !traced {
		return insertRows(ctx, p.pool, rows)
	}
	return pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error { return insertTraced(ctx, tx, rows) })
}

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, text string, args ...any) (pgx.Rows, error)
}

func insertRows(ctx context.Context, q querier, rows []*entry) error {
	n := len(rows)
	ids, files, versions := make([]string, n), make([]int64, n), make([]int64, n)
	created, used := make([]int64, n), make([]int64, n)
	traces, traceParents, parents, reasons := make([]*string, n), make([]*string, n), make([]*string, n), make([]*string, n)
	records, payloads := make([][]byte, n), make([][]byte, n)
	for i, e := range rows {
		ids[i], files[i], versions[i] = e.id, e.ref.file, e.ref.version
		created[i], used[i] = e.created, e.used
		traces[i], traceParents[i], parents[i], reasons[i] = pointer(e.traceID), pointer(e.traceParent), pointer(e.parent), e.reason
		records[i] = e.record
		if len(e.payload) > 0 {
			payloads[i] = e.payload
		}
	}
	result, err := q.Query(ctx, insertBatch, ids, files, versions, created, traces, traceParents, parents, reasons, records, payloads, used)
	if err != nil {
		return err
	}
	inserted, err := pgx.CollectRows(result, pgx.RowTo[string])
	if err != nil || len(inserted) == n {
		return err
	}
	slices.Sort(inserted)
	for _, e := range rows {
		if _, ok := slices.BinarySearch(inserted, e.id); !ok {
			e.err = idTaken(e.id)
		}
	}
	return nil
}

// insertTraced stores rows of which some have a trace parent, in the order of the batch: a parent may be in it too.
func insertTraced(ctx context.Context, tx pgx.Tx, rows []*entry) error {
	traceOf, err := parentTraces(ctx, tx, rows)
	if err != nil {
		return err
	}
	var fit []*entry
	for _, e := range rows {
		if e.traceParent != "" {
			trace, found := traceOf[e.traceParent]
			if !found {
				e.err = noLog(e.traceParent)
				continue
			}
			e.joins(trace)
		}
		if _, stored := traceOf[e.id]; !stored {
			traceOf[e.id] = e.traceID
		}
		fit = append(fit, e)
	}
	if err := insertRows(ctx, tx, fit); err != nil {
		return err
	}
	var roots []string // whose traces begin with these children, or have begun before
	for _, e := range fit {
		if e.err == nil && e.traceParent != "" && e.traceID == e.traceParent {
			roots = append(roots, e.traceParent)
		}
	}
	_, err = tx.Exec(ctx, makeRoots, roots)
	return err
}

// parentTraces reads the traces of stored parents, by id: "" for one that is in none.
func parentTraces(ctx context.Context, tx pgx.Tx, rows []*entry) (map[string]string, error) {
	var ids []string
	for _, e := range rows {
		if e.traceParent != "" {
			ids = append(ids, e.traceParent)
		}
	}
	slices.SortFunc(ids, strings.Compare)
	found, err := tx.Query(ctx, lockParents, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	traces := map[string]string{}
	var id, trace string
	_, err = pgx.ForEachRow(found, []any{&id, &trace}, func() error {
		traces[id] = trace
		return nil
	})
	return traces, err
}

func pointer(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
