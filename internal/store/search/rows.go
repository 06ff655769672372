package search

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store/blobs"
	"github.com/openloop-server/openloop/internal/store/facts"
	"github.com/openloop-server/openloop/internal/store/grams"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// LogRows returns a part of the Logs of all Files, those of deleted Files too. It looks into Logs no longer than the budget allows: the
// part may then be short, or empty, although the list goes on after its Last.
//
// Total is exact if facts decide the filter. Of a filter that is decided by looking into Logs, it counts the matches of this part. Errors:
// validation_failed for a condition on judgments that compares nothing.
func (db *Store) LogRows(ctx context.Context, list *trace.RowList) (page *trace.RowPage, err error) {
	err = db.View(ctx, func(tx *sqldb.Tx) error {
		l, err := db.rowList(ctx, tx, &list.Filter, list.Budget)
		if err != nil {
			return err
		}
		if amount, ok := amountOf(list.Order); ok {
			page, err = l.byAmount(ctx, list, amount)
		} else {
			page, err = l.byTime(ctx, list)
		}
		return err
	})
	return page, db.Fail("store.LogRows", err)
}

// rowList is a list of rows while it is read, in a transaction of its own.
type rowList struct {
	tx      *sqldb.Tx
	dialect *sqldb.Dialect
	cache   *facts.Cache
	filter  *trace.RowFilter
	search  grams.Wanted
	judged  []judged
	scope   logScope
	narrow  *facts.Narrowing
	now     func() time.Time
	ends    time.Time // when to stop looking into Logs; zero for never
}

func (db *Store) rowList(ctx context.Context, tx *sqldb.Tx, f *trace.RowFilter, budget time.Duration) (*rowList, error) {
	l := &rowList{
		tx: tx, dialect: db.Dialect, cache: db.facts, filter: f, narrow: facts.NarrowingOf(f), search: grams.Wanted{Said: strings.ToLower(f.Search)},
		scope: logScope{from: noStart, to: noEnd}, now: db.Now,
	}
	if budget > 0 {
		l.ends = db.Now().Add(budget)
	}
	if !f.From.IsZero() {
		l.scope.from = f.From.UnixMicro()
	}
	if !f.To.IsZero() {
		l.scope.to = f.To.UnixMicro()
	}
	if f.InTrace != nil {
		l.scope.traced = map[bool]bool{*f.InTrace: true}
	}
	err := l.resolveFiles(ctx)
	if err == nil {
		err = l.resolveVersions(ctx)
	}
	if err == nil {
		err = l.resolveJudged(ctx)
	}
	return l, err
}

// resolveFiles finds the Files that the filter selects.
func (l *rowList) resolveFiles(ctx context.Context) error {
	f := l.filter
	if !f.Paths.Set() && !f.FileIDs.Set() && !f.Kinds.Set() {
		return nil
	}
	l.scope.files = map[int64]bool{}
	return sqldb.Each(ctx, l.tx, `SELECT seq, id, kind, path FROM file`, nil, func(rows *sql.Rows) error {
		var seq int64
		var id, kind, path string
		err := rows.Scan(&seq, &id, &kind, &path)
		if f.FileIDs.Holds(id) && f.Kinds.Holds(kind) && below(path, &f.Paths) {
			l.scope.files[seq] = true
		}
		return err
	})
}

// below reports whether a File with this path is one that c chooses, or below a directory that c chooses.
func below(path string, c *trace.Choice) bool {
	under := func(chosen string) bool {
		chosen = strings.Trim(chosen, "/")
		return path == chosen || chosen == "" || strings.HasPrefix(path, chosen+"/")
	}
	return !slices.ContainsFunc(c.None, under) && (len(c.Any) == 0 || slices.ContainsFunc(c.Any, under))
}

func (l *rowList) resolveVersions(ctx context.Context) error {
	numbers := func(ids []string) (map[int64]bool, error) {
		if len(ids) == 0 {
			return nil, nil
		}
		seqs, err := sqldb.ColumnIn[int64](ctx, l.tx, `SELECT seq FROM version WHERE id`, sqldb.Values(ids, sqldb.Storable), ``)
		set := map[int64]bool{}
		for _, seq := range seqs {
			set[seq] = true
		}
		return set, err
	}
	var err error
	if l.scope.versions, err = numbers(l.filter.Versions.Any); err == nil {
		l.scope.others, err = numbers(l.filter.Versions.None)
	}
	return err
}

// resolveJudged finds the Evaluators that the filter names. One that does not exist has judged nothing.
func (l *rowList) resolveJudged(ctx context.Context) error {
	for _, wanted := range l.filter.Judged {
		j, err := judgedAs(&trace.Judged{Is: wanted.Is, Judgment: wanted.Judgment})
		if err != nil {
			return errs.Within(err, "judgment")
		}
		j.evaluator = noNumber
		_, err = sqldb.Found(ctx, l.tx, `SELECT seq FROM file WHERE path = $1 AND kind = $2 AND deleted_us IS NULL`,
			[]any{sqldb.Storable(wanted.Path), string(file.EvaluatorKind)}, &j.evaluator)
		if err != nil {
			return err
		}
		l.judged = append(l.judged, j)
	}
	return nil
}

func (l *rowList) walk(ctx context.Context, newest bool) (*logWalk, error) {
	w := &logWalk{
		tx: l.tx, dialect: l.dialect, scope: l.scope, grams: l.grams(), newest: newest, narrow: l.narrow, judged: l.judged, cache: l.cache, late: l.late,
	}
	return w, w.start(ctx)
}

// grams returns the conditions of Logs that the filter may select, as [grams.Wanted.Conditions] does.
func (l *rowList) grams() []grams.Condition {
	all := l.search.Conditions()
	for _, m := range l.filter.Metadata {
		if of := grams.Of(grams.Metadata, strings.ToLower(m.Value)); !m.Not && len(of) > 0 {
			all = append(all, grams.Condition{of})
		}
	}
	return all
}

// late reports whether there is no more time to look into Logs.
func (l *rowList) late() bool { return !l.ends.IsZero() && !l.now().Before(l.ends) }

// looksInto reports whether a Log must be read to know whether it matches.
func (l *rowList) looksInto() bool {
	request := l.filter.Facts[trace.FactRequest]
	return l.search.Said != "" || len(l.filter.Metadata) > 0 || request.Set()
}

// matching reads the Logs at spots and returns those that match.
func (l *rowList) matching(ctx context.Context, spots []spot) ([]spot, error) {
	if !l.looksInto() || len(spots) == 0 {
		return spots, nil
	}
	record, payload, join := `NULL`, `NULL`, ``
	if request := l.filter.Facts[trace.FactRequest]; len(l.filter.Metadata) > 0 || request.Set() {
		record = `l.record`
	}
	if l.search.Said != "" {
		payload, join = `p.payload`, ` LEFT JOIN log_payload p ON p.log = l.seq`
	}
	var c sqldb.Where
	c.Among(l.dialect, "l.seq", numbers(spots))
	matches := make(map[int64]bool, len(spots))
	err := sqldb.Each(ctx, l.tx, `SELECT l.seq, `+record+`, `+payload+` FROM log l`+join+c.String(), c.Args, func(rows *sql.Rows) error {
		var seq int64
		var record, payload sql.RawBytes
		if err := rows.Scan(&seq, &record, &payload); err != nil {
			return err
		}
		ok, err := l.match(record, payload)
		matches[seq] = ok
		return err
	})
	return slices.DeleteFunc(spots, func(s spot) bool { return !matches[s.number()] }), err
}

func (l *rowList) match(record, payload []byte) (bool, error) {
	if len(record) > 0 {
		log, err := blobs.DecodeRecord(record)
		if err != nil || !l.filter.Facts[trace.FactRequest].Holds(trace.FactRequest.Of(log)) || !hasMembers(log.Metadata, l.filter.Metadata) {
			return false, err
		}
	}
	return l.search.Match("", nil, payload)
}

// hasMembers reports whether metadata holds all conditions.
func hasMembers(metadata json.Value, wanted []trace.Member) bool {
	if len(wanted) == 0 {
		return true
	}
	members := map[string]json.Value{}
	if len(metadata) > 0 && json.UnmarshalForeign(metadata, &members) != nil {
		members = nil
	}
	for _, m := range wanted {
		value, there := members[m.Key]
		if (there && memberText(value) == m.Value) == m.Not {
			return false
		}
	}
	return true
}

func memberText(value json.Value) string {
	var text string
	if json.Kind(value) == '"' && json.UnmarshalForeign(value, &text) == nil {
		return text
	}
	return string(value)
}

// byTime reads a part of a list by time.
func (l *rowList) byTime(ctx context.Context, list *trace.RowList) (*trace.RowPage, error) {
	newest := (list.Order == trace.NewestFirst) != (list.Before != nil)
	w, err := l.walk(ctx, newest)
	if err != nil {
		return nil, err
	}
	p := rowPart{size: list.Size, from: cmp.Or(list.Before, list.After), back: list.Before != nil}
	if err := l.total(ctx, w, &p); err != nil {
		return nil, err
	}
	if p.from != nil {
		w.begin(w.spot(p.from.Seq, p.from.Created))
	}
	for step := l.firstStep(); len(p.found) <= p.size; step = min(2*step, maxStep) {
		spots, err := w.next(ctx, step)
		if err != nil {
			return nil, err
		}
		if w.cut {
			p.stop = w.frontier()
			break
		}
		if len(spots) == 0 {
			p.ended = true
			break
		}
		stop := spots[len(spots)-1].key(nil)
		if spots, err = l.matching(ctx, spots); err != nil {
			return nil, err
		}
		for _, s := range spots {
			p.found = append(p.found, s.key(nil))
		}
		if l.looksInto() && l.late() {
			p.stop = &stop
			break
		}
	}
	p.looked = w.passed - len(w.ahead)
	return l.finish(ctx, &p)
}

// firstStep is how many Logs to take from the walk at first.
func (l *rowList) firstStep() int {
	if l.looksInto() {
		return 64
	}
	return maxStep
}

// key returns the key of the Log at s.
func (s spot) key(amount *float64) trace.RowKey {
	return trace.RowKey{Amount: amount, Created: max(s.created, -s.created), Seq: s.number()}
}

// total counts the Logs that the filter selects, if facts decide it.
func (l *rowList) total(ctx context.Context, w *logWalk, p *rowPart) (err error) {
	p.of = w.scopeSize()
	if !l.looksInto() {
		p.total, p.exact, err = w.count(ctx)
	}
	return err
}

// rowPart is what was found of a list, in the order in which it was walked over.
type rowPart struct {
	size  int
	from  *trace.RowKey // where it begins; nil for the beginning of the list
	back  bool          // it was walked over towards the beginning of the list
	found []trace.RowKey
	stop  *trace.RowKey // the last Log that was looked into, if time was short
	ended bool          // there is nothing more

	total, looked, of int
	exact             bool // the total is known
}

// finish reads the rows of a part, and says how the list goes on at its ends.
func (l *rowList) finish(ctx context.Context, p *rowPart) (*trace.RowPage, error) {
	page := &trace.RowPage{Total: p.total, TotalExact: p.exact}
	if !p.exact {
		page.Total = max(p.total, len(p.found))
		page.TotalExact = l.looksInto() && p.ended && p.from == nil && len(p.found) <= p.size
	}
	if len(p.found) <= p.size && p.stop != nil {
		page.LookedInto, page.Of = min(max(p.looked, 0), p.of), p.of
	}
	near, far := p.from, (*trace.RowKey)(nil)
	if len(p.found) > p.size {
		p.found, p.stop = p.found[:p.size], &p.found[p.size-1]
	}
	if n := len(p.found); n > 0 {
		near, far = &p.found[0], &p.found[n-1]
	}
	page.First, page.Last = near, p.stop
	if p.back {
		page.First, page.Last = cmp.Or(p.stop, far, p.from), near
	}
	rows := slices.Clone(p.found)
	if p.back {
		slices.Reverse(rows)
	}
	var err error
	page.Rows, err = l.read(ctx, sqldb.Values(rows, func(k trace.RowKey) int64 { return k.Seq }))
	return page, err
}
