package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"

	"openloop/internal/errs"
)

// sqliteInserts are the prepared statements of a batch. They go to the driver directly: database/sql costs as much as the insert.
type sqliteInserts struct {
	begin, commit, rollback, log, payload, usage, parent, root driver.Stmt

	args []driver.NamedValue
}

const (
	insertLog = `INSERT INTO log (id, file, version, created_us, trace_id, trace_parent, parent, error_reason, record)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	insertPayload = `INSERT INTO log_payload (log, payload) VALUES (?, ?)`
	upsertUsage   = `INSERT INTO usage (file, version, logs_count, last_used_us) VALUES (?, ?, ?, ?) ON CONFLICT (file, version)
		DO UPDATE SET logs_count = logs_count + excluded.logs_count, last_used_us = max(last_used_us, excluded.last_used_us)`
	selectParent = `SELECT trace_id FROM log WHERE id = ?`
	makeRoot     = `UPDATE log SET trace_id = id WHERE id = ?`
)

func prepareInserts(conn driver.Conn) (*sqliteInserts, error) {
	s := &sqliteInserts{}
	var err error
	prepare := func(text string) driver.Stmt {
		stmt, e := conn.Prepare(text)
		err = errors.Join(err, e)
		return stmt
	}
	s.begin, s.commit, s.rollback = prepare("BEGIN IMMEDIATE"), prepare("COMMIT"), prepare("ROLLBACK")
	s.log, s.payload, s.usage = prepare(insertLog), prepare(insertPayload), prepare(upsertUsage)
	s.parent, s.root = prepare(selectParent), prepare(makeRoot)
	return s, err
}

func (s *sqliteInserts) close() error {
	var err error
	for _, stmt := range []driver.Stmt{s.begin, s.commit, s.rollback, s.log, s.payload, s.usage, s.parent, s.root} {
		if stmt != nil {
			err = errors.Join(err, stmt.Close())
		}
	}
	return err
}

// insertLogs implements [backend].
func (s *sqliteDB) insertLogs(ctx context.Context, batch []*entry) error {
	if err := s.acquire(ctx); err != nil {
		return err
	}
	err := s.conn.Raw(func(raw any) error {
		if s.inserts == nil {
			prepared, err := prepareInserts(raw.(driver.Conn))
			if err != nil {
				return err
			}
			s.inserts = prepared
		}
		return s.inserts.batch(batch)
	})
	s.releaseConn()
	return s.committed(smallWrite+size(batch), err)
}

// batch writes one transaction.
func (s *sqliteInserts) batch(batch []*entry) error {
	if _, err := s.exec(s.begin); err != nil {
		return err
	}
	err := s.rows(batch)
	if err == nil {
		_, err = s.exec(s.commit)
	}
	if err != nil {
		_, _ = s.exec(s.rollback) // fails when SQLite has done it already
	}
	return err
}

func (s *sqliteInserts) rows(batch []*entry) error {
	for _, e := range batch {
		if err := s.row(e); err != nil {
			return err
		}
	}
	for _, u := range usages(batch) {
		if _, err := s.exec(s.usage, u.ref.file, u.ref.version, u.count, u.last); err != nil {
			return err
		}
	}
	return nil
}

func (s *sqliteInserts) row(e *entry) error {
	newRoot, err := s.joinTrace(e)
	if err != nil || e.err != nil {
		return err
	}
	result, err := s.exec(s.log, e.id, e.ref.file, e.ref.version, e.created, orNull(e.traceID), orNull(e.traceParent), orNull(e.parent),
		e.reasonValue(), e.record)
	if sqliteFault(err) == uniqueFault {
		e.err = idTaken(e.id)
		return nil
	}
	if err != nil {
		return err
	}
	if newRoot {
		if _, err := s.exec(s.root, e.traceParent); err != nil {
			return err
		}
	}
	return s.payloadOf(e, result)
}

func (s *sqliteInserts) payloadOf(e *entry, inserted driver.Result) error {
	if len(e.payload) == 0 {
		return nil
	}
	seq, err := inserted.LastInsertId()
	if err != nil {
		return err
	}
	_, err = s.exec(s.payload, seq, e.payload)
	return err
}

// joinTrace sets the trace of e to that of its parent; newRoot says that the parent was in none, and becomes the root of one.
func (s *sqliteInserts) joinTrace(e *entry) (newRoot bool, err error) {
	if e.traceParent == "" {
		return false, nil
	}
	trace, found, err := s.queryText(s.parent, e.traceParent)
	if err != nil {
		return false, err
	}
	if !found {
		e.err = noLog(e.traceParent)
		return false, nil
	}
	e.joins(trace)
	return trace == "", nil
}

func (s *sqliteInserts) bind(values []driver.Value) []driver.NamedValue {
	s.args = s.args[:0]
	for i, v := range values {
		s.args = append(s.args, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return s.args
}

func (s *sqliteInserts) exec(stmt driver.Stmt, values ...driver.Value) (driver.Result, error) {
	return stmt.(driver.StmtExecContext).ExecContext(context.Background(), s.bind(values))
}

// queryText reads a text or NULL, which is "", from the only row of a query.
func (s *sqliteInserts) queryText(stmt driver.Stmt, values ...driver.Value) (text string, found bool, err error) {
	rows, err := stmt.(driver.StmtQueryContext).QueryContext(context.Background(), s.bind(values))
	if err != nil {
		return "", false, err
	}
	var row [1]driver.Value
	err = rows.Next(row[:])
	found = err == nil
	if errors.Is(err, io.EOF) {
		err = nil
	}
	text, _ = row[0].(string)
	return text, found, errors.Join(err, rows.Close())
}

// orNull is how an optional text is bound.
func orNull(s string) driver.Value {
	if s == "" {
		return nil
	}
	return s
}

func idTaken(id string) error {
	return errs.New(errs.Conflict, "A Log with the id `%s` exists already.", id)
}

func noLog(id string) error { return errs.New(errs.LogNotFound, "Log `%s` does not exist.", id) }
