package search

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"strconv"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store/blobs"
	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// read reads the rows of the Logs with these numbers, in their order.
func (l *rowList) read(ctx context.Context, seqs []int64) ([]trace.Row, error) {
	rows := make([]trace.Row, 0, len(seqs))
	for chunk := range slices.Chunk(seqs, sqldb.MaxList) {
		part, err := l.readChunk(ctx, chunk)
		if err != nil {
			return nil, err
		}
		rows = append(rows, part...)
	}
	return rows, nil
}

func (l *rowList) readChunk(ctx context.Context, seqs []int64) ([]trace.Row, error) {
	found, files, err := l.readRows(ctx, seqs)
	if err != nil {
		return nil, err
	}
	if err := l.readDeployed(ctx, found, files); err != nil {
		return nil, err
	}
	if err := l.readJudgments(ctx, found); err != nil {
		return nil, err
	}
	if err := l.readChildren(ctx, found); err != nil {
		return nil, err
	}
	if err := l.readKeys(ctx, found); err != nil {
		return nil, err
	}
	rows := make([]trace.Row, 0, len(seqs))
	for _, seq := range seqs {
		if r := found[seq]; r != nil {
			rows = append(rows, *r)
		}
	}
	return rows, nil
}

// readRows reads Logs, their Files and what was said, by number, and the numbers of the Files.
func (l *rowList) readRows(ctx context.Context, seqs []int64) (map[int64]*trace.Row, map[int64]logs.Ref, error) {
	found, refs := map[int64]*trace.Row{}, map[int64]logs.Ref{}
	var c sqldb.Where
	c.Among(l.dialect, "l.seq", seqs)
	text := `SELECT l.seq, l.file, l.version, f.path, v.name, p.payload, ` + logs.RecordColumns + logs.RecordTables + ` LEFT JOIN log_payload p ON p.log = l.seq` + c.String()
	err := sqldb.Each(ctx, l.tx, text, c.Args, func(rows *sql.Rows) error {
		var seq int64
		var ref logs.Ref
		var payload sql.RawBytes
		r := new(trace.Row)
		var err error
		if r.Log, err = logs.ScanRecord(rows, &seq, &ref.File, &ref.Version, &r.Path, &r.VersionName, &payload); err != nil {
			return err
		}
		found[seq], refs[seq] = r, ref
		r.Input, r.Output, err = blobs.Excerpts(payload)
		return err
	})
	return found, refs, err
}

// readDeployed says which rows are of another version than the one that is deployed in the default environment.
func (l *rowList) readDeployed(ctx context.Context, found map[int64]*trace.Row, refs map[int64]logs.Ref) error {
	files := map[int64]bool{}
	for _, ref := range refs {
		files[ref.File] = true
	}
	deployed := map[int64]int64{}
	const text = `SELECT d.file, d.version FROM deployment d JOIN environment e ON e.id = d.environment_id WHERE e.tag = 'default' AND d.file`
	err := sqldb.EachIn(ctx, l.tx, text, slices.Collect(maps.Keys(files)), ``, func(rows *sql.Rows) error {
		var file, version int64
		err := rows.Scan(&file, &version)
		deployed[file] = version
		return err
	})
	for seq, r := range found {
		version, ok := deployed[refs[seq].File]
		r.Differs = ok && version != refs[seq].Version
	}
	return err
}

// readJudgments adds the latest judgment of each Evaluator.
func (l *rowList) readJudgments(ctx context.Context, found map[int64]*trace.Row) error {
	const text = `SELECT j.log, f.id, f.path, j.outcome, j.number, j.choice` + judgedFrom + ` JOIN file f ON f.seq = jv.file WHERE j.log`
	return sqldb.EachIn(ctx, l.tx, text, slices.Collect(maps.Keys(found)), ` ORDER BY j.log, f.path, f.id, j.evaluator_log`, func(rows *sql.Rows) error {
		var seq int64
		var is judgment.Judgment
		var one trace.RowJudgment
		if err := rows.Scan(&seq, &one.EvaluatorID, &one.Path, &is.Outcome, &is.Number, &is.Choice); err != nil {
			return err
		}
		one.Judgment, one.Failed = judgmentValue(&is), is.Outcome == judgment.Failed
		all := &found[seq].Judgments
		if n := len(*all); n > 0 && (*all)[n-1].EvaluatorID == one.EvaluatorID { // an earlier one
			*all = (*all)[:n-1]
		}
		*all = append(*all, one)
		return nil
	})
}

// judgmentValue returns a judgment as JSON, nil if there is none or it is a long text.
func judgmentValue(is *judgment.Judgment) json.Value {
	switch is.Outcome {
	case judgment.True:
		return json.Value("true")
	case judgment.False:
		return json.Value("false")
	case judgment.Number:
		return json.Value(strconv.FormatFloat(is.Number, 'g', -1, 64))
	case judgment.Chosen:
		if is.Choice != "" {
			return json.Value(is.Choice)
		}
	case judgment.Null, judgment.Failed:
	}
	return nil
}

func (l *rowList) readChildren(ctx context.Context, found map[int64]*trace.Row) error {
	byID := map[string]*trace.Row{}
	for _, r := range found {
		byID[r.ID] = r
	}
	return sqldb.EachIn(ctx, l.tx, `SELECT trace_parent, COUNT(*) FROM log WHERE trace_parent`, slices.Collect(maps.Keys(byID)), ` GROUP BY trace_parent`, func(rows *sql.Rows) error {
		var id string
		var n int
		err := rows.Scan(&id, &n)
		if r := byID[id]; r != nil {
			r.Children = n
		}
		return err
	})
}

func (l *rowList) readKeys(ctx context.Context, found map[int64]*trace.Row) error {
	keys := map[string]bool{}
	for _, r := range found {
		keys[r.CreatedBy] = true
	}
	names, err := l.labels(ctx, `SELECT id, name FROM api_key WHERE id`, slices.Collect(maps.Keys(keys)))
	for _, r := range found {
		r.KeyName = names[r.CreatedBy]
	}
	return err
}

// labels returns the names of ids. text is a query for both that ends with an expression for the id.
func (l *rowList) labels(ctx context.Context, text string, ids []string) (map[string]string, error) {
	names := map[string]string{}
	err := sqldb.EachIn(ctx, l.tx, text, ids, ``, func(rows *sql.Rows) error {
		var id, name string
		err := rows.Scan(&id, &name)
		names[id] = name
		return err
	})
	return names, err
}
