// Package facts keeps what lists of Logs are narrowed, counted and ordered by. The facts of the Logs of a segment are columns: a fact of all Logs
// is read at once, and no Log is read for it. Columns are stored as blobs, and the decoded ones are kept in a [Cache].
package facts

import (
	"encoding/binary"
	"hash/fnv"
	"math"

	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// Column is the number of a column: a [trace.Fact], or an amount by [AmountColumn]. The numbers are stored.
type Column int

// Columns is the number of columns.
const Columns = int(trace.Facts) + int(trace.Amounts)

// AmountColumn returns the column of a.
func AmountColumn(a trace.Amount) Column { return Column(trace.Facts) + Column(a) }

// Texts is a column of texts, one at each place. It does not change.
type Texts struct {
	Values []string // that differ
	codes  []byte   // for each place the index of its value in width bytes; none if there is only one value
	width  int
}

// Code returns the index of the value at a place.
func (t *Texts) Code(place int) int {
	switch t.width {
	case 0:
		return 0
	case 1:
		return int(t.codes[place])
	default:
		return int(t.codes[2*place]) | int(t.codes[2*place+1])<<8
	}
}

// Numbers is a column of numbers, one at each place. It does not change.
type Numbers struct {
	bits []byte // eight for each place; none if no number is known
}

// At returns the number at a place, and false if it is not known.
func (n *Numbers) At(place int) (float64, bool) {
	if n.bits == nil {
		return 0, false
	}
	v := math.Float64frombits(binary.LittleEndian.Uint64(n.bits[8*place:]))
	return v, !math.IsNaN(v)
}

// Hashes is a column of hashes of texts, one at each place, for texts that all differ. It does not change.
type Hashes struct {
	bits []byte // four for each place; none if there are no texts
}

// May reports whether the text at a place may be the one whose [Hash] is given.
func (h *Hashes) May(place int, hash uint32) bool {
	return h.bits != nil && binary.LittleEndian.Uint32(h.bits[4*place:]) == hash
}

// Hash returns the hash of a text. That of "" is 0.
func Hash(text string) uint32 {
	if text == "" {
		return 0
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(text))
	return h.Sum32() | 1
}

// Hashed reports whether a column holds hashes.
func Hashed(c Column) bool { return c == Column(trace.FactRequest) }

// Read decodes a column of size places: a *[Texts], *[Numbers] or *[Hashes]. It keeps no reference to blob.
func Read(c Column, blob []byte, size int) (any, error) {
	switch {
	case c >= Column(trace.Facts):
		bits, err := fixed(blob, 8*size)
		return &Numbers{bits}, err
	case Hashed(c):
		bits, err := fixed(blob, 4*size)
		return &Hashes{bits}, err
	default:
		return readTexts(blob, size)
	}
}

// fixed copies a blob of n bytes; an empty one is nil.
func fixed(blob []byte, n int) ([]byte, error) {
	if len(blob) == 0 {
		return nil, nil
	}
	if len(blob) != n {
		return nil, sqldb.ErrMalformed
	}
	return append(make([]byte, 0, n), blob...), nil
}

func readTexts(blob []byte, size int) (*Texts, error) {
	b := sqldb.Blob{Rest: append(make([]byte, 0, len(blob)), blob...)}
	n := b.Uvarint()
	if n > uint64(len(blob)) {
		return nil, sqldb.ErrMalformed
	}
	t := &Texts{Values: make([]string, n), width: width(int(n))} //nolint:gosec // checked above
	for i := range t.Values {
		t.Values[i] = string(b.Take(b.Uvarint()))
	}
	t.codes = b.Take(uint64(size * t.width)) //nolint:gosec // small
	if b.Err == nil && (b.More() || n == 0) {
		return nil, sqldb.ErrMalformed
	}
	for place := range size {
		if b.Err == nil && t.Code(place) >= len(t.Values) {
			return nil, sqldb.ErrMalformed
		}
	}
	return t, b.Err
}

// width returns how many bytes a code has.
func width(values int) int {
	switch {
	case values <= 1:
		return 0
	case values <= 1<<8:
		return 1
	default:
		return 2
	}
}
