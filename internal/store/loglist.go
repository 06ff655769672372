package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"

	"openloop/internal/file"
	"openloop/internal/trace"
)

// Logs lists the Logs that f selects, by the time they were created, and the number of them on all pages. A sample is spread evenly
// by chance, and is the same for every page.
func (db *DB) Logs(ctx context.Context, f trace.Filter) (page []*trace.Log, total int, err error) {
	w, err := db.selectLogs(ctx, &f)
	if err != nil {
		return nil, 0, db.fail("store.Logs", err)
	}
	if f.Search != "" || f.MetadataSearch != "" || f.Sample > 0 {
		page, total, err = db.searchedLogs(ctx, &f, w)
		return page, total, db.fail("store.Logs", err)
	}
	if total, err = db.countLogs(ctx, w); err != nil {
		return nil, 0, db.fail("store.Logs", err)
	}
	if f.Page.Size <= 0 || f.Page.Offset() >= total {
		return nil, total, nil
	}
	order := logOrder(&f)
	text := `SELECT ` + logColumns + ` FROM (SELECT l.seq` + w.from + w.String() + order + ` LIMIT ` + w.param(f.Page.Size) + ` OFFSET ` +
		w.param(f.Page.Offset()) + `) page JOIN log l ON l.seq = page.seq JOIN file f ON f.seq = l.file JOIN version v ON v.seq = l.version
		LEFT JOIN log_payload p ON p.log = l.seq` + order
	page, err = db.collectLogs(ctx, text, w.args)
	return page, total, db.fail("store.Logs", err)
}

func logOrder(f *trace.Filter) string {
	if f.Newest {
		return ` ORDER BY l.created_us DESC, l.seq DESC`
	}
	return ` ORDER BY l.created_us, l.seq`
}

// selection is the part of a filter that the database decides alone.
type selection struct {
	where
	from     string // its tables
	rolledUp bool   // it is by nothing but File or version, so that the rollups know the number
}

// selectLogs makes the selection of f. A File or version that does not exist selects nothing.
func (db *DB) selectLogs(ctx context.Context, f *trace.Filter) (*selection, error) {
	s := &selection{from: ` FROM log l`, rolledUp: f.FileID != "" || f.VersionID != ""}
	if f.FileID != "" {
		var seq int64
		var kind file.Kind
		if _, err := found(ctx, db.read, `SELECT seq, kind FROM file WHERE id = $1`, []any{storable(f.FileID)}, &seq, &kind); err != nil {
			return nil, err
		}
		if f.Kind != "" && f.Kind != kind {
			seq = 0 // of no File
		}
		s.add("l.file = ?", seq)
	}
	if f.VersionID != "" {
		var ref versionRef
		_, err := found(ctx, db.read, `SELECT file, seq FROM version WHERE id = $1`, []any{storable(f.VersionID)}, &ref.file, &ref.version)
		if err != nil {
			return nil, err
		}
		s.add("l.file = ? AND l.version = ?", ref.file, ref.version)
	}
	if f.Kind != "" && f.FileID == "" {
		s.from += ` JOIN file f ON f.seq = l.file`
		s.add("f.kind = ?", string(f.Kind))
		s.rolledUp = false
	}
	before := len(s.conditions)
	s.selectTimes(f)
	s.selectLabels(f, db.dialect.position)
	s.rolledUp = s.rolledUp && len(s.conditions) == before
	return s, nil
}

func (s *selection) selectTimes(f *trace.Filter) {
	if !f.From.IsZero() {
		s.add("l.created_us >= ?", f.From.UnixMicro())
	}
	if !f.To.IsZero() {
		s.add("l.created_us <= ?", f.To.UnixMicro())
	}
}

func (s *selection) selectLabels(f *trace.Filter, position string) {
	if len(f.IDContains) > 0 {
		conditions, args := make([]string, len(f.IDContains)), make([]any, len(f.IDContains))
		for i, id := range f.IDContains {
			conditions[i], args[i] = position+"(l.id, ?) > 0", storable(id)
		}
		s.add("("+strings.Join(conditions, " OR ")+")", args...)
	}
	inside, outside := slices.Contains(f.InTrace, true), slices.Contains(f.InTrace, false)
	switch {
	case inside && !outside:
		s.add("l.trace_id IS NOT NULL")
	case outside && !inside:
		s.add("l.trace_id IS NULL")
	}
	switch f.ErrorReason {
	case "":
	case "*":
		s.add("l.error_reason IS NOT NULL")
	default:
		s.add("l.error_reason = ?", storable(f.ErrorReason))
	}
}

// countLogs is the number of Logs that s selects.
func (db *DB) countLogs(ctx context.Context, s *selection) (int, error) {
	text := `SELECT COUNT(*)` + s.from + s.String()
	if s.rolledUp {
		text = `SELECT CAST(COALESCE(SUM(l.logs_count), 0) AS BIGINT) FROM usage l` + s.String()
	}
	var total int
	_, err := found(ctx, db.read, text, s.args, &total)
	return total, err
}

// searchedLogs reads all Logs that the database selects, keeps the numbers of those that match, and then reads the page. Texts are
// compared here and not in SQL: payloads are one blob, and letters of all languages count the same in both databases.
func (db *DB) searchedLogs(ctx context.Context, f *trace.Filter, w *selection) ([]*trace.Log, int, error) {
	from, columns := w.from, `l.seq`
	search := newSearch(f)
	if search.metadata != "" {
		columns += `, l.record`
	}
	if search.text != "" {
		columns += `, p.payload`
		from += ` LEFT JOIN log_payload p ON p.log = l.seq`
	}
	var matches []int64
	var seq int64
	var record, payload sql.RawBytes
	into := []any{&seq}
	if search.metadata != "" {
		into = append(into, &record)
	}
	if search.text != "" {
		into = append(into, &payload)
	}
	err := each(ctx, db.read, `SELECT `+columns+from+w.String()+logOrder(f), w.args, func(rows *sql.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		ok, err := search.match(record, payload)
		if ok {
			matches = append(matches, seq)
		}
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	matches = sample(matches, f.Sample)
	first := min(f.Page.Offset(), len(matches))
	wanted := matches[first:min(first+max(f.Page.Size, 0), len(matches))]
	if len(wanted) == 0 {
		return nil, len(matches), nil
	}
	page, err := db.logsBySeq(ctx, f, wanted)
	return page, len(matches), err
}

func (db *DB) logsBySeq(ctx context.Context, f *trace.Filter, seqs []int64) ([]*trace.Log, error) {
	var page []*trace.Log
	for chunk := range slices.Chunk(seqs, maxList) {
		var w where
		in(&w, "l.seq", chunk)
		part, err := db.collectLogs(ctx, `SELECT `+logColumns+logTables+w.String()+logOrder(f), w.args)
		if err != nil {
			return nil, err
		}
		page = append(page, part...)
	}
	return page, nil
}

func (db *DB) collectLogs(ctx context.Context, text string, args []any) ([]*trace.Log, error) {
	var logs []*trace.Log
	err := each(ctx, db.read, text, args, func(rows *sql.Rows) error {
		l, err := scanLog(rows.Scan)
		logs = append(logs, l)
		return err
	})
	return logs, err
}

// sample picks n of seqs by chance and keeps their order; 0 picks all. The chance is a hash, so that pages of one sample fit together.
func sample(seqs []int64, n int) []int64 {
	if n <= 0 || len(seqs) <= n {
		return seqs
	}
	places := make([]int, len(seqs))
	for i := range places {
		places[i] = i
	}
	slices.SortFunc(places, func(a, b int) int { return cmp.Compare(mix(seqs[a]), mix(seqs[b])) })
	places = places[:n]
	slices.Sort(places)
	picked := make([]int64, n)
	for i, place := range places {
		picked[i] = seqs[place]
	}
	return picked
}

// mix is the finalizer of SplitMix64: neighbouring numbers give unrelated ones, different for each.
func mix(seq int64) uint64 {
	x := uint64(seq) + 0x9e3779b97f4a7c15 //nolint:gosec // bits only
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
