package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"slices"
)

// Each runs a query and calls scan for every row.
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

// EachIn is [Each] for a query that is asked of some values at a time: text ends with the expression that is one of them, and rest follows.
func EachIn[T any](ctx context.Context, q Querier, text string, values []T, rest string, scan func(*sql.Rows) error) error {
	for chunk := range slices.Chunk(values, MaxList) {
		list, args := in(chunk)
		if err := Each(ctx, q, text+list+rest, args, scan); err != nil {
			return err
		}
	}
	return nil
}

// ExecIn executes a statement as [EachIn] does a query.
func ExecIn[T any](ctx context.Context, tx *Tx, text string, values []T, rest string) error {
	for chunk := range slices.Chunk(values, MaxList) {
		list, args := in(chunk)
		if err := tx.Exec(ctx, text+list+rest, args...); err != nil {
			return err
		}
	}
	return nil
}

// in is the condition of [In] with numbered parameters.
func in[T any](values []T) (list string, args []any) {
	var w Where
	In(&w, "", values)
	return w.conditions[0], w.Args
}

// List reads the rows of a query.
func List[T any](ctx context.Context, q Querier, text string, args []any, scan func(*sql.Rows) (T, error)) (list []T, err error) {
	err = Each(ctx, q, text, args, func(rows *sql.Rows) error {
		one, err := scan(rows)
		list = append(list, one)
		return err
	})
	return list, err
}

// One reads the row of a query that must have one; otherwise its error is missing.
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

// Column reads the rows of a query for one column.
func Column[T any](ctx context.Context, q Querier, text string, args ...any) ([]T, error) {
	return List(ctx, q, text, args, scanOne[T])
}

// ColumnIn is [Column] as [EachIn].
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

// Found runs a query for one row; false means that there is none. Without into, the row has one column, which is not looked at.
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

// Must is [Found] for a row that must exist; otherwise its error is missing.
func Must(ctx context.Context, q Querier, missing error, text string, args []any, into ...any) error {
	ok, err := Found(ctx, q, text, args, into...)
	if err == nil && !ok {
		err = missing
	}
	return err
}
