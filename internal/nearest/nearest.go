// Package nearest finds the name that was probably meant by a misspelt one.
package nearest

import "strings"

const (
	maxTypos   = 2  // the most wrong letters in a name
	maxNearest = 64 // the most bytes of a name that is compared
)

// Name is the one of known that is closest to name, "" if none is close. A close one differs in at most two letters, and in at most half of
// them. Case and the separators of words are ignored: maxTokens and max-tokens are close to max_tokens.
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

// plainName is name in lower case, without separators.
func plainName(name string) string {
	return separators.Replace(strings.ToLower(name))
}

var separators = strings.NewReplacer("_", "", "-", "", " ", "", ".", "")

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
