// Package datacsv reads the datapoints of a Dataset from a CSV file, as spreadsheets write it: in UTF-8, with commas, and with a header.
//
// A column is an input of its name, but for these:
//
//	messages       a JSON list of chat messages
//	target         a JSON object, which is the target; any other text is its member "output"
//	target.<name>  a text: the member <name> of the target
//
// An empty cell of these is as none, that of an input an empty text. Rows without any text are passed over.
package datacsv

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"openloop/internal/file"
)

// Read reads the datapoints of a file, in the order of its rows. The error is validation_failed with a violation for each fault, whose
// location is ["body", "file", row, column]: the row is the line that it begins on, and both count from 1, the header included.
func Read(data []byte) ([]file.Datapoint, error) {
	r := reader{data: bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))}
	if r.badEncoding() {
		return nil, r.err()
	}
	r.csv = csv.NewReader(bytes.NewReader(r.data))
	r.csv.FieldsPerRecord, r.csv.ReuseRecord = -1, true
	if header, ok := r.next(); ok {
		r.readHeader(header)
	} else if len(r.list) == 0 {
		r.add(1, 1, "the file is empty: its first row must name the columns")
	}
	if len(r.list) > 0 {
		return nil, r.err()
	}
	points := r.rows()
	if len(points) == 0 && len(r.list) == 0 {
		r.add(1, 1, "the file has no rows below its header")
	}
	return points, r.err()
}

// reader reads one file and collects what is wrong with it.
type reader struct {
	data    []byte
	csv     *csv.Reader
	columns []column
	faults
}

// column is what the cells below a name of the header are.
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

// rows reads all but the header.
func (r *reader) rows() []file.Datapoint {
	var points []file.Datapoint
	for !r.enough() {
		cells, ok := r.next()
		if !ok {
			break
		}
		if len(cells) != len(r.columns) {
			r.ragged(cells)
			continue
		}
		if slices.ContainsFunc(cells, func(cell string) bool { return cell != "" }) {
			points = append(points, r.datapoint(cells))
		}
	}
	return points
}

// next reads a row; false at the end and at a fault after which nothing more can be read.
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

// line is where the row begins that was read last.
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

// checkTargets refuses two ways of naming the target at once, and a member without a name.
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

// title is the name in the header.
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
