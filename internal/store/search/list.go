package search

import (
	"context"
	"database/sql"
	"math"
	"slices"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/grams"
	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/store/versions"
	"github.com/openloop-server/openloop/internal/trace"
)

// Logs returns a page of the Logs that f selects, by their time of creation, and the number of such Logs on all pages.
//
// A search that matches many Logs is not followed to its end. total is then a lower bound that lies beyond the page; a later page gives a
// greater one. A sample is drawn evenly by chance. It is the same for every page as long as no Log that f selects is added, changed or
// deleted. Errors: file_not_found, if the filter demands that the File exists.
func (db *Store) Logs(ctx context.Context, f trace.Filter) (page []*trace.Log, total int, err error) {
	err = db.View(ctx, func(tx *sqldb.Tx) error {
		l := logList{tx: tx, filter: &f, search: grams.WantedBy(&f), dialect: db.Dialect}
		err := l.resolve(ctx)
		if err == nil {
			err = l.resolveJudged(ctx)
		}
		if err == nil {
			page, total, err = l.page(ctx)
		}
		return err
	})
	return page, total, db.Fail("store.Logs", err)
}

func logOrder(f *trace.Filter) string {
	if f.Newest {
		return ` ORDER BY l.created_us DESC, l.seq DESC`
	}
	return ` ORDER BY l.created_us, l.seq`
}

// logList is one list of Logs while it is read, in a transaction of its own.
type logList struct {
	tx      *sqldb.Tx
	dialect *sqldb.Dialect
	filter  *trace.Filter
	search  grams.Wanted
	judged  []judged
	scope   logScope
	stored  int64 // Logs of the File and version, or all
	ofFile  int64 // Logs of the File, or all
}

// resolve looks up the names in the filter. A File or version that does not exist has no Logs.
func (l *logList) resolve(ctx context.Context) error {
	f, s := l.filter, &l.scope
	if f.FileID != "" {
		var kind file.Kind
		var deleted bool
		ok, err := sqldb.Found(ctx, l.tx, `SELECT seq, kind, deleted_us IS NOT NULL FROM file WHERE id = $1`, []any{sqldb.Storable(f.FileID)}, &s.file, &kind, &deleted)
		switch {
		case err != nil:
			return err
		case f.FileExists && (!ok || deleted):
			return versions.NotFound(f.FileID)
		case !ok || f.Kind != "" && f.Kind != kind:
			s.file = noNumber
		}
	}
	if f.VersionID != "" {
		var ref logs.Ref
		ok, err := sqldb.Found(ctx, l.tx, `SELECT file, seq FROM version WHERE id = $1`, []any{sqldb.Storable(f.VersionID)}, &ref.File, &ref.Version)
		if err != nil {
			return err
		}
		if s.version = ref.Version; !ok || s.file != 0 && s.file != ref.File {
			s.file, s.version = noNumber, noNumber
		} else {
			s.file = ref.File
		}
	}
	if f.Kind != "" && f.FileID == "" {
		if err := l.resolveKind(ctx); err != nil {
			return err
		}
	}
	s.from, s.to = noStart, noEnd
	if !f.From.IsZero() {
		s.from = f.From.UnixMicro()
	}
	if !f.To.IsZero() {
		s.to = f.To.UnixMicro()
	}
	if inside, outside := slices.Contains(f.InTrace, true), slices.Contains(f.InTrace, false); inside != outside {
		s.traced = map[bool]bool{inside: true}
	}
	return l.count(ctx)
}

func (l *logList) resolveKind(ctx context.Context) error {
	files, err := sqldb.Column[int64](ctx, l.tx, `SELECT seq FROM file WHERE kind = $1`, string(l.filter.Kind))
	l.scope.files = map[int64]bool{}
	for _, seq := range files {
		l.scope.files[seq] = true
	}
	return err
}

// count reads from the rollups how many Logs the File and version have.
func (l *logList) count(ctx context.Context) error {
	sum := func(version int64, into *int64) error {
		var w sqldb.Where
		if l.scope.file != 0 {
			w.Add("file = ?", l.scope.file)
		}
		if version != 0 {
			w.Add("version = ?", version)
		}
		_, err := sqldb.Found(ctx, l.tx, `SELECT CAST(COALESCE(SUM(logs_count), 0) AS BIGINT) FROM usage`+w.String(), w.Args, into)
		return err
	}
	err := sum(0, &l.ofFile)
	if l.stored = l.ofFile; err == nil && l.scope.version != 0 {
		err = sum(l.scope.version, &l.stored)
	}
	return err
}

const (
	// A File with fewer Logs is read without the segments.
	smallFile = 5000
	// The database's own index skips this many Logs. Beyond that, the segments are faster.
	shallowOffset = 5000
	// A version is rare if it has less than 1/rareVersion of its File's Logs. Then walking over the other
	// Logs takes longer than using the segments.
	rareVersion = 50
)

// page reads the page in the way that suits the filter.
func (l *logList) page(ctx context.Context) ([]*trace.Log, int, error) {
	f := l.filter
	if l.stored == 0 {
		return nil, 0, nil
	}
	if !l.search.Everything() || len(l.judged) > 0 || f.Sample > 0 || !l.indexed() {
		return l.walkedPage(ctx)
	}
	w := l.selection()
	total := int(l.stored)
	if !l.rolledUp() {
		if _, err := sqldb.Found(ctx, l.tx, `SELECT COUNT(*) FROM log l`+w.String(), w.Args, &total); err != nil {
			return nil, 0, err
		}
	}
	if f.Page.Size <= 0 || f.Page.Offset() >= total {
		return nil, total, nil
	}
	order := logOrder(f)
	text := `SELECT ` + logs.Columns + ` FROM (SELECT l.seq FROM log l` + w.String() + order + ` LIMIT ` + w.Param(f.Page.Size) + ` OFFSET ` +
		w.Param(f.Page.Offset()) + `) page JOIN log l ON l.seq = page.seq JOIN file f ON f.seq = l.file JOIN version v ON v.seq = l.version
		` + logs.PayloadTables + order
	page, err := l.collect(ctx, text, w.Args)
	return page, total, err
}

// rolledUp reports whether the filter selects by File or version alone, so that the rollups know the number.
func (l *logList) rolledUp() bool {
	s := &l.scope
	return s.files == nil && s.from == noStart && s.to == noEnd && s.traced == nil && !l.looksInto()
}

// indexed reports whether the database's own indexes find the page and its total quickly.
func (l *logList) indexed() bool {
	s := &l.scope
	switch {
	case l.stored <= smallFile && s.file != 0 && l.ofFile <= smallFile*rareVersion:
		return true
	case s.file == 0:
		return false
	case l.filter.ErrorReason != "":
		return s.traced == nil
	case !l.rolledUp() || l.stored*rareVersion < l.ofFile:
		return false
	default:
		return l.filter.Page.Offset() <= shallowOffset
	}
}

// selection returns the condition on log l for the scope and for failures.
func (l *logList) selection() *sqldb.Where {
	w, s := new(sqldb.Where), &l.scope
	if s.file != 0 {
		w.Add("l.file = ?", s.file)
	}
	if s.version != 0 {
		w.Add("l.version = ?", s.version)
	}
	if s.from != noStart {
		w.Add("l.created_us >= ?", s.from)
	}
	if s.to != noEnd {
		w.Add("l.created_us <= ?", s.to)
	}
	if s.traced != nil && s.traced[true] {
		w.Add("l.trace_id IS NOT NULL")
	} else if s.traced != nil {
		w.Add("l.trace_id IS NULL")
	}
	l.selectFailures(w)
	selectJudged(w, l.judged)
	return w
}

func (l *logList) selectFailures(w *sqldb.Where) {
	switch l.filter.ErrorReason {
	case "":
	case "*":
		w.Add("l.error_reason IS NOT NULL")
	default:
		w.Add("l.error_reason = ?", sqldb.Storable(l.filter.ErrorReason))
	}
}

// walkedPage reads the page by walking over the Logs that may match.
func (l *logList) walkedPage(ctx context.Context) ([]*trace.Log, int, error) {
	f := l.filter
	if f.Sample > 0 {
		return l.samplePage(ctx)
	}
	w, err := l.walk(ctx)
	if err != nil {
		return nil, 0, err
	}
	first := f.Page.Offset()
	last := first + min(max(f.Page.Size, 0), math.MaxInt-first)
	var wanted []spot
	total, looked := 0, 0
	if !l.looksInto() {
		total = w.skip(first)
	}
	for step := l.firstStep(); ; step = min(2*step, maxStep) {
		spots, err := w.next(ctx, step)
		if err != nil {
			return nil, 0, err
		}
		if len(spots) == 0 {
			break
		}
		looked += len(spots)
		if spots, err = l.matching(ctx, spots); err != nil {
			return nil, 0, err
		}
		if from, to := max(first-total, 0), min(last-total, len(spots)); from < to {
			wanted = append(wanted, spots[from:to]...)
		}
		total += len(spots)
		if l.looksInto() && total > last && looked >= exactWork {
			break
		}
		if !l.looksInto() && total >= last {
			more, err := w.rest(ctx)
			if err != nil {
				return nil, 0, err
			}
			total += more
			break
		}
	}
	page, err := l.read(ctx, wanted)
	return page, total, err
}

const (
	maxStep   = 512
	exactWork = 1000 // Logs to look into at least; a search with fewer candidates has an exact total
)

func (l *logList) firstStep() int {
	if l.looksInto() {
		return 64
	}
	return maxStep
}

func (l *logList) walk(ctx context.Context) (*logWalk, error) {
	w := &logWalk{tx: l.tx, dialect: l.dialect, scope: l.scope, grams: l.search.Conditions(), newest: l.filter.Newest}
	if l.scope.file == 0 || l.ofFile > smallFile {
		return w, w.start(ctx)
	}
	s := l.selection()
	return w, w.readRows(ctx, looseColumns+`log l`+s.String(), s.Args...)
}

// looksInto reports whether a Log must be read to know whether it matches.
func (l *logList) looksInto() bool {
	return !l.search.Everything() || l.filter.ErrorReason != "" || len(l.judged) > 0
}

// matching reads the Logs at spots and returns those that match.
func (l *logList) matching(ctx context.Context, spots []spot) ([]spot, error) {
	if !l.looksInto() {
		return spots, nil
	}
	text, args := l.lookInto(numbers(spots))
	matches := make(map[int64]bool, len(spots))
	err := sqldb.Each(ctx, l.tx, text, args, func(rows *sql.Rows) error {
		var seq int64
		var id, record, payload sql.RawBytes
		if err := rows.Scan(&seq, &id, &record, &payload); err != nil {
			return err
		}
		ok, err := l.search.Match(string(id), record, payload)
		matches[seq] = ok
		return err
	})
	return slices.DeleteFunc(spots, func(s spot) bool { return !matches[s.number()] }), err
}

// lookInto returns the query for everything that matching needs of Logs: number, id, record and payload. Columns that do not matter are empty.
func (l *logList) lookInto(seqs []int64) (text string, args []any) {
	var w sqldb.Where
	if l.search.Metadata == "" && len(l.search.IDs) == 0 && l.filter.ErrorReason == "" && len(l.judged) == 0 {
		w.Among(l.dialect, "log", seqs)
		return `SELECT log, '', NULL, payload FROM log_payload` + w.String(), w.Args
	}
	record, payload, from := `NULL`, `NULL`, ` FROM log l`
	if l.search.Metadata != "" {
		record = `l.record`
	}
	if l.search.Said != "" {
		payload, from = `p.payload`, from+` LEFT JOIN log_payload p ON p.log = l.seq`
	}
	w.Among(l.dialect, "l.seq", seqs)
	l.selectFailures(&w)
	selectJudged(&w, l.judged)
	return `SELECT l.seq, l.id, ` + record + `, ` + payload + from + w.String(), w.Args
}

func numbers(spots []spot) []int64 { return sqldb.Values(spots, spot.number) }

func (l *logList) read(ctx context.Context, spots []spot) ([]*trace.Log, error) {
	var page []*trace.Log
	for chunk := range slices.Chunk(spots, sqldb.MaxList) {
		var w sqldb.Where
		w.Among(l.dialect, "l.seq", numbers(chunk))
		part, err := l.collect(ctx, `SELECT `+logs.Columns+logs.Tables+w.String()+logOrder(l.filter), w.Args)
		if err != nil {
			return nil, err
		}
		page = append(page, part...)
	}
	return page, nil
}

func (l *logList) collect(ctx context.Context, text string, args []any) ([]*trace.Log, error) {
	var w logs.WholeLogs
	list, err := sqldb.List(ctx, l.tx, text, args, func(rows *sql.Rows) (*trace.Log, error) { return w.Scan(rows) })
	if err != nil {
		return nil, err
	}
	return list, w.Finish(ctx, l.tx, l.dialect)
}
