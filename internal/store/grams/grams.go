// Package grams is the index of the words of Logs: which places of a segment have texts that contain a given piece of text. It knows texts,
// places and their encodings, but no database: callers store [Rows] and read them again for [Find].
package grams

import (
	"cmp"
	"slices"
	"strings"
)

// Gram is a piece of text that Logs are found by: one to three bytes, and the kind of text that they come from.
type Gram uint32

// Field is a text of a Log that is searched separately.
type Field uint32

// The fields of a Log.
const (
	Said     Field = iota // inputs and output, in lower case
	Metadata              // in lower case
	ID

	Fields // the number of fields
)

const gramLength = 3

func newGram(field Field, piece string) Gram {
	g := uint32(field)<<26 | uint32(len(piece))<<24 //nolint:gosec // three bytes at most
	for i := range len(piece) {
		g |= uint32(piece[i]) << (16 - 8*i)
	}
	return Gram(g)
}

func (g Gram) length() int { return int(g >> 24 & 3) }

// begin returns the gram of the first length bytes of g.
func (g Gram) begin(length int) Gram {
	return g&^(3<<24)&^(1<<(24-8*length)-1) | Gram(length)<<24 //nolint:gosec // three bytes at most
}

// Slots is the number of rows over which the grams of a segment are spread.
const Slots = 1024

// Slot returns the number of the row of a segment that holds g.
func (g Gram) Slot() int64 { return int64(Mix(int64(g)) % Slots) }

// Mix is the finalizer of SplitMix64. It maps neighbouring numbers to unrelated ones, and different numbers to different ones.
func Mix(n int64) uint64 {
	x := uint64(n) + 0x9e3779b97f4a7c15 //nolint:gosec // only bits matter
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Of returns grams that every text has that contains text. The rarest come first, judged by the letters that are
// rare in prose. An empty text gives none.
func Of(field Field, text string) []Gram {
	if text == "" {
		return nil
	}
	if len(text) < gramLength {
		return []Gram{newGram(field, text)}
	}
	type weighed struct {
		gram   Gram
		weight int
	}
	var all []weighed
	for i := range len(text) - gramLength + 1 {
		piece := text[i : i+gramLength]
		all = append(all, weighed{newGram(field, piece), rarity(piece[0]) + rarity(piece[1]) + rarity(piece[2])})
	}
	slices.SortFunc(all, func(a, b weighed) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.gram, b.gram))
	})
	var grams []Gram
	for _, w := range all {
		if len(grams) == 0 || grams[len(grams)-1] != w.gram {
			grams = append(grams, w.gram)
		}
	}
	return grams
}

// rarity grows with how rare a byte is in prose.
func rarity(b byte) int {
	const commonFirst = " etaoinsrhldcumfpgwybvkxjqz"
	switch at := strings.IndexByte(commonFirst, b); {
	case at >= 0:
		return at
	case b >= '0' && b <= '9':
		return 20
	case b < 0x80:
		return 16 // marks, which are frequent in JSON
	default:
		return 22
	}
}
