package file

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxPath is the length of the longest path, in bytes.
const MaxPath = 1024

// CleanPath checks a path from a caller and returns its stored form, without leading and trailing slashes. If the path is invalid, problem
// says why in one sentence; otherwise it is empty.
func CleanPath(p string) (clean, problem string) {
	clean = strings.Trim(p, "/")
	switch {
	case clean == "":
		return "", "The path must not be empty."
	case len(clean) > MaxPath:
		return "", "The path is longer than 1024 bytes."
	case !utf8.ValidString(clean) || strings.ContainsFunc(clean, unicode.IsControl):
		return "", "The path holds characters that cannot be printed."
	}
	for segment := range strings.SplitSeq(clean, "/") {
		if strings.TrimSpace(segment) == "" || segment == "." || segment == ".." {
			return "", "Each part of the path between slashes must be a name; it cannot be blank, \".\" or \"..\"."
		}
	}
	return clean, ""
}

// BaseName returns the last segment of a path.
func BaseName(p string) string { return p[strings.LastIndexByte(p, '/')+1:] }

// ParentPath returns the path of the directory of p, "" for the root.
func ParentPath(p string) string { return p[:max(strings.LastIndexByte(p, '/'), 0)] }
