package logs

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"slices"

	"openloop/internal/errs"
	"openloop/internal/store/sqldb"
)

// sqliteInserts are the prepared statements of a batch. They go to the driver directly: database/sql costs as much as the insert.
type sqliteInserts struct {
	begin, commit, rollback, log, payload, usage, lineage, ancestor, changed driver.Stmt

	dialect *sqldb.Dialect
	conn    driver.Conn
	rides   sqliteRides
	args    []driver.NamedValue
}

const (
	insertLog = `INSERT INTO log (id, file, version, created_us, trace_id, trace_parent, parent, error_reason, record)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	insertPayload = `INSERT INTO log_payload (log, payload) VALUES (?, ?)`
	upsertUsage   = `INSERT INTO usage (file, version, logs_count, last_used_us) VALUES (?, ?, ?, ?) ON CONFLICT (file, version)
		DO UPDATE SET logs_count = logs_count + excluded.logs_count, last_used_us = max(last_used_us, excluded.last_used_us)`
)

func prepareInserts(conn driver.Conn, d *sqldb.Dialect) (*sqliteInserts, error) {
	s := &sqliteInserts{dialect: d, conn: conn, rides: sqliteRides{}}
	var err error
	prepare := func(text string) driver.Stmt {
		stmt, e := conn.Prepare(text)
		err = errors.Join(err, e)
		return stmt
	}
	s.begin, s.commit, s.rollback = prepare("BEGIN IMMEDIATE"), prepare("COMMIT"), prepare("ROLLBACK")
	s.log, s.payload, s.usage = prepare(insertLog), prepare(insertPayload), prepare(upsertUsage)
	s.lineage, s.ancestor, s.changed = prepare(lineageOfTwo+d.InUp), prepare(setAncestor), prepare(noteChanged)
	return s, err
}

func (s *sqliteInserts) close() error {
	var err error
	for _, stmt := range []driver.Stmt{s.begin, s.commit, s.rollback, s.log, s.payload, s.usage, s.lineage, s.ancestor, s.changed} {
		if stmt != nil {
			err = errors.Join(err, stmt.Close())
		}
	}
	return errors.Join(err, s.rides.close())
}

// sqliteInserter stores batches in SQLite.
type sqliteInserter struct {
	db       *sqldb.SQLite
	dialect  *sqldb.Dialect
	prepared *sqliteInserts // by the first batch
}

// insert implements [inserter].
func (s *sqliteInserter) insert(ctx context.Context, batch []*entry) error {
	return s.db.Raw(ctx, size(batch), func(conn driver.Conn) error {
		if s.prepared == nil {
			prepared, err := prepareInserts(conn, s.dialect)
			if err != nil {
				return err
			}
			s.prepared = prepared
		}
		return s.prepared.batch(batch)
	})
}

func (s *sqliteInserter) close() error {
	if s.prepared == nil {
		return nil
	}
	prepared := s.prepared
	s.prepared = nil
	return s.db.Raw(context.Background(), 0, func(driver.Conn) error { return prepared.close() })
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
		if err := s.riddenRow(e); err != nil {
			return err
		}
	}
	for _, u := range usages(batch) {
		if _, err := s.exec(s.usage, u.ref.File, u.ref.Version, u.count, u.last); err != nil {
			return err
		}
	}
	return nil
}

func (s *sqliteInserts) row(e *entry) error {
	above, err := s.place(e)
	if err != nil || e.err != nil {
		return err
	}
	result, err := s.exec(s.log, e.id, e.ref.File, e.ref.Version, e.created, orNull(e.traceID), orNull(e.traceParent), orNull(e.parent),
		e.reasonValue(), e.record)
	if err != nil && s.dialect.Fault(err) == sqldb.UniqueFault {
		e.err = idTaken(e.id)
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.payloadOf(e, result); err != nil || above == nil {
		return err
	}
	above.cover(e.traceParent, e.traceID, e.start, e.end)
	for _, a := range above {
		if !a.changed {
			continue
		}
		if _, err := s.exec(s.ancestor, a.seq, orNull(a.log.TraceID), a.record); err != nil {
			return err
		}
		if !a.rooted {
			continue
		}
		if _, err := s.exec(s.changed, a.seq); err != nil {
			return err
		}
	}
	return nil
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

// place puts e into its trace, below what is returned; nil when it has no trace parent.
func (s *sqliteInserts) place(e *entry) (lineage, error) {
	if e.traceParent == "" {
		return nil, nil
	}
	above, err := s.above(e.traceParent, e.traceID)
	if err == nil {
		e.err = above.place(e)
	}
	return above, err
}

// above is [readLineage].
func (s *sqliteInserts) above(traceParent, traceID string) (above lineage, err error) {
	rows, err := s.lineage.(driver.StmtQueryContext).QueryContext(context.Background(), s.bind([]driver.Value{traceParent, traceID}))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	above = lineage{}
	for {
		var row [5]driver.Value
		err := rows.Next(row[:])
		if errors.Is(err, io.EOF) {
			return above, nil
		}
		if err != nil {
			return nil, err
		}
		seq, _ := row[0].(int64)
		id, _ := row[1].(string)
		trace, _ := row[2].(string)
		parent, _ := row[3].(string)
		record, _ := row[4].([]byte)
		if err := above.add(seq, id, trace, parent, slices.Clone(record)); err != nil {
			return nil, err
		}
	}
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

// orNull is how an optional text is bound.
func orNull(s string) driver.Value {
	if s == "" {
		return nil
	}
	return s
}

func idTaken(id string) error {
	return errs.New(errs.AlreadyExists, "A Log with the id `%s` exists already.", id)
}

// NotFound is the error of a Log that does not exist.
func NotFound(id string) error { return noLogAs("", id) }
