package search

import (
	"cmp"
	"slices"
	"strings"
)

// gram is a piece of text that Logs are found by: one to three bytes, and the kind of text that they come from.
type gram uint32

// gramField is a text of a Log that is searched separately.
type gramField uint32

const (
	saidField     gramField = iota // inputs and output, in lower case
	metadataField                  // in lower case
	idField
	gramFields
)

const gramLength = 3

func newGram(field gramField, piece string) gram {
	g := uint32(field)<<26 | uint32(len(piece))<<24 //nolint:gosec // three bytes at most
	for i := range len(piece) {
		g |= uint32(piece[i]) << (16 - 8*i)
	}
	return gram(g)
}

func (g gram) length() int { return int(g >> 24 & 3) }

// begin returns the gram of the first length bytes of g.
func (g gram) begin(length int) gram {
	return g&^(3<<24)&^(1<<(24-8*length)-1) | gram(length)<<24 //nolint:gosec // three bytes at most
}

// gramSlots is the number of rows over which the grams of a segment are spread.
const gramSlots = 1024

// slot returns the row that holds g.
func (g gram) slot() int64 { return int64(mix(int64(g)) % gramSlots) }

// gramsOf returns grams that every text has that contains text. The rarest come first, judged by the letters that are
// rare in prose. An empty text gives none.
func gramsOf(field gramField, text string) []gram {
	if text == "" {
		return nil
	}
	if len(text) < gramLength {
		return []gram{newGram(field, text)}
	}
	type weighed struct {
		gram   gram
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
	var grams []gram
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
