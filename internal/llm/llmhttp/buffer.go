package llmhttp

import "sync"

const (
	firstBuffer  = 16 << 10
	pooledBuffer = 256 << 10 // larger buffers are not kept

	maxNames = 32
	maxName  = 64
)

// buffer is a reusable slice of bytes, with the names of the events that were read through it.
type buffer struct {
	bytes []byte
	names []string
}

var buffers = sync.Pool{New: func() any { return &buffer{bytes: make([]byte, 0, firstBuffer)} }}

// getBuffer returns an empty buffer with free capacity.
func getBuffer() *buffer {
	b, _ := buffers.Get().(*buffer)
	b.bytes = b.bytes[:0]
	return b
}

func putBuffer(b *buffer) {
	if cap(b.bytes) <= pooledBuffer {
		buffers.Put(b)
	}
}

// grow doubles the capacity of b, up to limit bytes.
func (b *buffer) grow(limit int) {
	more := make([]byte, len(b.bytes), min(2*cap(b.bytes), limit))
	copy(more, b.bytes)
	b.bytes = more
}

// intern returns name as a string. It returns the same string for the same name as long as b has room to remember names.
func (b *buffer) intern(name []byte) string {
	for _, s := range b.names {
		if s == string(name) {
			return s
		}
	}
	s := string(name)
	if len(s) <= maxName && len(b.names) < maxNames {
		b.names = append(b.names, s)
	}
	return s
}
