package evals

import (
	"context"
	"database/sql"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// ReviewQuery asks for Logs that a person is to judge.
type ReviewQuery struct {
	EvaluationID string
	RunID        string // only Logs of this Run; "" for all open ones
	EvaluatorID  string // only by this Evaluator; "" for all that people judge by
	Reviewer     string
	Shuffled     bool // in an order that tells nothing of Runs; otherwise datapoint by datapoint
	Size         int
	Hold         time.Duration // for so long nobody else is given them
}

// ReviewItem is a Log that a person is to judge by an Evaluator.
type ReviewItem struct {
	RunID     string // the first of those that the Log is in
	VersionID string // of the Evaluator
	Log       *trace.Log
	Until     time.Time // nobody else is given it before
}

// Review is what a person is given to judge, and how much that person did and may do.
type Review struct {
	Items   []ReviewItem
	Waiting int // pairs of a Log and an Evaluator that the reviewer has not judged, and that nobody else is at
	Done    int // such pairs that the reviewer has judged
}

// Review gives a person Logs of open Runs to judge that the person has not judged: first those held already, and none that enough others have judged or
// hold. Two people are never given the same when one judgment is wanted. Traces that are still growing are left out.
//
// Errors: evaluation_not_found; run_not_found; evaluator_not_found.
func (db *Store) Review(ctx context.Context, q ReviewQuery) (review Review, err error) {
	defer db.Failed("store.Review", &err)
	s := reviewing{ReviewQuery: q, links: db.links}
	s.Reviewer = sqldb.Storable(q.Reviewer)
	if err := s.resolve(ctx, db.Read); err != nil {
		return review, err
	}
	for offset := 0; len(review.Items) < q.Size; offset += reviewStep {
		list, err := s.candidates(ctx, db.Read, nil, offset)
		if err != nil {
			return review, err
		}
		var whole []candidate
		err = logs.ReadWhole(ctx, db.DB, func(q sqldb.Querier) (err error) {
			whole, err = s.whole(ctx, q, list)
			return err
		})
		if err != nil {
			return review, err
		}
		if err := s.hold(ctx, db, whole, &review); err != nil {
			return review, err
		}
		if len(list) < reviewStep {
			break
		}
	}
	err = s.count(ctx, db.Read, &review)
	return review, err
}

// reviewStep is how many candidates are looked at a time: more than there are people who ask at once.
const reviewStep = 100

// reviewing is one [ReviewQuery] whose names are resolved.
type reviewing struct {
	ReviewQuery
	links                  *links
	evaluation, run, judge int64 // run and judge are 0 for all
	wanted                 int   // judgments of each Log by different people
}

func (s *reviewing) resolve(ctx context.Context, q sqldb.Querier) error {
	err := sqldb.Must(ctx, q, noEvaluation(s.EvaluationID), `SELECT seq, reviews FROM evaluation WHERE id = $1`, []any{sqldb.Storable(s.EvaluationID)},
		&s.evaluation, &s.wanted)
	if err == nil && s.RunID != "" {
		s.run, err = runIn(ctx, q, s.evaluation, s.RunID)
	}
	if err == nil && s.EvaluatorID != "" {
		missing := errs.New(errs.EvaluatorNotFound, "Evaluator `%s` does not exist.", s.EvaluatorID)
		err = sqldb.Must(ctx, q, missing, `SELECT -f.seq FROM file f WHERE f.id = $1 AND f.kind = $2`,
			[]any{sqldb.Storable(s.EvaluatorID), string(file.EvaluatorKind)}, &s.judge)
	}
	return err
}

// candidate is a pair of a Log and a judge.
type candidate struct {
	log, judge         int64
	runID, evaluatorID string
	whole              *trace.Log
}

// scope is the condition on the Logs x of Runs r and the Evaluators e that the query is about.
func (s *reviewing) scope() *sqldb.Where {
	w := new(sqldb.Where)
	w.Add("m.evaluation = ? AND e.human = 1 AND r.closed = '' AND x.log IS NOT NULL", s.evaluation)
	if s.run != 0 {
		w.Add("r.seq = ?", s.run)
	}
	if s.judge != 0 {
		w.Add("e.judge = ?", s.judge)
	}
	return w
}

const (
	reviewTables = ` FROM evaluation_run m JOIN run r ON r.seq = m.run JOIN run_log x ON x.run = m.run JOIN evaluation_evaluator e ON e.evaluation = m.evaluation`

	// What a reviewer has judged is no candidate, nor what enough others have judged or hold.
	judgedBy  = `EXISTS (SELECT 1 FROM judgment j WHERE j.log = x.log AND j.judge = e.judge AND j.reviewer = ?)`
	taken     = `(SELECT COUNT(DISTINCT j.reviewer) FROM judgment j WHERE j.log = x.log AND j.judge = e.judge) + ` + heldByOthers
	heldBy    = `SELECT COUNT(*) FROM review_hold h WHERE h.log = x.log AND h.judge = e.judge AND h.until_us > ? AND h.reviewer `
	notJudged = ` AND NOT EXISTS (SELECT 1 FROM judgment o WHERE o.log = h.log AND o.judge = h.judge AND o.reviewer = h.reviewer)`

	heldByOthers = `(` + heldBy + `<> ?` + notJudged + `)`

	// A permutation of the numbers below the prime 2^31-1, which spreads those that follow each other.
	shuffle = `(x.log % 2147483647) * 1103515245 % 2147483647`
)

// open is scope for what the reviewer may be given at a time.
func (s *reviewing) open(now int64) *sqldb.Where {
	w := s.scope()
	w.Add("NOT "+judgedBy, s.Reviewer)
	w.Add(taken+" < ?", now, s.Reviewer, s.wanted)
	return w
}

// candidates are pairs that the reviewer may be given, those that are held already first; only of some Logs, if they are named.
func (s *reviewing) candidates(ctx context.Context, q sqldb.Querier, of []int64, offset int) ([]candidate, error) {
	now := sqldb.Micros(s.links.Clock())
	w := s.open(now)
	if of != nil {
		w.Among(s.links.Dialect, "x.log", of)
	}
	order := `MIN(x.place), MIN(x.run)`
	if s.Shuffled {
		order = shuffle
	}
	mine := `(SELECT COUNT(*) FROM review_hold h WHERE h.log = x.log AND h.judge = e.judge AND h.until_us > ` + w.Param(now) + ` AND h.reviewer = ` + w.Param(s.Reviewer) + `)`
	text := `SELECT x.log, e.judge, MIN(r.id), MIN(v.id)` + reviewTables + ` JOIN version v ON v.seq = e.version` + w.String() +
		` GROUP BY x.log, e.judge ORDER BY ` + mine + ` DESC, ` + order + `, x.log, e.judge LIMIT ` + w.Param(reviewStep) + ` OFFSET ` + w.Param(offset)
	return sqldb.List(ctx, q, text, w.Args, func(rows *sql.Rows) (c candidate, err error) {
		err = rows.Scan(&c.log, &c.judge, &c.runID, &c.evaluatorID)
		return c, err
	})
}

// whole reads the Logs of candidates, and leaves out those whose traces are growing.
func (s *reviewing) whole(ctx context.Context, q sqldb.Querier, list []candidate) ([]candidate, error) {
	bySeq := map[int64]*trace.Log{}
	seqs := sqldb.Values(list, func(c candidate) int64 { return c.log })
	var w logs.WholeLogs
	err := sqldb.EachIn(ctx, q, `SELECT l.seq, `+logs.Columns+logs.Tables+` WHERE l.seq`, seqs, ``, func(rows *sql.Rows) error {
		var seq int64
		l, err := w.Scan(rows, &seq)
		bySeq[seq] = l
		return err
	})
	if err == nil {
		err = w.Finish(ctx, q, s.links.Dialect)
	}
	var out []candidate
	for _, c := range list {
		if c.whole = bySeq[c.log]; c.whole != nil && c.whole.Status != trace.Incomplete {
			out = append(out, c)
		}
	}
	return out, err
}

// hold gives candidates to the reviewer that are still free.
func (s *reviewing) hold(ctx context.Context, db *Store, list []candidate, review *Review) error {
	if len(list) == 0 {
		return nil
	}
	var given []ReviewItem
	err := db.Change(ctx, "store.Review", func(ctx context.Context, tx *sqldb.Tx) error {
		given = nil
		if err := db.links.lockJudgments(ctx, tx); err != nil {
			return err
		}
		free, err := s.candidates(ctx, tx, sqldb.Values(list, func(c candidate) int64 { return c.log }), 0)
		if err != nil {
			return err
		}
		now := db.Clock()
		if err := tx.Exec(ctx, `DELETE FROM review_hold WHERE until_us <= $1`, sqldb.Micros(now)); err != nil {
			return err
		}
		until := sqldb.FromMicros(sqldb.Micros(now.Add(s.Hold)))
		list := common(list, free)
		for _, c := range list[:min(len(list), s.Size-len(review.Items))] {
			err := tx.Exec(ctx, `INSERT INTO review_hold (log, judge, reviewer, until_us) VALUES ($1, $2, $3, $4)
				ON CONFLICT (log, judge, reviewer) DO UPDATE SET until_us = excluded.until_us`, c.log, c.judge, s.Reviewer, sqldb.Micros(until))
			if err != nil {
				return err
			}
			given = append(given, ReviewItem{RunID: c.runID, VersionID: c.evaluatorID, Log: c.whole, Until: until})
		}
		return nil
	})
	review.Items = append(review.Items, given...)
	return err
}

// common are those of list that are in free too.
func common(list, free []candidate) []candidate {
	type pair struct{ log, judge int64 }
	is := map[pair]bool{}
	for _, c := range free {
		is[pair{c.log, c.judge}] = true
	}
	var out []candidate
	for _, c := range list {
		if is[pair{c.log, c.judge}] {
			out = append(out, c)
		}
	}
	return out
}

// count counts what the reviewer may judge and has judged.
func (s *reviewing) count(ctx context.Context, q sqldb.Querier, review *Review) error {
	pairs := func(w *sqldb.Where, into *int) error {
		_, err := sqldb.Found(ctx, q, `SELECT COUNT(*) FROM (SELECT x.log, e.judge`+reviewTables+w.String()+` GROUP BY x.log, e.judge) p`, w.Args, into)
		return err
	}
	done := s.scope()
	done.Add(judgedBy, s.Reviewer)
	if err := pairs(done, &review.Done); err != nil {
		return err
	}
	return pairs(s.open(sqldb.Micros(s.links.Clock())), &review.Waiting)
}
