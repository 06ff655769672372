package llmhttp

import "io"

// input is the state that both readers of events share.
type input struct {
	src    io.Reader
	srcErr error // arrived together with bytes that are not parsed yet
	buf    *buffer
	pos    int // index of the first byte that is not parsed yet

	ahead    Event // already parsed
	hasAhead bool
	err      error // ends the stream
}

func newInput(src io.Reader) input { return input{src: src, buf: getBuffer()} }

// release implements [source].
func (r *input) release() {
	if r.buf == nil {
		return
	}
	putBuffer(r.buf)
	r.buf, r.hasAhead, r.err = nil, false, io.ErrClosedPipe
}

// read adds bytes to the buffer, which must have free capacity. It returns the error of the source if no byte came.
func (r *input) read() error {
	b := r.buf.bytes
	for range 100 {
		n, err := r.src.Read(b[len(b):cap(b)])
		r.buf.bytes = b[:len(b)+n]
		r.srcErr = err
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}
