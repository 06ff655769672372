package llmhttp

import "io"

// input is what both readers of events work on.
type input struct {
	src    io.Reader
	srcErr error // found together with bytes that were not parsed yet
	buf    *buffer
	pos    int // the first byte that was not parsed

	ahead    Event // parsed already
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

// read adds bytes to the buffer, which has room. Without a further byte it is the error of the source.
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
