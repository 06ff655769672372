package jinja

import (
	"slices"
	"strings"
	"unicode"

	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

func filterWordWrap(s *state, v pyval.Value, a []pyval.Value) (pyval.Value, error) {
	text, err := strOf(v)
	if err != nil {
		return nil, err
	}
	width, err := intOf(a[0])
	if err != nil {
		return nil, err
	}
	if width <= 0 {
		return nil, pyval.Errorf(pyval.ValueError, "invalid width %d (must be > 0)", width)
	}
	sep := "\n"
	if a[2] != nil {
		if sep, err = strOf(a[2]); err != nil {
			return nil, err
		}
	}
	if err := s.m.Grow(40 * len(text)); err != nil {
		return nil, err
	}
	hyphens, _ := a[3].(bool)
	w := &wrapper{width: int(min(width, 1<<30)), breakWords: pyval.Truth(a[1]), breakHyphens: pyval.Truth(a[3])}
	var paragraphs []string
	for _, line := range pyval.SplitLines(text, false) {
		lines := w.wrap(chunks([]rune(line), hyphens))
		wrapped, err := pyval.Join(s.m, lines, sep)
		if err != nil {
			return nil, err
		}
		paragraphs = append(paragraphs, wrapped)
	}
	return pyval.Join(s.m, paragraphs, sep)
}

// chunks splits a line into runs of blanks and pieces that must not be broken. If hyphens is set, it also splits after hyphens in words.
func chunks(line []rune, hyphens bool) [][]rune {
	var out [][]rune
	for i := 0; i < len(line); {
		j := i + 1
		switch {
		case isBlank(line[i]):
			for j < len(line) && isBlank(line[j]) {
				j++
			}
		case hyphens && dashAt(line, i) > 0:
			j = dashAt(line, i)
		default:
			for j < len(line) && !isBlank(line[j]) {
				if hyphens && hyphenAt(line, j) {
					j++
					break
				}
				if hyphens && dashAt(line, j) > 0 {
					break
				}
				j++
			}
		}
		out = append(out, line[i:j])
		i = j
	}
	return out
}

func isBlank(r rune) bool { return r == ' ' || '\t' <= r && r <= '\r' }

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

func isLetter(r rune) bool { return isWord(r) && !unicode.Is(unicode.Nd, r) }

// dashAt returns the end of a dash at i, which has two or more hyphens between two words. It returns 0 if there is none.
func dashAt(line []rune, i int) int {
	if i == 0 || line[i] != '-' || !isWord(line[i-1]) && !strings.ContainsRune(`!"'&.,?`, line[i-1]) {
		return 0
	}
	j := i
	for j < len(line) && line[j] == '-' {
		j++
	}
	if j-i < 2 || j == len(line) || !isWord(line[j]) {
		return 0
	}
	return j
}

// hyphenAt reports whether a word may be broken after the hyphen at j.
func hyphenAt(line []rune, j int) bool {
	if line[j] != '-' || j < 2 || !isLetter(line[j-1]) {
		return false
	}
	before := isLetter(line[j-2]) || j > 2 && line[j-2] == '-' && isLetter(line[j-3])
	after := line[j+1:]
	if !before || len(after) < 2 || !isLetter(after[0]) {
		return false
	}
	return isLetter(after[1]) || len(after) > 2 && after[1] == '-' && isLetter(after[2])
}

// wrapper fills lines with chunks.
type wrapper struct {
	width                    int
	breakWords, breakHyphens bool
}

func (w *wrapper) wrap(chunks [][]rune) []string {
	var lines []string
	for len(chunks) > 0 {
		var line [][]rune
		size := 0
		if len(lines) > 0 && allBlank(chunks[0]) {
			chunks = chunks[1:]
		}
		for len(chunks) > 0 && size+len(chunks[0]) <= w.width {
			size += len(chunks[0])
			line = append(line, chunks[0])
			chunks = chunks[1:]
		}
		if len(chunks) > 0 && len(chunks[0]) > w.width {
			line, chunks = w.longWord(line, chunks, w.width-size)
		}
		if n := len(line); n > 0 && allBlank(line[n-1]) {
			line = line[:n-1]
		}
		if len(line) > 0 {
			lines = append(lines, join(line))
		}
	}
	return lines
}

// longWord puts on the line as much of the first chunk as fits. It handles a chunk that is longer than any line.
func (w *wrapper) longWord(line, chunks [][]rune, room int) (filled, rest [][]rune) {
	word := chunks[0]
	if !w.breakWords {
		if len(line) > 0 {
			return line, chunks
		}
		return append(line, word), chunks[1:]
	}
	end := room
	if w.breakHyphens {
		i := room - 1
		for i > 0 && word[i] != '-' {
			i--
		}
		if i > 0 && strings.Trim(string(word[:i]), "-") != "" {
			end = i + 1
		}
	}
	line = append(line, word[:end])
	chunks[0] = word[end:]
	return line, chunks
}

func allBlank(chunk []rune) bool {
	return !slices.ContainsFunc(chunk, func(r rune) bool { return !pyval.IsSpace(r) })
}

func join(line [][]rune) string {
	var b strings.Builder
	for _, chunk := range line {
		b.WriteString(string(chunk))
	}
	return b.String()
}
