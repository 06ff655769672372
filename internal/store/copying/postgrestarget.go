package copying

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// postgresTarget is a PostgreSQL database that is copied into.
type postgresTarget struct{ *postgres }

func openPostgresTarget(ctx context.Context, url string, restart bool) (target, error) {
	p, err := connect(ctx, url)
	if err != nil {
		return nil, err
	}
	t := &postgresTarget{p}
	if err := t.prepare(ctx, url, restart); err != nil {
		return nil, errors.Join(err, p.close(ctx))
	}
	return t, nil
}

func (t *postgresTarget) prepare(ctx context.Context, url string, restart bool) error {
	if err := t.lock(ctx); err != nil {
		return err
	}
	half, err := t.has(ctx, sqldb.CopyTable)
	if err != nil {
		return err
	}
	switch {
	case half && restart:
		err = t.clear(ctx)
	case half:
		return t.resume(ctx)
	default:
		err = t.mustBeEmpty(ctx)
	}
	if err != nil {
		return err
	}
	return makeTables(ctx, sqldb.Options{URL: url})
}

// lock keeps others from copying into the database at the same time. The connection of a process that was killed may take a moment to end.
func (t *postgresTarget) lock(ctx context.Context) error {
	const text = `SELECT pg_try_advisory_lock(730860475, hashtext(current_schema()))`
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for range 50 {
		var locked bool
		if err := t.conn.QueryRow(ctx, text).Scan(&locked); err != nil || locked {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return faultf("Another process copies into it at the moment.")
}

// clear throws an unfinished copy away.
func (t *postgresTarget) clear(ctx context.Context) error {
	all, err := t.schema(ctx)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, t.conn, func(tx pgx.Tx) error {
		for i := range all {
			if _, err := tx.Exec(ctx, "TRUNCATE "+all[i].name+" RESTART IDENTITY CASCADE"); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, dropMarks)
		return err
	})
}

func (t *postgresTarget) resume(ctx context.Context) error {
	known, err := ours()
	if err != nil {
		return err
	}
	applied, err := t.steps(ctx)
	if err == nil && outdated(applied, known) != "" {
		err = faultf(otherSteps)
	}
	return err
}

func (t *postgresTarget) mustBeEmpty(ctx context.Context) error {
	if known, err := t.has(ctx, "migration"); err != nil || !known {
		return err
	}
	all, err := t.schema(ctx)
	if err != nil {
		return err
	}
	var full []string
	for i := range all {
		var some bool
		if err := t.conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM `+all[i].name+`)`).Scan(&some); err != nil {
			return err
		}
		if some && !made(all[i].name) {
			full = append(full, all[i].name)
		}
	}
	if len(full) > 0 {
		return faultf(notEmpty, inTables(full))
	}
	return nil
}

func (t *postgresTarget) state(ctx context.Context) (map[string]mark, error) {
	if half, err := t.has(ctx, sqldb.CopyTable); err != nil || !half {
		return nil, err
	}
	marks := map[string]mark{}
	_, err := list(ctx, t.postgres, allMarks, func(rows pgx.Rows) (m mark, err error) {
		var name string
		err = rows.Scan(&name, &m.expected, &m.copied, &m.whole, &m.last)
		marks[name] = m
		return m, err
	})
	return marks, err
}

func (t *postgresTarget) begin(ctx context.Context, all []table, expected []int64) error {
	return pgx.BeginFunc(ctx, t.conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, makeMarks+`BYTEA)`); err != nil {
			return err
		}
		for i := range all {
			if _, err := tx.Exec(ctx, addMark, all[i].name, expected[i]); err != nil {
				return err
			}
			if !made(all[i].name) {
				continue
			}
			if _, err := tx.Exec(ctx, "DELETE FROM "+all[i].name); err != nil {
				return err
			}
		}
		return nil
	})
}

// The beginning of a binary COPY, and its end.
var (
	copyHead = []byte("PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	copyTail = []byte{0xff, 0xff}
)

func (t *postgresTarget) store(ctx context.Context, of *table, c *chunk, m *mark) error {
	return pgx.BeginFunc(ctx, t.conn, func(tx pgx.Tx) error {
		// What is lost when PostgreSQL itself fails is copied again: the mark is lost with it.
		if _, err := tx.Exec(ctx, `SET LOCAL synchronous_commit = off`); err != nil {
			return err
		}
		if c.rows > 0 {
			data := io.MultiReader(bytes.NewReader(copyHead), bytes.NewReader(c.data), bytes.NewReader(copyTail))
			if _, err := t.conn.PgConn().CopyFrom(ctx, data, "COPY "+of.name+" ("+of.names()+") FROM STDIN (FORMAT binary)"); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, moveMark, of.name, m.copied, number(m.whole), m.last)
		return err
	})
}

func (t *postgresTarget) settle(ctx context.Context, all []table, given map[string]int64) error {
	for i := range all {
		of := &all[i]
		if _, err := t.conn.Exec(ctx, `ANALYZE `+of.name); err != nil {
			return err
		}
		if of.numbered == "" {
			continue
		}
		text := fmt.Sprintf(`SELECT setval(pg_get_serial_sequence('%[1]s', '%[2]s'), m) FROM (SELECT GREATEST($1::bigint, MAX(%[2]s)) AS m FROM %[1]s) g WHERE m > 0`,
			of.name, of.numbered)
		if _, err := t.conn.Exec(ctx, text, given[of.name]); err != nil {
			return err
		}
	}
	_, err := t.conn.Exec(ctx, dropMarks) // a commit that is synchronous, and with it all before
	return err
}
