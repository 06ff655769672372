package blobs

import (
	"encoding/binary"
	"testing"
)

// TestWordsWithEscapes states that hasEscape knows the bytes that escapes has, wherever they are in a word.
func TestWordsWithEscapes(t *testing.T) {
	for c := range 256 {
		for at := range 8 {
			word := []byte("\xff ~a!Z#\x7f")
			word[at] = byte(c)
			if got := hasEscape(binary.LittleEndian.Uint64(word)); got != (escapes[c] != "") {
				t.Fatalf("hasEscape(%q) = %v", word, got)
			}
		}
	}
}
