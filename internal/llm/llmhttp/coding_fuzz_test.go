package llmhttp

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"testing"
	"testing/iotest"
)

// FuzzDecoder reads arbitrary bytes in every coding, and states that compressed bytes come back unchanged.
func FuzzDecoder(f *testing.F) {
	f.Add([]byte(`{"a":1}`), "br")
	f.Add([]byte("\x1f\x8b\x08\x00"), "gzip")
	f.Add([]byte("\x78\x9c\x03\x00\x00\x00\x00\x01"), "deflate")
	f.Add([]byte("\xab\x56\x4a\x54\xb2\x32\xac\x05\x00"), "deflate")
	f.Fuzz(func(t *testing.T, in []byte, coding string) {
		open := func(src io.Reader) *decoder { return &decoder{coding: coding, in: bufio.NewReader(src)} }
		_, _ = io.Copy(io.Discard, io.LimitReader(open(bytes.NewReader(in)), 1<<20))
		var gz bytes.Buffer
		w := gzip.NewWriter(&gz)
		_, _ = w.Write(in)
		_ = w.Close()
		if got, err := io.ReadAll(open(iotest.OneByteReader(&gz))); err != nil || !bytes.Equal(got, in) {
			t.Errorf("got %q, %v; want %q", got, err, in)
		}
	})
}
