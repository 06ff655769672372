package llm

import (
	"strconv"
	"strings"
)

// ClaudeRelease is a version of Claude as major*100 + minor; 0 is unknown.
type ClaudeRelease int

// The releases with which something changed.
const (
	Claude35 ClaudeRelease = 305
	Claude37 ClaudeRelease = 307
	Claude45 ClaudeRelease = 405
	Claude46 ClaudeRelease = 406
)

// ClaudeOf reads the version in a model's name, which is after the family ("claude-sonnet-4-5-20250929") or before it
// ("claude-3-7-sonnet-20250219"), also inside the longer names of other clouds ("us.anthropic.claude-opus-4-6-v1").
func ClaudeOf(model string) ClaudeRelease {
	_, rest, ok := strings.Cut(model, "claude-")
	if !ok {
		return 0
	}
	major := -1
	for part := range strings.FieldsFuncSeq(rest, func(r rune) bool { return strings.ContainsRune("-.@:/", r) }) {
		n, err := strconv.Atoi(part)
		number := err == nil && n >= 0 && n < 100
		if major >= 0 && number {
			return ClaudeRelease(major*100 + n)
		}
		if major >= 0 {
			break
		}
		if number {
			major = n
		}
	}
	return ClaudeRelease(max(major, 0) * 100)
}
