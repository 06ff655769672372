package facts

import (
	"encoding/binary"
	"math"

	"github.com/openloop-server/openloop/internal/trace"
)

// MaxPlaces is how many places a [Builder] can have.
const MaxPlaces = 1 << 16

// Builder collects the facts of Logs, each at its place. Places without a Log have any facts.
type Builder struct {
	size    int
	texts   [trace.Facts]texts
	numbers [trace.Amounts][]float64
	hashes  [trace.Facts][]uint32
}

type texts struct {
	index  map[string]int
	values []string
	codes  []uint16
}

// NewBuilder returns a Builder of size places, at most [MaxPlaces].
func NewBuilder(size int) *Builder { return &Builder{size: size} }

// Add puts the facts of l at a place.
func (b *Builder) Add(place int, l *trace.Log) {
	for f := range b.texts {
		text := trace.Fact(f).Of(l)
		if !Hashed(Column(f)) {
			b.texts[f].add(place, b.size, text)
		} else if hash := Hash(text); hash != 0 {
			b.hashes[f] = sized(b.hashes[f], b.size, 0)
			b.hashes[f][place] = hash
		}
	}
	for a := range b.numbers {
		if v := trace.Amount(a).Of(l); v != nil {
			b.numbers[a] = sized(b.numbers[a], b.size, math.NaN())
			b.numbers[a][place] = *v
		}
	}
}

func (t *texts) add(place, size int, text string) {
	i, ok := t.index[text]
	if !ok {
		if t.index == nil {
			t.index = map[string]int{}
			t.codes = make([]uint16, size)
		}
		i = len(t.values)
		t.index[text] = i
		t.values = append(t.values, text)
	}
	t.codes[place] = uint16(i) //nolint:gosec // as many as places at most
}

// sized returns column, or a new one of size places if it is nil.
func sized[T any](column []T, size int, empty T) []T {
	if column != nil {
		return column
	}
	column = make([]T, size)
	for i := range column {
		column[i] = empty
	}
	return column
}

// Blob returns a column as it is stored.
func (b *Builder) Blob(c Column) []byte {
	switch {
	case c >= Column(trace.Facts):
		out := []byte{}
		for _, v := range b.numbers[c-Column(trace.Facts)] {
			out = binary.LittleEndian.AppendUint64(out, math.Float64bits(v))
		}
		return out
	case Hashed(c):
		out := []byte{}
		for _, h := range b.hashes[c] {
			out = binary.LittleEndian.AppendUint32(out, h)
		}
		return out
	default:
		return b.texts[c].blob(b.size)
	}
}

func (t *texts) blob(size int) []byte {
	values, codes := t.values, t.codes
	if len(values) == 0 {
		values, codes = []string{""}, make([]uint16, size)
	}
	out := binary.AppendUvarint(nil, uint64(len(values)))
	for _, v := range values {
		out = binary.AppendUvarint(out, uint64(len(v)))
		out = append(out, v...)
	}
	switch width(len(values)) {
	case 1:
		for _, code := range codes {
			out = append(out, byte(code)) //nolint:gosec // below 256
		}
	case 2:
		for _, code := range codes {
			out = binary.LittleEndian.AppendUint16(out, code)
		}
	}
	return out
}

// Read returns a column as [Read] does.
func (b *Builder) Read(c Column) (any, error) { return Read(c, b.Blob(c), b.size) }
