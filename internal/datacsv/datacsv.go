// Package datacsv reads the datapoints of a Dataset from a CSV file, as spreadsheets write it: in UTF-8, with commas, and with a header.
//
// Each column is the input with its name, except these:
//
//	messages       a JSON list of chat messages
//	target         a JSON object, which is the target; any other text is its member "output"
//	target.<name>  a text: the member <name> of the target
//
// An empty cell of these is absent; an empty cell of an input is an empty text. Rows without any text are skipped.
package datacsv

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/file"
)

// MaxRows is the most rows of a file, without its header.
const MaxRows = file.MaxDatapoints

// Rows yields the datapoints of a file in the order of its rows. If it yields an error at the end, the caller must drop the datapoints before
// it. The error is validation_failed with a violation for each fault. Its location is [row, column]. The row is the number of the line on
// which it begins. Both count from 1, and the header counts.
func Rows(data []byte) iter.Seq2[file.Datapoint, error] {
	return func(yield func(file.Datapoint, error) bool) {
		r := reader{data: bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))}
		r.begin()
		if !r.rows(func(d file.Datapoint) bool { return yield(d, nil) }) {
			return
		}
		if err := r.err(); err != nil {
			yield(file.Datapoint{}, err)
		}
	}
}

func (r *reader) begin() {
	if r.badEncoding() {
		return
	}
	r.csv = csv.NewReader(bytes.NewReader(r.data))
	r.csv.FieldsPerRecord, r.csv.ReuseRecord = -1, true
	if header, ok := r.next(); ok {
		r.readHeader(header)
	} else if len(r.list) == 0 {
		r.add(1, 1, "the file is empty: its first row must name the columns")
	}
}

// reader reads one file and collects its faults.
type reader struct {
	data    []byte
	csv     *csv.Reader
	columns []column
	faults
}

// column says what the cells of a column are.
type column struct {
	use  use
	name string // of the input, or of the member of the target
}

type use int

const (
	input use = iota
	messages
	target       // the object, or the member "output"
	targetMember // the member called name
)

// rows passes the rows below the header to take, until it returns false or there is a fault. It reports whether take wanted all of them.
func (r *reader) rows(take func(file.Datapoint) bool) bool {
	if len(r.list) > 0 {
		return true
	}
	count := 0
	for !r.enough() {
		cells, ok := r.next()
		if !ok {
			break
		}
		if len(cells) != len(r.columns) {
			r.ragged(cells)
			continue
		}
		if !slices.ContainsFunc(cells, func(cell string) bool { return cell != "" }) {
			continue
		}
		if count++; count > MaxRows {
			r.addf(r.line(), 1, "the file has more than %d rows: add it in parts", MaxRows)
			return true
		}
		if d := r.datapoint(cells); len(r.list) == 0 && !take(d) {
			return false
		}
	}
	if count == 0 && len(r.list) == 0 {
		r.add(1, 1, "the file has no rows below its header")
	}
	return true
}

// next reads a row. It is false at the end, and at a fault after which reading cannot continue.
func (r *reader) next() (cells []string, ok bool) {
	cells, err := r.csv.Read()
	if err == nil || errors.Is(err, io.EOF) {
		return cells, err == nil
	}
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		r.badQuotes(e)
	}
	return nil, false
}

// line is the line on which the last row begins.
func (r *reader) line() int {
	line, _ := r.csv.FieldPos(0)
	return line
}

func (r *reader) readHeader(cells []string) {
	if only := strings.ContainsAny(cells[0], ";\t"); only && len(cells) == 1 {
		r.add(r.line(), 1, "the header is one column: separate columns by commas")
		return
	}
	seen := map[string]int{}
	for i, cell := range cells {
		name := strings.TrimSpace(cell)
		switch first := seen[name]; {
		case name == "":
			r.add(r.line(), i+1, "the column has no name")
		case first > 0:
			r.addf(r.line(), i+1, "the name %s is that of column %d already", quoted(name), first)
		}
		seen[name] = i + 1
		r.columns = append(r.columns, columnOf(name))
	}
	r.checkTargets()
}

func columnOf(name string) column {
	member, ok := strings.CutPrefix(name, "target.")
	switch {
	case ok:
		return column{targetMember, member}
	case name == "target":
		return column{use: target}
	case name == "messages":
		return column{use: messages}
	default:
		return column{input, name}
	}
}

// checkTargets refuses a header that names the target in two ways, or a member without a name.
func (r *reader) checkTargets() {
	whole := slices.ContainsFunc(r.columns, func(c column) bool { return c.use == target })
	for i, c := range r.columns {
		switch {
		case c.use != targetMember:
		case c.name == "":
			r.add(r.line(), i+1, "the column must name a member of the target after the point: target.output")
		case whole:
			r.add(r.line(), i+1, "there is a column target as well: give the target either as one column or as its members")
		}
	}
}

func (r *reader) ragged(cells []string) {
	at := min(len(cells), len(r.columns)) + 1
	if len(cells) < len(r.columns) {
		r.addf(r.line(), at, "the row has %d of %d cells: the one for %s is missing", len(cells), len(r.columns), quoted(r.columns[at-1].title()))
		return
	}
	r.addf(r.line(), at, "the row has %d cells, and the header names %d columns; put a cell that holds commas in quotes", len(cells), len(r.columns))
}

func (c *column) title() string {
	switch c.use {
	case messages:
		return "messages"
	case target:
		return "target"
	case targetMember:
		return "target." + c.name
	default:
		return c.name
	}
}
