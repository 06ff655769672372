package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"slices"
)

// Each runs a query and calls scan for every row. It stops at the first error.
func Each(ctx context.Context, q Querier, text string, args []any, scan func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// EachIn is like [Each] for a query about many values. text ends with an expression, EachIn appends the condition that it is one of values,
// and rest follows. It runs one query for every [MaxList] values.
func EachIn[T any](ctx context.Context, q Querier, text string, values []T, rest string, scan func(*sql.Rows) error) error {
	for chunk := range slices.Chunk(values, MaxList) {
		list, args := in(chunk)
		if err := Each(ctx, q, text+list+rest, args, scan); err != nil {
			return err
		}
	}
	return nil
}

// ExecIn executes a statement about many values, as [EachIn] runs a query.
func ExecIn[T any](ctx context.Context, tx *Tx, text string, values []T, rest string) error {
	for chunk := range slices.Chunk(values, MaxList) {
		list, args := in(chunk)
		if err := tx.Exec(ctx, text+list+rest, args...); err != nil {
			return err
		}
	}
	return nil
}

// in returns the condition of [In] with numbered parameters.
func in[T any](values []T) (list string, args []any) {
	var w Where
	In(&w, "", values)
	return w.conditions[0], w.Args
}

// List returns the rows of a query.
func List[T any](ctx context.Context, q Querier, text string, args []any, scan func(*sql.Rows) (T, error)) (list []T, err error) {
	err = Each(ctx, q, text, args, func(rows *sql.Rows) error {
		one, err := scan(rows)
		list = append(list, one)
		return err
	})
	return list, err
}

// One returns the row of a query that must have one. Without a row the error is missing.
func One[T any](ctx context.Context, q Querier, missing error, text string, args []any, scan func(*sql.Rows) (T, error)) (one T, err error) {
	list, err := List(ctx, q, text, args, scan)
	if err == nil && len(list) == 0 {
		err = missing
	}
	if err != nil {
		return one, err
	}
	return list[0], nil
}

// Column returns the rows of a query with one column.
func Column[T any](ctx context.Context, q Querier, text string, args ...any) ([]T, error) {
	return List(ctx, q, text, args, scanOne[T])
}

// ColumnIn is [Column] for many values, as in [EachIn].
func ColumnIn[T, V any](ctx context.Context, q Querier, text string, values []V, rest string) (list []T, err error) {
	err = EachIn(ctx, q, text, values, rest, func(rows *sql.Rows) error {
		one, err := scanOne[T](rows)
		list = append(list, one)
		return err
	})
	return list, err
}

func scanOne[T any](rows *sql.Rows) (one T, err error) {
	err = rows.Scan(&one)
	return one, err
}

// Found runs a query for one row and reports whether there is one. If into is empty, the row must have one column, which is ignored.
func Found(ctx context.Context, q Querier, text string, args []any, into ...any) (bool, error) {
	if len(into) == 0 {
		into = []any{new(any)}
	}
	err := q.QueryRowContext(ctx, text, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Must is [Found] for a row that must exist. Without a row the error is missing.
func Must(ctx context.Context, q Querier, missing error, text string, args []any, into ...any) error {
	ok, err := Found(ctx, q, text, args, into...)
	if err == nil && !ok {
		err = missing
	}
	return err
}
