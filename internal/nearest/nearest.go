// Package nearest finds what somebody who misspelt a name meant.
package nearest

// Name is the name among names that differs from word by the fewest letters, the first of several; "" when all differ by more than most.
func Name(word string, names []string, most int) string {
	best := ""
	for _, name := range names {
		if n := Distance(word, name); n <= most {
			best, most = name, n-1
		}
	}
	return best
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
