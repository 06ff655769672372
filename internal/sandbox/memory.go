package sandbox

import "github.com/tetratelabs/wazero/experimental"

// linear is the memory of one interpreter. It has its place from the start, so that growing does not move it. It is given back by free and not
// before, since a module may be closed while others still look at its memory.
type linear struct {
	whole mapping
	data  []byte // the part in use
}

func newLinear(limit int64) (*linear, error) {
	whole, err := newMapping(int(limit))
	return &linear{whole: whole}, err
}

// Allocate implements [experimental.MemoryAllocator].
func (m *linear) Allocate(_, _ uint64) experimental.LinearMemory { return m }

// Reallocate implements [experimental.LinearMemory].
func (m *linear) Reallocate(size uint64) []byte {
	if size > uint64(len(m.whole)) {
		return nil
	}
	m.data = m.whole[:size]
	return m.data
}

// Free implements [experimental.LinearMemory]. It keeps the memory, see free.
func (m *linear) Free() {}

func (m *linear) free() {
	m.whole.free()
	m.whole, m.data = nil, nil
}
