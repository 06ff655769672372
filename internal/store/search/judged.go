package search

import (
	"context"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// judged is a [trace.Judged] whose Evaluator is known: the condition on its latest judgment j.
type judged struct {
	evaluator int64
	condition string // each ? stands for one of args
	args      []any
}

// resolveJudged finds the Evaluators that the filter names. One that does not exist has judged nothing.
func (l *logList) resolveJudged(ctx context.Context) error {
	for i := range l.filter.Judged {
		wanted := &l.filter.Judged[i]
		j, err := judgedAs(wanted)
		if err != nil {
			return errs.Within(err, "judgments", i)
		}
		j.evaluator = noNumber
		_, err = sqldb.Found(ctx, l.tx, `SELECT seq FROM file WHERE id = $1 AND kind = $2`,
			[]any{sqldb.Storable(wanted.EvaluatorID), string(file.EvaluatorKind)}, &j.evaluator)
		if err != nil {
			return err
		}
		l.judged = append(l.judged, j)
	}
	return nil
}

// judgedAs is the condition that a judgment compares as wanted. Errors: validation_failed for an order of what is no number, or nothing to compare with.
func judgedAs(wanted *trace.Judged) (judged, error) {
	is := judgment.Of(wanted.Judgment, false)
	if wanted.Is != trace.Equal && wanted.Is != trace.Unequal && is.Outcome != judgment.Number {
		return judged{}, errs.Invalid("Only numbers are less or more than others.", "judgment")
	}
	var j judged
	switch is.Outcome {
	case judgment.Number:
		operator := map[trace.Operator]string{
			trace.Equal: "=", trace.Unequal: "<>", trace.Less: "<", trace.AtMost: "<=", trace.More: ">", trace.AtLeast: ">=",
		}[wanted.Is]
		if operator == "" {
			return judged{}, errs.Invalid("A judgment is compared by =, !=, <, <=, > or >=.", "operator")
		}
		return judged{condition: `j.outcome = ? AND j.number ` + operator + ` ?`, args: []any{int64(is.Outcome), is.Number}}, nil
	case judgment.True, judgment.False:
		j = judged{condition: `j.outcome = ?`, args: []any{int64(is.Outcome)}}
	case judgment.Chosen:
		if is.Choice == "" {
			return judged{}, errs.Invalid("The judgment to compare with is too long.", "judgment")
		}
		j = judged{
			condition: `j.outcome = ? AND (j.choice = ? OR SUBSTR(j.choice, 1, 1) = '[' AND REPLACE(j.choice, ?, '') <> j.choice)`,
			args:      []any{int64(is.Outcome), is.Choice, is.Choice},
		}
	case judgment.Null, judgment.Failed:
		return judged{}, errs.Invalid("Name the judgment to compare with: a boolean, a number or a text.", "judgment")
	}
	if wanted.Is == trace.Unequal {
		j.condition = `j.outcome >= ? AND NOT (` + j.condition + `)`
		j.args = append([]any{int64(judgment.False)}, j.args...)
	}
	return j, nil
}

const judgedFrom = ` FROM judgment j JOIN version jv ON jv.seq = j.version`

// latest returns the condition that j of judgedFrom is a judgment as wanted, and the latest of its Evaluator.
func (j *judged) latest() (condition string, args []any) {
	return `jv.file = ? AND ` + j.condition + ` AND NOT EXISTS (SELECT 1 FROM judgment n JOIN version nv ON nv.seq = n.version
		WHERE n.log = j.log AND nv.file = jv.file AND n.evaluator_log > j.evaluator_log)`, append([]any{j.evaluator}, j.args...)
}

// selectJudged adds the conditions on judgments of the log l. Of several by one Evaluator the latest counts.
func selectJudged(w *sqldb.Where, all []judged) {
	for i := range all {
		condition, args := all[i].latest()
		w.Add(`EXISTS (SELECT 1`+judgedFrom+` WHERE j.log = l.seq AND `+condition+`)`, args...)
	}
}
