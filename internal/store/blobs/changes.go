package blobs

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// What a call asked is mostly what the call before it in the conversation did: it is stored as the changes to that.

// AppendChanges appends to b how target is made of base: copies, and pieces of its own. [Changed] reads it.
func AppendChanges(b, base, target []byte) []byte {
	c := changes{out: b, base: base, target: target}
	c.copied(0, alike(base, target))
	if rest := target[c.done:]; len(rest) >= block {
		c.find(newBlocks(base, c.done))
	}
	return appendText(c.out, sharedLiteral, target[c.done:])
}

// Changed returns what changes are, made to base.
func Changed(base, changes []byte) ([]byte, error) {
	f := fields{rest: changes}
	out := f.assemble(base)
	return out, f.err
}

// changes writes target.
type changes struct {
	out          []byte
	base, target []byte
	done         int // bytes of target that are written
}

// copied writes that the next bytes of the target, so many, are those of the base from there on.
func (c *changes) copied(from, length int) {
	if length == 0 {
		return
	}
	c.out = appendInt(c.out, sharedFrom, int64(from))
	c.out = appendIntAlways(c.out, sharedLength, int64(length))
	c.done += length
}

// find writes the rest of the target as far as it repeats blocks of the base.
func (c *changes) find(known *blocks) {
	for at := c.done; at+block <= len(c.target); {
		from, ok := known.find(c.target[at : at+block])
		if !ok {
			at++
			continue
		}
		back := 0
		for back < at-c.done && back < from && c.base[from-back-1] == c.target[at-back-1] {
			back++
		}
		c.out = appendText(c.out, sharedLiteral, c.target[c.done:at-back])
		c.done = at - back
		c.copied(from-back, back+alike(c.base[from:], c.target[at:]))
		at = c.done
	}
}

// alike returns how many bytes a and b have in common at their beginnings.
func alike(a, b []byte) int {
	n, at := min(len(a), len(b)), 0
	for ; at+8 <= n; at += 8 {
		if x := binary.LittleEndian.Uint64(a[at:]) ^ binary.LittleEndian.Uint64(b[at:]); x != 0 {
			return at + bits.TrailingZeros64(x)/8
		}
	}
	for at < n && a[at] == b[at] {
		at++
	}
	return at
}

// block is how many bytes are looked for.
const block = 32

// blocks finds blocks of a text that follow each other from a place on. Of equal ones it knows the first.
type blocks struct {
	of    []byte
	at    []int32 // by hash: the place and 1, 0 for none
	shift int
}

func newBlocks(of []byte, from int) *blocks {
	size := bits.Len(uint(2*(len(of)-from)/block) | 15)
	b := &blocks{of: of, at: make([]int32, 1<<size), shift: 64 - size}
	for at := from; at+block <= len(of); at += block {
		if slot := &b.at[b.slot(of[at:])]; *slot == 0 {
			*slot = int32(at + 1) //nolint:gosec // no payload has 2 GiB
		}
	}
	return b
}

func (b *blocks) slot(text []byte) uint64 {
	const prime = 0x9E3779B97F4A7C15
	h := binary.LittleEndian.Uint64(text)
	for i := 8; i < block; i += 8 {
		h = (bits.RotateLeft64(h, 29) ^ binary.LittleEndian.Uint64(text[i:])) * prime
	}
	return (h * prime) >> b.shift
}

func (b *blocks) find(text []byte) (int, bool) {
	at := int(b.at[b.slot(text)]) - 1
	return at, at >= 0 && bytes.Equal(b.of[at:at+block], text)
}
