// Package nearest finds what somebody who misspelt a name meant.
package nearest

import "strings"

const (
	maxTypos   = 2  // letters that may be wrong in a name for another to still be meant by it
	maxNearest = 64 // bytes of a name; a longer one is near to nothing
)

// Name is the one of known that name was probably meant to be, "" when none is close: it differs by at most two letters, and by no more
// than half of them. Case, and how words are joined, do not count: maxTokens and max-tokens are near max_tokens.
func Name(name string, known []string) string {
	if len(name) > maxNearest {
		return ""
	}
	given, best, least := plainName(name), "", maxTypos+1
	for _, k := range known {
		want := plainName(k)
		if n := Distance(given, want); n < least && 2*n <= min(len(given), len(want)) {
			best, least = k, n
		}
	}
	return best
}

// plainName is name in lower case, without what joins its words.
func plainName(name string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "", ".", "").Replace(strings.ToLower(name))
}

// Distance is the Levenshtein distance of two short texts, in bytes.
func Distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
