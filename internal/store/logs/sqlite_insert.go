package logs

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// sqliteInserter stores batches in SQLite. It calls the driver directly, because database/sql would cost as much as the insertion.
type sqliteInserter struct {
	db       *sqldb.SQLite
	fault    func(error) sqldb.Fault
	lineage  string                 // query for the Logs above a Log
	conn     driver.Conn            // set while a batch is written
	prepared map[string]driver.Stmt // by text
	args     []driver.NamedValue
	stats    []byte // the entries of a batch in the journal
}

const (
	insertLog = `INSERT INTO log (id, file, version, created_us, trace_id, trace_parent, parent, error_reason, record)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	insertPayload = `INSERT INTO log_payload (log, payload) VALUES (?, ?)`
	findPart      = `SELECT 1 FROM log_part WHERE seq = ?`
	insertPart    = `INSERT INTO log_part (log, base, data) VALUES (?, ?, ?)`
	insertStats   = `INSERT INTO stat_journal (entries) VALUES (?)`
	upsertUsage   = `INSERT INTO usage (file, version, logs_count, last_used_us) VALUES (?, ?, ?, ?) ON CONFLICT (file, version)
		DO UPDATE SET logs_count = logs_count + excluded.logs_count, last_used_us = max(last_used_us, excluded.last_used_us)`
)

func (s *sqliteInserter) insert(ctx context.Context, batch []*pendingLog) error {
	return s.db.Raw(ctx, size(batch), func(conn driver.Conn) error {
		s.conn = conn
		return s.batch(batch)
	})
}

func (s *sqliteInserter) close() error {
	if len(s.prepared) == 0 {
		return nil
	}
	return s.db.Raw(context.Background(), 0, func(driver.Conn) error {
		var err error
		for _, stmt := range s.prepared {
			err = errors.Join(err, stmt.Close())
		}
		clear(s.prepared)
		return err
	})
}

func (s *sqliteInserter) batch(batch []*pendingLog) error {
	if _, err := s.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := s.rows(batch)
	if err == nil {
		_, err = s.exec("COMMIT")
	}
	if err != nil {
		_, _ = s.exec("ROLLBACK") // fails if SQLite has already rolled back
	}
	return err
}

func (s *sqliteInserter) rows(batch []*pendingLog) error {
	for _, e := range batch {
		if err := s.ridden(e); err != nil {
			return err
		}
	}
	for ref, u := range usages(batch) {
		if _, err := s.exec(upsertUsage, ref.File, ref.Version, u.count, u.last); err != nil {
			return err
		}
	}
	s.stats = s.stats[:0]
	for _, e := range batch {
		if e.err == nil {
			s.stats = append(s.stats, e.stats...)
		}
	}
	if len(s.stats) == 0 {
		return nil
	}
	_, err := s.exec(insertStats, s.stats)
	return err
}

// ridden stores e with its Riders, unless a row that one of them needs is missing.
func (s *sqliteInserter) ridden(e *pendingLog) error {
	for _, r := range e.riders {
		for _, n := range r.Needs {
			found := false
			values, err := valuesOf(n.Args)
			if err != nil {
				return err
			}
			if err := s.query(n.Query, func([]driver.Value) error { found = true; return nil }, values...); err != nil {
				return err
			}
			if !found {
				e.err = n.Missing
				return nil
			}
		}
	}
	if err := s.row(e); err != nil || e.err != nil {
		return err
	}
	for _, r := range e.riders {
		for _, statement := range r.Statements {
			values, err := valuesOf(statement.args)
			if err != nil {
				return err
			}
			if _, err := s.exec(statement.text, values...); err != nil {
				return err
			}
		}
	}
	return nil
}

func valuesOf(args []any) (values []driver.Value, err error) {
	values = make([]driver.Value, len(args))
	for i, arg := range args {
		if values[i], err = driver.DefaultParameterConverter.ConvertValue(arg); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func (s *sqliteInserter) row(e *pendingLog) error {
	above, err := s.place(e)
	if err != nil || e.err != nil {
		return err
	}
	result, err := s.exec(insertLog, e.id, e.ref.File, e.ref.Version, e.created, orNull(e.traceID), orNull(e.traceParent), orNull(e.parent),
		e.reasonValue(), e.record)
	if err != nil && s.fault(err) == sqldb.UniqueFault {
		e.err = idTaken(e.id)
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.said(e, result); err != nil || above == nil {
		return err
	}
	above.cover(e.traceParent, e.traceID, e.start, e.end)
	for _, a := range above {
		if a.changed {
			_, err = s.exec(setAncestor, a.seq, orNull(a.log.TraceID), a.record)
		}
		if err == nil && a.rooted {
			_, err = s.exec(noteChanged, a.seq)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// said stores the payload of e, whose row was just inserted.
func (s *sqliteInserter) said(e *pendingLog, row driver.Result) error {
	seq, err := row.LastInsertId()
	if err == nil && len(e.payload) > 0 {
		_, err = s.exec(insertPayload, seq, e.payload)
	}
	if err != nil || e.part == nil {
		return err
	}
	data, base := e.part.data(func(base int64) (found bool) {
		err = s.query(findPart, func([]driver.Value) error { found = true; return nil }, base)
		return found
	})
	if err != nil {
		return err
	}
	stored, err := s.exec(insertPart, seq, orNone(base), data)
	if err != nil {
		return err
	}
	number, err := stored.LastInsertId()
	e.part.seq.Store(number)
	return err
}

// orNone returns the number of a part, or NULL for 0.
func orNone(part int64) driver.Value {
	if part == 0 {
		return nil
	}
	return part
}

// place puts e into its trace and returns the Logs above it, or nil if e has no trace parent.
func (s *sqliteInserter) place(e *pendingLog) (lineage, error) {
	if !e.above() {
		return nil, nil
	}
	above := lineage{}
	err := s.query(s.lineage, func(row []driver.Value) error {
		seq, _ := row[0].(int64)
		id, _ := row[1].(string)
		trace, _ := row[2].(string)
		parent, _ := row[3].(string)
		record, _ := row[4].([]byte)
		return above.add(seq, id, trace, parent, slices.Clone(record))
	}, e.traceParent, e.traceID)
	if err == nil {
		e.err = above.place(e)
	}
	return above, err
}

func (s *sqliteInserter) exec(text string, values ...driver.Value) (driver.Result, error) {
	stmt, err := s.stmt(text)
	if err != nil {
		return nil, err
	}
	return stmt.(driver.StmtExecContext).ExecContext(context.Background(), s.bind(values))
}

func (s *sqliteInserter) query(text string, yield func([]driver.Value) error, values ...driver.Value) (err error) {
	stmt, err := s.stmt(text)
	if err != nil {
		return err
	}
	rows, err := stmt.(driver.StmtQueryContext).QueryContext(context.Background(), s.bind(values))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	row := make([]driver.Value, len(rows.Columns()))
	for {
		if err := rows.Next(row); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := yield(row); err != nil {
			return err
		}
	}
}

func (s *sqliteInserter) stmt(text string) (driver.Stmt, error) {
	if stmt, ok := s.prepared[text]; ok {
		return stmt, nil
	}
	stmt, err := s.conn.Prepare(text)
	if err == nil {
		s.prepared[text] = stmt
	}
	return stmt, err
}

func (s *sqliteInserter) bind(values []driver.Value) []driver.NamedValue {
	s.args = s.args[:0]
	for i, v := range values {
		s.args = append(s.args, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return s.args
}

func orNull(s string) driver.Value {
	if s == "" {
		return nil
	}
	return s
}

func idTaken(id string) error {
	return errs.New(errs.AlreadyExists, "A Log with the id `%s` exists already.", id)
}

// NotFound returns the error of a Log that does not exist.
func NotFound(id string) error { return noLogAs("", id) }
