package datacsv

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/errs"
)

const (
	maxListed  = 20 // listed violations
	maxCounted = 1000
	maxNamed   = 3  // in the message
	maxQuoted  = 60 // bytes of a name of the caller's
)

// faults are the faults of a file. The zero value is empty.
type faults struct {
	list  []errs.Violation
	total int
}

func (f *faults) add(row, column int, message string) {
	f.total++
	if len(f.list) == maxListed {
		return
	}
	f.list = append(f.list, errs.Violation{
		Loc: []any{row, column}, Param: fmt.Sprintf("%d.%d", row, column), Message: message, Type: "value_error",
	})
}

func (f *faults) addf(row, column int, format string, args ...any) {
	f.add(row, column, fmt.Sprintf(format, args...))
}

func (f *faults) enough() bool { return f.total >= maxCounted }

// err is the error that lists the faults, nil when there are none.
func (f *faults) err() error {
	if f.total == 0 {
		return nil
	}
	var named []string
	for _, v := range f.list[:min(len(f.list), maxNamed)] {
		named = append(named, fmt.Sprintf("row %d, column %d: %s", v.Loc[0], v.Loc[1], v.Message))
	}
	more := ""
	if f.total > maxNamed {
		more = fmt.Sprintf("; and %d more", f.total-maxNamed)
	}
	problems := "1 problem"
	if f.total > 1 {
		problems = fmt.Sprintf("%d problems", f.total)
	}
	e := errs.New(errs.ValidationFailed, "The file has %s: %s%s.", problems, strings.Join(named, "; "), more)
	e.Violations, e.Param = f.list, f.list[0].Param
	return e
}

// badEncoding finds text that is not in UTF-8.
func (r *reader) badEncoding() bool {
	if utf8.Valid(r.data) {
		return false
	}
	if bytes.HasPrefix(r.data, []byte("\xFF\xFE")) || bytes.HasPrefix(r.data, []byte("\xFE\xFF")) {
		r.add(1, 1, "the file is in UTF-16: save it as CSV in UTF-8")
		return true
	}
	offset := 0
	for {
		c, n := utf8.DecodeRune(r.data[offset:])
		if c == utf8.RuneError && n == 1 {
			break
		}
		offset += n
	}
	row, column := r.place(offset)
	r.add(row, column, "the text is not in UTF-8: save the file as CSV in UTF-8")
	return true
}

// place finds the row and the column of the offset, even if quotes are wrong.
func (r *reader) place(offset int) (row, column int) {
	const mark = "x" // so that what begins at the offset counts
	all := csv.NewReader(io.MultiReader(bytes.NewReader(r.data[:offset]), strings.NewReader(mark)))
	all.FieldsPerRecord, all.LazyQuotes, all.ReuseRecord = -1, true, true
	row, column = 1, 1
	for {
		cells, err := all.Read()
		if err != nil {
			return row, column
		}
		row, _ = all.FieldPos(0)
		column = len(cells)
	}
}

// badQuotes reports a row with wrong quotes.
func (r *reader) badQuotes(e *csv.ParseError) {
	_, column := r.place(r.offset(e.Line, e.Column))
	if errors.Is(e.Err, csv.ErrBareQuote) {
		r.add(e.StartLine, column, "a quote within a cell: put the whole cell in quotes, and double those within it")
		return
	}
	r.add(e.StartLine, column, "the quotes around the cell are not closed, or a quote within them is not doubled")
}

// offset of a line and a column in bytes, both from 1 on.
func (r *reader) offset(line, column int) int {
	offset := 0
	for range line - 1 {
		offset += bytes.IndexByte(r.data[offset:], '\n') + 1
	}
	return min(offset+column-1, len(r.data))
}

// quoted is a name of the header, cut to its limit.
func quoted(name string) string {
	if len(name) > maxQuoted {
		name = strings.ToValidUTF8(name[:maxQuoted], "") + "…"
	}
	return "`" + name + "`"
}
